"""Few heaps for many threads: imported before libraries that start some.

Streamlit runs each visitor's script in a new thread. The C library (glibc) opens up to eight heaps
a core for them, each with holes of its own, and a heap that is there stays in use: see mallopt(3),
M_ARENA_MAX. Other C libraries are left as they are, and so is a number that the environment names.
"""

import ctypes
import os
import sys
from typing import Any

_M_ARENA_MAX = -8  # malloc.h
_HEAPS = 2

_named = "MALLOC_ARENA_MAX" in os.environ or "arena_max" in os.environ.get("GLIBC_TUNABLES", "")
_library: Any = ctypes.CDLL(None) if sys.platform == "linux" else None
if hasattr(_library, "mallopt") and not _named:
    _library.mallopt(_M_ARENA_MAX, _HEAPS)


def give_back() -> None:
    """Give free pages of all heaps back to the system: see malloc_trim(3)."""
    if hasattr(_library, "malloc_trim"):
        _library.malloc_trim(0)
