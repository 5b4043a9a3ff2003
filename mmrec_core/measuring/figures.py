"""What is measured, what it may be, and what was measured."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

SIZES = (125_000, 1_000_000)
"""Numbers of images that bounds are stated for."""


@dataclass(frozen=True)
class Bound:
    """What a figure may be at most; ``at_least`` turns it round. None where nothing is stated."""

    median: float
    p95: float | None = None
    at_least: bool = False

    def __str__(self) -> str:
        """Return the bound as a table shows it."""
        both = [self.median] if self.p95 is None else [self.median, self.p95]
        return f"{'≥' if self.at_least else '≤'} {' / '.join(f'{value:g}' for value in both)}"


@dataclass(frozen=True)
class Line:
    """A line of the table.

    Attributes
    ----------
    name : str
        By which it is asked for.
    title : str
    unit : str
    bounds : tuple of Bound
        One for each of `SIZES`.
    """

    name: str
    title: str
    unit: str
    bounds: tuple[Bound, Bound]


@dataclass(frozen=True)
class Figure:
    """A line that was measured.

    Attributes
    ----------
    median : float
        In the line's unit; where there is one sample, that one.
    p95 : float or None
        The 95th percentile; None where there are too few samples for one.
    samples : int
    limit : float or None
        What the machine allows at best, from rates measured in the same run.
    peers : dict
        The median over that of another library that does the same work, measured in the same run.
    parts : dict
        Medians of what it consists of, in the line's unit unless the name says otherwise.
    note : str
        How it was measured, as far as the title does not say.
    """

    line: Line
    median: float
    p95: float | None = None
    samples: int = 1
    limit: float | None = None
    peers: dict[str, float] = field(default_factory=dict)
    parts: dict[str, float] = field(default_factory=dict)
    note: str = ""

    def bound(self, images: int) -> Bound:
        """Return the bound for the nearest size."""
        return self.line.bounds[SIZES.index(nearest_size(images))]

    def passes(self, images: int) -> bool:
        """Say whether it is within the bound for the nearest size."""
        bound = self.bound(images)
        if bound.at_least:
            return self.median >= bound.median
        within = self.median <= bound.median
        return within and (bound.p95 is None or self.p95 is None or self.p95 <= bound.p95)


def nearest_size(images: int) -> int:
    """Return the size of `SIZES` that ``images`` is nearest to, by ratio."""
    return min(SIZES, key=lambda size: abs(math.log(size / images)))


def figure(line: Line, samples: Sequence[float], **told: object) -> Figure:
    """Make a figure of samples: median, and 95th percentile of 100 or more."""
    p95 = float(np.percentile(samples, 95)) if len(samples) >= 100 else None
    return Figure(line, float(np.median(samples)), p95, len(samples), **told)  # type: ignore[arg-type]
