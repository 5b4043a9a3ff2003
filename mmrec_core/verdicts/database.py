"""Connections that read or write the verdicts on a bundle, wherever they lie.

Every write is one transaction on a connection of its own, on the disk when it ends, so that it
outlives a kill; threads, processes and, with PostgreSQL, machines may write at the same time. The
stores' SQL is the same for both databases: ``?`` for a value, and ``rowid`` for the order in which
rows were written.
"""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

from mmrec_core.errors import VerdictError
from mmrec_core.verdicts import sqlite_file
from mmrec_core.verdicts.places import Place


class Cursor(Protocol):
    """What a statement gave."""

    @property
    def rowcount(self) -> int:
        """How many rows it wrote."""

    @property
    def description(self) -> Any:
        """The columns of what it gave, each with its name first."""

    def fetchone(self) -> Any:
        """Return the next row, None after the last."""

    def fetchall(self) -> list[Any]:
        """Return all rows that are left."""


class Connection(Protocol):
    """What statements run on, within one transaction."""

    def execute(self, statement: str, values: Sequence[Any] = ..., /) -> Cursor:
        """Run a statement with its values."""

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]], /) -> object:
        """Run a statement once for each row of values."""


def now() -> str:
    """Return the time that a row is written with, UTC."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def reading(place: Place, version: int = 1) -> AbstractContextManager[Connection | None]:
    """Return a connection to read from, None while no table of that version can hold anything."""
    if isinstance(place, Path):
        return sqlite_file.reading(place, version)
    return _postgresql().reading(place, version)


def writing(place: Place) -> AbstractContextManager[Connection]:
    """Return a connection within a transaction that is on the disk when the block ends.

    One writes at a time, so what the block reads is still so when it writes.
    """
    if isinstance(place, Path):
        return sqlite_file.writing(place)
    return _postgresql().writing(place)


def _postgresql() -> ModuleType:
    try:
        from mmrec_core.verdicts import postgresql
    except ImportError as error:
        raise VerdictError(
            "MMREC_VERDICTS names a PostgreSQL database, and its driver is not installed "
            f"({error}): pip install 'mmrec[postgresql]'."
        ) from None
    return postgresql
