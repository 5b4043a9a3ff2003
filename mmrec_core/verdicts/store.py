"""Verdicts: what people say of pairs and images, kept at once in a small database.

It lies beside the bundle, never in it, and names images, not rows: verdicts outlive a rebuild.
"""

from collections.abc import Iterable

import pandas as pd

from mmrec_core.errors import VerdictError
from mmrec_core.verdicts.database import now, reading, writing
from mmrec_core.verdicts.handing_over import hand_over
from mmrec_core.verdicts.places import Place
from mmrec_core.verdicts.values import (
    GRADES,
    NAME_LENGTH,
    NOTE_LENGTH,
    checked_digest,
    checked_name,
    checked_pair,
    checked_rank,
    checked_reviewer,
    checked_tag_and_reviewer,
    checked_text,
)

_VERDICT_COLUMNS = (
    "query", "candidate", "grade", "reviewer", "note", "ranker", "rank", "time", "digest",
)  # fmt: skip
_TAG_COLUMNS = ("image", "tag", "reviewer", "time", "digest")


class VerdictStore:
    """The verdicts and tags on one bundle's images. Safe to share between threads.

    A file, or a schema, is made by the first write; until then there are no verdicts. Every method
    raises VerdictError, in one line, where it cannot be read or written, is damaged, or of a newer
    version, and where a value is not what a verdict holds: a text that is too long or is none, a
    grade or a rank that is no number.

    Examples
    --------
    >>> from pathlib import Path
    >>> from mmrec_core.verdicts.store import VerdictStore
    >>> store = VerdictStore(Path("demo.verdicts.sqlite"))
    >>> store.grade("animals/birds/magpie.png", "animals/birds/crow.png", 4, reviewer="Ann")
    >>> store.verdicts()[["candidate", "grade", "reviewer"]].to_dict("list")
    {'candidate': ['animals/birds/crow.png'], 'grade': [4], 'reviewer': ['Ann']}
    """

    def __init__(self, path: Place):
        self.path = path

    def grade(
        self,
        query: str,
        candidate: str,
        grade: int,
        *,
        reviewer: str,
        note: str | None = None,
        ranker: str | None = None,
        rank: int | None = None,
        digest: str | None = None,
    ) -> None:
        """Keep a reviewer's verdict on a pair; it replaces that reviewer's older one.

        Parameters
        ----------
        query, candidate : str
            Names of the images.
        grade : int
            One of `GRADES`.
        reviewer : str
            Who says so.
        note : str, optional
            Free text; without one, the note of an older verdict stays.
        ranker : str, optional
            In whose list the candidate was seen.
        rank : int, optional
            Its place there, from 1.
        digest : str, optional
            The bundle's.
        """
        if grade not in GRADES:
            raise VerdictError(f"a grade is {grade!r}; expected one of 1, 2, 3, 4.")
        if ranker is not None:
            ranker = checked_text(ranker, "ranker's name", NAME_LENGTH)
        row = (
            *checked_pair(query, candidate, reviewer),
            int(grade),
            "" if note is None else checked_text(note, "note", NOTE_LENGTH),
            ranker,
            None if rank is None else checked_rank(rank),
            checked_digest(digest),
            now(),
        )
        kept = "excluded.note" if note is not None else "verdicts.note"
        with writing(self.path) as connection:
            connection.execute(
                "INSERT INTO verdicts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (query, candidate, reviewer) DO UPDATE SET grade = excluded.grade, "
                f"note = {kept}, ranker = excluded.ranker, rank = excluded.rank, "
                "digest = excluded.digest, time = excluded.time",
                row,
            )

    def annotate(self, query: str, candidate: str, note: str, *, reviewer: str) -> None:
        """Change the note of a verdict; VerdictError if the reviewer gave none on that pair."""
        pair = checked_pair(query, candidate, reviewer)
        text = checked_text(note, "note", NOTE_LENGTH)
        with writing(self.path) as connection:
            done = connection.execute(
                "UPDATE verdicts SET note = ?, time = ? "
                "WHERE query = ? AND candidate = ? AND reviewer = ?",
                (text, now(), *pair),
            )
            if not done.rowcount:
                raise VerdictError("a note belongs to a verdict: grade the pair first.")

    def withdraw(self, query: str, candidate: str, *, reviewer: str) -> None:
        """Take a reviewer's verdict on a pair back."""
        with writing(self.path) as connection:
            connection.execute(
                "DELETE FROM verdicts WHERE query = ? AND candidate = ? AND reviewer = ?",
                checked_pair(query, candidate, reviewer),
            )

    def verdicts(self, query: str | None = None) -> pd.DataFrame:
        """Return all verdicts, or those on one query, the newest last.

        Returns
        -------
        DataFrame
            ``query``, ``candidate`` (names), ``grade`` (1 to 4), ``reviewer``, ``note`` (empty
            where there is none), ``ranker``, ``rank``, ``time`` (UTC), ``digest``.
        """
        table = self._table("verdicts", _VERDICT_COLUMNS, query)
        table["rank"] = table["rank"].astype("Int64")
        return table.astype({"grade": "int64"})

    def counts(self) -> pd.DataFrame:
        """Return how many verdicts each reviewer gave on each query.

        Returns
        -------
        DataFrame
            ``query`` (name), ``reviewer``, ``verdicts`` (int64).
        """
        question = "SELECT query, reviewer, count(*) FROM verdicts GROUP BY query, reviewer"
        with reading(self.path) as connection:
            rows = connection.execute(question).fetchall() if connection else []
        table = pd.DataFrame(rows, columns=["query", "reviewer", "verdicts"], dtype=object)
        return table.astype({"verdicts": "int64"})

    def hand_over(self, reviewer: str, to: str) -> None:
        """Let all that a reviewer said be another's; of two on a pair the newer stays.

        It is for a person who reviewed under two names.
        """
        old, new = checked_reviewer(reviewer), checked_reviewer(to)
        if old == new:
            return
        with writing(self.path) as connection:
            hand_over(connection, old, new)

    def tag(
        self, images: Iterable[str], tag: str, *, reviewer: str, digest: str | None = None
    ) -> None:
        """Tag images; one that this reviewer tagged so before stays as it is."""
        tag, reviewer = checked_tag_and_reviewer(tag, reviewer)
        digest = checked_digest(digest)
        rows = [(checked_name(image), tag, reviewer, digest, now()) for image in images]
        with writing(self.path) as connection:
            connection.executemany(
                "INSERT INTO tags VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", rows
            )

    def untag(self, images: Iterable[str], tag: str, *, reviewer: str) -> None:
        """Take a reviewer's tag off images."""
        rows = [(checked_name(image), *checked_tag_and_reviewer(tag, reviewer)) for image in images]
        with writing(self.path) as connection:
            connection.executemany(
                "DELETE FROM tags WHERE image = ? AND tag = ? AND reviewer = ?", rows
            )

    def tags(self) -> pd.DataFrame:
        """Return all tags, the newest last.

        Returns
        -------
        DataFrame
            ``image`` (name), ``tag``, ``reviewer``, ``time`` (UTC), ``digest``.
        """
        return self._table("tags", _TAG_COLUMNS)

    def version(self) -> int:
        """Return a number that changes with every write, from whatever process; 0 before the first.

        What was computed from the verdicts can be cached by it.
        """
        with reading(self.path) as connection:
            if connection is None:
                return 0
            return int(connection.execute("SELECT count FROM writes").fetchone()[0])

    def _table(self, name: str, columns: tuple[str, ...], query: str | None = None) -> pd.DataFrame:
        where, values = (
            ("WHERE query = ?", (checked_name(query),)) if query is not None else ("", ())
        )
        statement = f"SELECT {', '.join(columns)} FROM {name} {where} ORDER BY time, rowid"
        with reading(self.path) as connection:
            rows = connection.execute(statement, values).fetchall() if connection else []
        return pd.DataFrame(rows, columns=list(columns), dtype=object)
