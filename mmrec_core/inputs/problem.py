"""What a build goes on without, and why."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

MOST_LISTED = 10_000
"""Problems of one list that are named; of more only the number is kept."""


@dataclass(frozen=True)
class Problem:
    """Something that was left out or is missing, and why; the build goes on without it.

    Attributes
    ----------
    image : str
        The image's path as the user knows it, ``*.txt`` for all files of an ending, or
        ``row 7`` for a caption without an image.
    stage : str
        Where it was noticed: ``catalogue``, ``captions``, ``thumbnails`` and so on.
    reason : str
        One short phrase.
    """

    image: str
    stage: str
    reason: str


class ProblemList:
    """Problems in their order, the first ten thousand of them; the rest are counted by stage."""

    def __init__(self, problems: Iterable[Problem] = ()):
        self._named: list[Problem] = []
        self._more: Counter[str] = Counter()
        self.extend(problems)

    def append(self, problem: Problem) -> None:
        """Add a problem."""
        if len(self._named) < MOST_LISTED:
            self._named.append(problem)
        else:
            self._more[problem.stage] += 1

    def extend(self, problems: Iterable[Problem]) -> None:
        """Add several problems."""
        for problem in problems:
            self.append(problem)

    def listed(self) -> list[Problem]:
        """Return the problems that are named, and one for the others of each stage."""
        return self._named + [
            Problem("", stage, f"{count:,} more are not listed") for stage, count in
            self._more.items()
        ]  # fmt: skip
