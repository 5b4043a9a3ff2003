"""Work on the rows of large arrays, a part of them on each core.

What numkong does to numbers it does without the interpreter's lock, so threads are enough. BLAS has
threads of its own, which wait for each other without sleeping; these sleep, so that a core that is
busy with another query is not held up.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

import numpy as np

Result = TypeVar("Result")

CORES = min(os.cpu_count() or 1, 8)  # more read memory no faster
LEAST_BYTES = 32 * 1024**2
"""Less is done before a sleeping core has begun."""
_PARTS_A_CORE = 4  # so that one core that is busy does not hold up the others


def in_parts(
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
    return ThreadPoolExecutor(cores, "rows")


os.register_at_fork(after_in_child=_threads.cache_clear)  # a fork has none of the threads
