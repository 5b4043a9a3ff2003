"""Timing of many small pieces of work."""

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import TypeVar

WARMING = 5
T = TypeVar("T")


def timed(work: Sequence[Callable[[], T]]) -> tuple[list[float], list[T]]:
    """Do each piece of work; return milliseconds and outcomes. The first few are done before."""
    for each in work[:WARMING]:
        each()
    times, outcomes = [], []
    for each in work:
        start = perf_counter()
        outcomes.append(each())
        times.append((perf_counter() - start) * 1000)
    return times, outcomes
