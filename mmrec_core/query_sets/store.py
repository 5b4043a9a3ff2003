"""Query sets: lists of queries under a name, kept beside the verdicts for all."""

import json
from dataclasses import dataclass

from mmrec_core.errors import VerdictError
from mmrec_core.inputs.judgements import MOST_QUERIES
from mmrec_core.verdicts.database import Connection, now, reading, writing
from mmrec_core.verdicts.places import Place
from mmrec_core.verdicts.values import (
    NOTE_LENGTH,
    checked_digest,
    checked_name,
    checked_reviewer,
    checked_set,
    checked_text,
    names_in,
)

_SINCE = 5  # version of the schema
_BYTES = 1 << 20
MOST = 100
"""Query sets that one bundle can have."""


@dataclass(frozen=True)
class QuerySet:
    """Queries under a name.

    Attributes
    ----------
    name : str
    images : tuple of str
        Names of the queries' images, in the order that they were chosen in, each once.
    origin : str
        How the set was made, in a few words; begins with "worse " where by the outcome.
    reviewer : str
        Who made it.
    digest : str, optional
        The bundle's when it was made.
    """

    name: str
    images: tuple[str, ...]
    origin: str
    reviewer: str
    digest: str | None = None

    @property
    def by_outcome(self) -> bool:
        """Whether its queries were chosen because they came out worse somewhere."""
        return self.origin.casefold().startswith("worse ")


class QuerySets:
    """The query sets of one bundle, in the file of its verdicts.

    Every method raises VerdictError where the file cannot be read or written, and where a value is
    not what a set holds.

    Examples
    --------
    >>> from pathlib import Path
    >>> from mmrec_core.query_sets.store import QuerySet, QuerySets
    >>> sets = QuerySets(Path("sets.verdicts.sqlite"))
    >>> sets.add(QuerySet("Birds", ("crow.png", "owl.png"), "picked", reviewer="Ann"))
    'Birds'
    >>> [(each.name, len(each.images)) for each in sets.all()]
    [('Birds', 2)]
    """

    def __init__(self, path: Place):
        self.path = path

    def add(self, queries: QuerySet) -> str:
        """Keep a set and return the name it has; VerdictError if there is one of that name."""
        name = checked_set(queries.name)
        row = (
            name,
            _written(queries.images),
            checked_text(queries.origin, "set's origin", NOTE_LENGTH),
            checked_reviewer(queries.reviewer),
            checked_digest(queries.digest),
            now(),
        )
        with writing(self.path) as connection:
            if _has(connection, name):
                raise _taken(name)
            connection.execute("INSERT INTO query_sets VALUES (?, ?, ?, ?, ?, ?)", row)
            if connection.execute("SELECT count(*) FROM query_sets").fetchone()[0] > MOST:
                raise VerdictError(f"there are {MOST} query sets: remove one first.")
        return name

    def rename(self, name: str, to: str) -> str:
        """Give a set another name and return it; VerdictError if it is taken, or no set has this.

        The name that is kept is on one line, without what cannot be printed.
        """
        old, new = checked_set(name), checked_set(to)
        with writing(self.path) as connection:
            if not _has(connection, old):
                raise _missing(old)
            if new != old and _has(connection, new):
                raise _taken(new)
            connection.execute("UPDATE query_sets SET name = ? WHERE name = ?", (new, old))
        return new

    def remove(self, name: str) -> None:
        """Remove a set; VerdictError if there is none of that name."""
        name = checked_set(name)
        with writing(self.path) as connection:
            if not connection.execute("DELETE FROM query_sets WHERE name = ?", (name,)).rowcount:
                raise _missing(name)

    def all(self) -> list[QuerySet]:
        """Return all sets by name; one that is damaged is left out."""
        with reading(self.path, _SINCE) as connection:
            rows = (
                connection.execute(
                    "SELECT name, queries, origin, reviewer, digest FROM query_sets"
                ).fetchall()
                if connection
                else []
            )
        sets = []
        for name, queries, origin, reviewer, digest in rows:
            try:
                kept = QuerySet(
                    checked_set(name),
                    names_in(queries),
                    checked_text(origin, "set's origin", NOTE_LENGTH),
                    checked_reviewer(reviewer),
                    checked_digest(digest),
                )
            except VerdictError:
                continue
            sets.append(kept)
        return sorted(sets, key=lambda kept: (kept.name.casefold(), kept.name))


def _has(connection: Connection, name: str) -> bool:
    found = connection.execute("SELECT 1 FROM query_sets WHERE name = ?", (name,))
    return found.fetchone() is not None


def _written(images: tuple[str, ...]) -> str:
    once = list(dict.fromkeys(map(checked_name, images)))
    if not 1 <= len(once) <= MOST_QUERIES:
        raise VerdictError(
            f"a query set has {len(once):,} queries; expected 1 to {MOST_QUERIES:,}."
        )
    written = json.dumps(once, ensure_ascii=False)
    if len(written.encode()) > _BYTES:
        raise VerdictError("the names of a query set exceed 1 MB: choose fewer queries.")
    return written


def _taken(name: str) -> VerdictError:
    return VerdictError(f"there is a query set {name!r} already: choose another name.")


def _missing(name: str) -> VerdictError:
    return VerdictError(f"there is no query set {name!r}.")
