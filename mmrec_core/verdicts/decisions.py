"""Decisions on work lists: whether two images are near-duplicates, whether a label is a mistake.

They lie in the file of the verdicts and name images, not rows.
"""

import pandas as pd

from mmrec_core.verdicts.database import Connection, now, reading, writing
from mmrec_core.verdicts.places import Place
from mmrec_core.verdicts.values import (
    checked_digest,
    checked_name,
    checked_pair,
    checked_reviewer,
)

TWINS, LABEL = KINDS = ("near-duplicates", "label")
NOTE = "near-duplicate"
"""The note of the verdicts that an accepted pair of near-duplicates gives."""

_SINCE = 3  # version of the schema
_HIGHEST = 4
_COLUMNS = ("image", "other", "reviewer", "accepted", "time", "digest")


class Decisions:
    """What reviewers decided about a bundle's work lists. Safe to share between threads.

    The pair of two near-duplicates is ordered by name; for a label, ``other`` is the label that is
    suggested instead. Every method raises VerdictError where the file cannot be read or written,
    and where a value is not what a decision holds.

    Examples
    --------
    >>> from pathlib import Path
    >>> from mmrec_core.verdicts.decisions import TWINS, Decisions
    >>> decisions = Decisions(Path("lists.verdicts.sqlite"))
    >>> decisions.decide(TWINS, "b.png", "a.png", True, reviewer="Ann")
    >>> decisions.all(TWINS)[["image", "other", "accepted"]].to_numpy().tolist()
    [['a.png', 'b.png', True]]
    """

    def __init__(self, path: Place):
        self.path = path

    def decide(
        self,
        kind: str,
        image: str,
        other: str,
        accepted: bool | None,
        *,
        reviewer: str,
        digest: str | None = None,
    ) -> None:
        """Keep a decision in place of the reviewer's last one; None takes that back.

        Near-duplicates that are accepted are relevant to each other: both directions get this
        reviewer's verdict of the highest grade, unless there is one already. It goes when the
        decision is taken back or turned round, unless it was changed since.
        """
        by, digest = checked_reviewer(reviewer), checked_digest(digest)
        if kind == TWINS:
            image, other = sorted(checked_pair(image, other, by)[:2])
        key = (kind, checked_name(image), checked_name(other), by)
        with writing(self.path) as connection:
            connection.execute(
                "DELETE FROM decisions WHERE kind = ? AND image = ? AND other = ? AND reviewer = ?",
                key,
            )
            if accepted is not None:
                connection.execute(
                    "INSERT INTO decisions VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (*key, int(accepted), digest, now()),
                )
            if kind == TWINS:
                _grade_both_ways(connection, image, other, bool(accepted), by, digest)

    def all(self, kind: str) -> pd.DataFrame:
        """Return all decisions of a kind, the newest last.

        Returns
        -------
        DataFrame
            ``image``, ``other``, ``reviewer``, ``accepted`` (bool), ``time`` (UTC), ``digest``.
        """
        question = (
            f"SELECT {', '.join(_COLUMNS)} FROM decisions WHERE kind = ? ORDER BY time, rowid"
        )
        with reading(self.path, _SINCE) as connection:
            rows = connection.execute(question, (kind,)).fetchall() if connection else []
        table = pd.DataFrame(rows, columns=list(_COLUMNS), dtype=object)
        return table.astype({"accepted": bool})


def _grade_both_ways(
    connection: Connection, image: str, other: str, accepted: bool, by: str, digest: str | None
) -> None:
    """Give the verdicts of accepted near-duplicates, or take away those that were given so."""
    given = [(image, other, by, _HIGHEST, NOTE), (other, image, by, _HIGHEST, NOTE)]
    if accepted:
        connection.executemany(
            "INSERT INTO verdicts (query, candidate, reviewer, grade, note, digest, time) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [(*verdict, digest, now()) for verdict in given],
        )
    else:
        connection.executemany(
            "DELETE FROM verdicts "
            "WHERE query = ? AND candidate = ? AND reviewer = ? AND grade = ? AND note = ?",
            given,
        )


def settled(decisions: pd.DataFrame) -> pd.DataFrame:
    """Return what is decided of each entry: the majority of its reviewers, the newest at a tie.

    Parameters
    ----------
    decisions : DataFrame
        What `Decisions.all` gives.

    Returns
    -------
    DataFrame
        ``image``, ``other``, ``accepted`` (bool), ``reviewers`` (how many decided).
    """
    groups = decisions.groupby(["image", "other"], sort=False)["accepted"]
    table = groups.agg(share="mean", last="last", reviewers="size").reset_index()
    accepted = (table["share"] > 0.5) | ((table["share"] == 0.5) & table["last"].astype(bool))
    return table.assign(accepted=accepted.astype(bool))[["image", "other", "accepted", "reviewers"]]
