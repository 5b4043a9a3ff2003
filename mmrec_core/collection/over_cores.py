"""Work on the rows of large arrays, spread over the cores.

Threads are enough: numkong works without the interpreter's lock. They sleep while there is nothing
to do; BLAS's own wait for each other awake, and hold up other queries on busy cores
(`mmrec_core.serving.one_thread`).
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

import numpy as np

Result = TypeVar("Result")

_AVAILABLE = (
    len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
)
CORES = min(_AVAILABLE, 8)  # more read memory no faster
LEAST_BYTES = 32 * 1024**2
"""Smaller work is finished before a sleeping thread has woken."""
_PARTS_A_CORE = 4  # so that one core that is busy does not hold up the others


def over_cores(
    work: Callable[[slice], Result], rows: int, row_bytes: int, cores: int = CORES
) -> list[Result]:
    """Return what ``work`` gives for consecutive parts of some rows, in their order.

    Parameters
    ----------
    work : callable
        Takes a slice of the rows. It must not call this function in turn.
    rows : int
    row_bytes : int
        How many bytes are read of each: little work is not split.
    cores : int
        On how many cores at most.
    """
    if cores == 1 or rows * row_bytes < LEAST_BYTES:
        return [work(slice(0, rows))]
    ends = np.linspace(0, rows, min(cores * _PARTS_A_CORE, rows) + 1).astype(int).tolist()
    return list(_threads(cores).map(work, map(slice, ends, ends[1:])))


@cache
def _threads(cores: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(cores, "over-cores")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_threads.cache_clear)  # a fork has none of the threads
