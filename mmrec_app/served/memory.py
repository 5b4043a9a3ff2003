"""Memory that is free goes back to the system while the server runs.

The C library keeps what was freed for the next allocation of the same thread's arena. Pages are
drawn in ever new threads, so that a server kept the peaks of many.
"""

import ctypes
import threading
from contextlib import suppress

EVERY = 30.0  # seconds

_ARENAS = 2
_M_ARENA_MAX = -8


def keep_giving_back() -> threading.Thread:
    """Begin to give free memory back every half minute, in a thread; return it."""
    with suppress(AttributeError, OSError):  # not the GNU C library
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS)
    thread = threading.Thread(target=_again_and_again, daemon=True)
    thread.start()
    return thread


def give_back() -> None:
    """Give back what is free, where the system can."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)


def _again_and_again() -> None:
    never = threading.Event()
    while not never.wait(EVERY):
        give_back()
