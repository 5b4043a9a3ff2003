"""Memory that is free goes back to the system while the server runs.

The C library keeps what was freed for the next allocation of the same thread's arena. Pages are
drawn in ever new threads, so that a server kept the peaks of many.
"""

import ctypes
import threading
import time
from contextlib import suppress

EVERY = 30.0  # seconds


def keep_giving_back() -> None:
    """Begin to give free memory back every half minute, in a thread."""
    threading.Thread(target=_again_and_again, daemon=True).start()


def give_back() -> None:
    """Give back what is free, where the system can."""
    with suppress(AttributeError, OSError):  # not the GNU C library
        ctypes.CDLL(None).malloc_trim(0)


def _again_and_again() -> None:
    while True:
        time.sleep(EVERY)
        give_back()
