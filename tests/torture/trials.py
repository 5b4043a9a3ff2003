"""How trials end, and the table of their counts."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple


class End(StrEnum):
    """How a trial ends: the first two are as they should be."""

    RIGHT = "right"
    REPORTED = "reported"
    WRONG = "wrong"
    CRASHED = "crashed"
    HUNG = "hung"
    LOST = "lost"


class Trial(NamedTuple):
    """One trial: what was tried, so that it can be tried again, how it ended, and why."""

    what: str
    end: End
    why: str = ""


Part = Callable[[int, int, Path], Iterable[Trial]]
"""From a seed, a number of trials and an empty folder to how they ended."""


@dataclass
class Counts:
    """How many trials of each part ended in each way, and those that ended badly."""

    ends: dict[str, Counter[End]] = field(default_factory=dict)
    fell: list[str] = field(default_factory=list)

    def add(self, part: str, trial: Trial) -> None:
        """Count a trial."""
        self.ends.setdefault(part, Counter())[trial.end] += 1
        if trial.end not in (End.RIGHT, End.REPORTED):
            self.fell.append(f"{part}: {trial.what}: {trial.end}: {trial.why}")

    def lines(self) -> Iterator[str]:
        """Yield a table in Markdown."""
        columns = list(End)
        yield "| | tried | " + " | ".join(columns) + " |"
        yield "|---|" + "---:|" * (len(columns) + 1)
        for part, ends in self.ends.items():
            figures = [ends.total(), *(ends[end] for end in columns)]
            yield f"| {part} | " + " | ".join(f"{figure:,}" for figure in figures) + " |"
