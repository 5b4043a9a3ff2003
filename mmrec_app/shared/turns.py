"""Pages take turns: a process computes a few at once, in the order in which they were asked for.

Python runs one thread at a time. Of forty pages that are computed side by side none is done before
nearly all are, and each costs twice the processor, since threads that wait wake each other.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

AT_ONCE = 3

_turns = threading.BoundedSemaphore(AT_ONCE)
_own = threading.local()


@contextmanager
def turn() -> Iterator[None]:
    """Wait for a turn, and keep it until the block is over."""
    with _turns:
        _own.held = True
        try:
            yield
        finally:
            _own.held = False


@contextmanager
def given_back() -> Iterator[None]:
    """Leave one's turn, if one has it, to others while something else than Python is waited for."""
    held = getattr(_own, "held", False)
    if held:
        _turns.release()
    try:
        yield
    finally:
        if held:
            _turns.acquire()
