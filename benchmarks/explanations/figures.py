"""Figures with their intervals, and the tables that they are printed in."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from mmrec_core.evaluation.bootstrap import Estimate, draws, estimate


class Row(NamedTuple):
    """A line of the table: what was measured, by which weights, on how many pictures."""

    collection: str
    measure: str
    weights: str
    pictures: int
    figure: Estimate
    target: str = ""


def ratio(above: np.ndarray, below: np.ndarray, seed: int) -> Estimate:
    """Return how many times one mean is the other, with an interval over the pictures."""
    drawn = draws(len(above), seed)
    return estimate(float(above.mean() / below.mean()), (drawn @ above) / (drawn @ below))


def shown(figure: Estimate, digits: int = 2) -> str:
    """Return a figure with its interval in brackets."""
    if figure["value"] is None:
        return "–"
    return f"{figure['value']:.{digits}f} [{figure['low']:.{digits}f}, {figure['high']:.{digits}f}]"


def table(titles: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines) + "\n"
