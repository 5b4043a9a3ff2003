"""Preferences: which of two lists a reviewer found the better one, not knowing whose they were.

They lie in the file of the verdicts and name images, not rows.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from mmrec_core.errors import VerdictError
from mmrec_core.verdicts.database import now, reading, writing
from mmrec_core.verdicts.places import Place
from mmrec_core.verdicts.values import (
    NAME_LENGTH,
    checked_name,
    checked_rank,
    checked_reviewer,
    checked_text,
)

LEFT, RIGHT, BOTH_GOOD, BOTH_BAD = CHOICES = ("left", "right", "both good", "both bad")

_SINCE = 4  # version of the schema
_COLUMNS = (
    "query", "left_system", "right_system", "choice", "reviewer", "k", "left_shown", "right_shown",
    "left_digest", "right_digest", "time",
)  # fmt: skip


@dataclass(frozen=True)
class ShownList:
    """One side of a comparison.

    Attributes
    ----------
    system : str
        What made the list: a ranker's name.
    images : tuple of str
        Names of what was shown, best first.
    digest : str
        Of the bundle that the list comes from; both sides may be of one.
    """

    system: str
    images: tuple[str, ...]
    digest: str = ""


class Preferences:
    """The preferences on one bundle's queries. Safe to share between threads.

    A reviewer has one preference for a query, two systems and a length of lists: a newer one
    replaces it. Every method raises VerdictError where the file cannot be read or written, and
    where a value is not what a preference holds.

    Examples
    --------
    >>> from pathlib import Path
    >>> from mmrec_core.preferences.store import Preferences, ShownList
    >>> preferences = Preferences(Path("blind.verdicts.sqlite"))
    >>> left, right = ShownList("clip", ("a.png",)), ShownList("bert", ("b.png",))
    >>> preferences.prefer("q.png", left, right, "left", k=1, reviewer="Ann")
    >>> preferences.all()[["query", "left_system", "choice"]].to_numpy().tolist()
    [['q.png', 'clip', 'left']]
    """

    def __init__(self, path: Place):
        self.path = path

    def prefer(
        self, query: str, left: ShownList, right: ShownList, choice: str, *, k: int, reviewer: str
    ) -> None:
        """Keep a reviewer's choice, one of `CHOICES`, with what was shown on either side."""
        if choice not in CHOICES:
            raise VerdictError(f"a choice is {choice!r}; expected one of {', '.join(CHOICES)}.")
        if (left.system, left.digest) == (right.system, right.digest):
            raise VerdictError(f"{left.system!r} is on both sides: compare two systems.")
        row = (
            checked_name(query),
            checked_reviewer(reviewer),
            checked_rank(k),
            *(checked_text(side.system, "system's name", NAME_LENGTH) for side in (left, right)),
            *(checked_text(side.digest, "bundle's digest", NAME_LENGTH) for side in (left, right)),
            *(written_images(tuple(map(checked_name, side.images))) for side in (left, right)),
            choice,
            now(),
        )
        with writing(self.path) as connection:
            connection.executemany(
                "DELETE FROM preferences WHERE query = ? AND reviewer = ? AND k = ? AND "
                "left_system = ? AND left_digest = ? AND right_system = ? AND right_digest = ?",
                both_ways(row[:3], (row[3], row[5]), (row[4], row[6])),
            )
            connection.execute(
                "INSERT INTO preferences (query, reviewer, k, left_system, "
                "right_system, left_digest, right_digest, left_shown, right_shown, choice, time) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                row,
            )

    def withdraw(
        self, query: str, left: ShownList, right: ShownList, *, k: int, reviewer: str
    ) -> None:
        """Take a reviewer's preference between two lists back, of whatever build."""
        given = (checked_name(query), checked_reviewer(reviewer), checked_rank(k))
        within = left.digest == right.digest
        with writing(self.path) as connection:
            connection.executemany(
                "DELETE FROM preferences WHERE query = ? AND reviewer = ? AND k = ? AND "
                "(left_digest = right_digest) = ? AND left_system = ? AND left_shown = ? AND "
                "right_system = ? AND right_shown = ?",
                both_ways((*given, within), _system_and_images(left), _system_and_images(right)),
            )

    def all(self) -> pd.DataFrame:
        """Return all preferences, the newest last; one that is damaged is left out.

        Returns
        -------
        DataFrame
            ``query`` (name), ``left_system``, ``right_system``, ``choice``, ``reviewer``, ``k``
            (int64), ``left_shown``, ``right_shown`` (names as a JSON list), ``left_digest``,
            ``right_digest``, ``time`` (UTC).
        """
        question = f"SELECT {', '.join(_COLUMNS)} FROM preferences ORDER BY time, rowid"
        with reading(self.path, _SINCE) as connection:
            rows = connection.execute(question).fetchall() if connection else []
        return judged_table(rows, _COLUMNS)


def both_ways(given: tuple, first: tuple, second: tuple) -> list[tuple]:
    """Return what is given, followed by the values of either side first."""
    return [(*given, *first, *second), (*given, *second, *first)]


def _system_and_images(side: ShownList) -> tuple[str, str]:
    return side.system, written_images(side.images)


def judged_table(rows: Iterable[Sequence[Any]], columns: Sequence[str]) -> pd.DataFrame:
    """Return rows of texts and a whole number ``k`` as a table, those of another kind left out."""
    kinds = [int if column == "k" else str for column in columns]
    fitting = [row for row in rows if all(map(isinstance, row, kinds))]
    return pd.DataFrame(fitting, columns=list(columns), dtype=object).astype({"k": "int64"})


def written_images(images: tuple[str, ...]) -> str:
    """Return names as the store and the exports write them."""
    return json.dumps(list(images), ensure_ascii=False)
