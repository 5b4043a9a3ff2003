"""Interleaved lists that reviewers clicked in, in the file of the verdicts. They name images."""

import json

import pandas as pd

from mmrec_core.errors import VerdictError
from mmrec_core.preferences.interleaving import TEAMS, Draft
from mmrec_core.preferences.store import both_ways, judged_table, written_images
from mmrec_core.verdicts.database import now, reading, writing
from mmrec_core.verdicts.places import Place
from mmrec_core.verdicts.values import (
    NAME_LENGTH,
    checked_name,
    checked_rank,
    checked_reviewer,
    checked_text,
    names_in,
)

_SINCE = 5  # version of the schema
_COLUMNS = (
    "query", "first_system", "second_system", "clicked", "reviewer", "k", "shown", "teams",
    "first_digest", "second_digest", "time",
)  # fmt: skip


class Interleavings:
    """The clicks in interleaved lists on one bundle's queries. Safe to share between threads.

    A reviewer has one for a query, two systems and a length of the list: a newer one replaces it.
    Every method raises VerdictError where the file cannot be read or written, and where a value is
    not what it holds.

    Examples
    --------
    >>> from pathlib import Path
    >>> from mmrec_core.preferences.interleaving import team_draft
    >>> from mmrec_core.preferences.interleaving_store import Interleavings
    >>> interleavings = Interleavings(Path("interleaved.verdicts.sqlite"))
    >>> draft = team_draft(["a.png", "b.png"], ["c.png", "b.png"], 2, [True])
    >>> interleavings.click("q.png", ("clip", "bert"), draft, ["c.png"], k=2, reviewer="Ann")
    >>> interleavings.all()[["shown", "teams", "clicked"]].to_numpy().tolist()
    [['["a.png", "c.png"]', '["first", "second"]', '["c.png"]']]
    """

    def __init__(self, path: Place):
        self.path = path

    def click(
        self,
        query: str,
        systems: tuple[str, str],
        draft: Draft,
        clicked: list[str],
        *,
        k: int,
        reviewer: str,
        digests: tuple[str, str] = ("", ""),
    ) -> None:
        """Keep what a reviewer found relevant in a list, none of it included, and whose it was.

        Parameters
        ----------
        query : str
        systems : tuple of two str
            The rankers whose teams are the first and the second.
        draft : Draft
        clicked : list of str
            Names among those shown.
        k : int
        reviewer : str
        digests : tuple of two str
            Of the bundle of each system.
        """
        if not set(clicked) <= set(draft.shown):
            raise VerdictError("a click is on a picture that was not shown.")
        if len(draft.teams) != len(draft.shown) or not set(draft.teams) <= set(TEAMS):
            raise VerdictError(f"each picture shown is in a team: one of {', '.join(TEAMS)}.")
        if (systems[0], digests[0]) == (systems[1], digests[1]):
            raise VerdictError(f"{systems[0]!r} picks both teams: compare two systems.")
        in_order = tuple(name for name in draft.shown if name in clicked)
        row = (
            checked_name(query),
            checked_reviewer(reviewer),
            checked_rank(k),
            *(checked_text(name, "system's name", NAME_LENGTH) for name in systems),
            *(checked_text(digest, "bundle's digest", NAME_LENGTH) for digest in digests),
            written_images(tuple(map(checked_name, draft.shown))),
            json.dumps(draft.teams),
            written_images(in_order),
            now(),
        )
        with writing(self.path) as connection:
            connection.executemany(
                "DELETE FROM interleavings WHERE query = ? AND reviewer = ? AND k = ? AND "
                "first_system = ? AND first_digest = ? AND second_system = ? AND second_digest = ?",
                both_ways(row[:3], (row[3], row[5]), (row[4], row[6])),
            )
            connection.execute(
                "INSERT INTO interleavings (query, reviewer, k, first_system, "
                "second_system, first_digest, second_digest, shown, teams, clicked, time) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                row,
            )

    def withdraw(
        self,
        query: str,
        systems: tuple[str, str],
        draft: Draft,
        *,
        k: int,
        reviewer: str,
        digests: tuple[str, str] = ("", ""),
    ) -> None:
        """Take a reviewer's clicks in a list back, of whatever build: see `click`."""
        given = (checked_name(query), checked_reviewer(reviewer), checked_rank(k))
        with writing(self.path) as connection:
            connection.execute(
                "DELETE FROM interleavings WHERE query = ? AND reviewer = ? AND k = ? AND "
                "shown = ? AND (first_digest = second_digest) = ? AND "
                "((first_system = ? AND second_system = ? AND teams = ?) OR "
                "(second_system = ? AND first_system = ? AND teams = ?))",
                (
                    *given,
                    written_images(draft.shown),
                    digests[0] == digests[1],
                    *systems,
                    json.dumps(draft.teams),
                    *systems,
                    json.dumps(draft.turned().teams),
                ),
            )

    def all(self) -> pd.DataFrame:
        """Return all interleaved lists with their clicks, the newest last; no damaged ones.

        Returns
        -------
        DataFrame
            ``query`` (name), ``first_system``, ``second_system``, ``clicked`` (names as a JSON
            list), ``reviewer``, ``k`` (int64), ``shown`` (names as a JSON list), ``teams`` (as a
            JSON list: ``first``, ``second``, or ``both``), ``first_digest``, ``second_digest``,
            ``time`` (UTC).
        """
        question = f"SELECT {', '.join(_COLUMNS)} FROM interleavings ORDER BY time, rowid"
        with reading(self.path, _SINCE) as connection:
            rows = connection.execute(question).fetchall() if connection else []
        places = [_COLUMNS.index(column) for column in ("shown", "teams", "clicked")]
        whole = (row for row in rows if _is_list(*(row[place] for place in places)))
        return judged_table(whole, _COLUMNS)


def _is_list(shown: str, teams: str, clicked: str) -> bool:
    try:
        pictures, of, _clicked = map(names_in, (shown, teams, clicked))
    except VerdictError:
        return False
    return len(pictures) == len(of) and set(of) <= set(TEAMS)
