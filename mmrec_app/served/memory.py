"""Memory that visitors took, given back once they have left."""

import asyncio
from collections.abc import AsyncIterator, Sized
from contextlib import asynccontextmanager

from streamlit import runtime

from mmrec_app import heaps

_EVERY = 60  # seconds


@asynccontextmanager
async def memory_given_back() -> AsyncIterator[None]:
    """Forget visitors whose time is over, and give back what is free, while the app is served."""
    giving = asyncio.create_task(_every_minute(_left_sessions()))
    yield
    giving.cancel()


async def _every_minute(left: Sized) -> None:
    while True:
        await asyncio.sleep(_EVERY)
        len(left)  # forgets them
        await asyncio.to_thread(heaps.give_back)


def _left_sessions() -> Sized:
    """Return the sessions that Streamlit keeps for visitors who may come back.

    It forgets them only when yet another visitor leaves, and has no public way to these. That they
    are here is seen as the app starts.
    """
    kept: Sized = runtime.get_instance()._session_mgr._session_storage._cache  # type: ignore[attr-defined]
    return kept
