"""Work on several threads at once, handed back as it is done."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

_AHEAD = 2
"""Items a thread that are taken before they are done: one in work, and one that waits."""


def as_done(function: Callable[[T], R], items: Iterable[T], threads: int) -> Iterator[tuple[T, R]]:
    """Apply a function to items on threads.

    Few items are taken ahead, so that memory does not grow with their number.

    Yields
    ------
    T
        An item; they come as they are done, in any order.
    R
        What the function returned for it. What it raises ends the work, once all that is done
        by then has been given out.
    """
    waiting = iter(items)
    with ThreadPoolExecutor(threads) as pool:
        running: dict[Future[R], T] = {}
        try:
            while True:
                for item in islice(waiting, _AHEAD * threads - len(running)):
                    running[pool.submit(function, item)] = item
                if not running:
                    return
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                failed_last = sorted(done, key=lambda future: future.exception() is not None)
                yield from ((running.pop(future), future.result()) for future in failed_last)
        finally:
            pool.shutdown(cancel_futures=True)


@contextmanager
def one_thread_a_model() -> Iterator[int]:
    """Have models run on the thread that calls them alone; yield how many such threads to use.

    Two batches on a thread each are sooner done than one after the other on both threads, which
    would wait for each other at every layer: for ViT-B-32 on two cores twice as soon, and more so
    where other work takes one of them now and then. Pictures are decoded meanwhile, and vectors
    don't depend on the number of cores. Threads that are already there keep what they had.
    """
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield threads
    finally:
        torch.set_num_threads(threads)
