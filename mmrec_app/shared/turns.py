"""Pages take turns: a process computes a few at once.

Python runs one thread at a time. Of forty pages that are computed side by side none is done before
nearly all are, and each costs twice the processor, since threads that wait wake each other.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

AT_ONCE = 3
LONGEST_WAIT = 10.0
"""Seconds after which a page goes ahead without a turn: three slow ones must not keep all out."""

_turns = threading.BoundedSemaphore(AT_ONCE)
_own = threading.local()


@contextmanager
def turn() -> Iterator[None]:
    """Wait for a turn, and keep it until the block is over."""
    _take()
    try:
        yield
    finally:
        _leave()


@contextmanager
def given_back() -> Iterator[None]:
    """Leave one's turn, if one has it, to others while something else than Python is waited for."""
    held = _leave()
    try:
        yield
    finally:
        if held:
            _take()


def _take() -> None:
    _own.held = _turns.acquire(timeout=LONGEST_WAIT)


def _leave() -> bool:
    """Give back a turn, and say whether there was one."""
    held = getattr(_own, "held", False)
    if held:
        _own.held = False
        _turns.release()
    return held
