"""Memory that visitors took, given back once they have left."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from streamlit import runtime

from mmrec_core import heaps

EVERY = 60  # seconds
UNKNOWN = "This Streamlit keeps visitors who left where the app does not find them."

_LOG = logging.getLogger(__name__)


@asynccontextmanager
async def memory_given_back() -> AsyncIterator[None]:
    """Forget visitors whose time is over, and give back what is free, while the app is served."""
    giving = asyncio.create_task(_every_minute(_forgetting()))
    try:
        yield
    finally:
        giving.cancel()
        with suppress(asyncio.CancelledError):
            await giving


async def _every_minute(forget: Callable[[], object]) -> None:
    while True:
        await asyncio.sleep(EVERY)
        forget()  # in the event loop, as all that Streamlit does with its sessions
        await asyncio.to_thread(heaps.give_back)


def _forgetting() -> Callable[[], object]:
    """Return what forgets visitors who left and whose time to come back is over.

    Streamlit does so only when yet another visitor leaves, and has no public way to it.
    """
    try:
        forget: Callable[[], object] = (
            runtime.get_instance()._session_mgr._session_storage._cache.expire  # type: ignore[attr-defined]
        )
    except AttributeError:
        _LOG.warning(UNKNOWN)
        return lambda: None
    return forget
