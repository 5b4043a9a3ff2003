"""Memory that visitors took, given back once they have left."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Protocol

from streamlit import runtime

from mmrec_core import heaps

EVERY = 60  # seconds
UNKNOWN = "This Streamlit keeps visitors who left where the app does not find them."

_LOG = logging.getLogger(__name__)


class _Kept(Protocol):
    def expire(self) -> object: ...


@asynccontextmanager
async def memory_given_back() -> AsyncIterator[None]:
    """Forget visitors whose time is over, and give back what is free, while the app is served."""
    giving = asyncio.create_task(_every_minute(_left_sessions()))
    try:
        yield
    finally:
        giving.cancel()
        with suppress(asyncio.CancelledError):
            await giving


async def _every_minute(left: _Kept | None) -> None:
    while True:
        await asyncio.sleep(EVERY)
        if left is not None:
            left.expire()  # in the event loop, as all that Streamlit does with them
        await asyncio.to_thread(heaps.give_back)


def _left_sessions() -> _Kept | None:
    """Return the sessions that Streamlit keeps for visitors who may come back.

    It forgets them only when yet another visitor leaves, and has no public way to these.
    """
    try:
        kept: _Kept = runtime.get_instance()._session_mgr._session_storage._cache  # type: ignore[attr-defined]
    except AttributeError:
        _LOG.warning(UNKNOWN)
        return None
    return kept
