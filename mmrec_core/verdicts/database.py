"""The file of verdicts as a database: its tables, and connections that read or write it.

Every write is one transaction on a connection of its own, in WAL mode and flushed to the disk, so
that it outlives a kill, and threads and processes may write at the same time
(https://www.sqlite.org/wal.html).
"""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from mmrec_core.errors import VerdictError
from mmrec_core.verdicts.database_errors import explained

_APPLICATION = 0x6D6D7265  # "mmre": tells our file from another program's
_PATIENCE = 30.0  # seconds to wait for another writer
_VERSIONS = (
    """
CREATE TABLE verdicts (
    query TEXT NOT NULL, candidate TEXT NOT NULL, reviewer TEXT NOT NULL,
    grade INTEGER NOT NULL CHECK (grade BETWEEN 1 AND 4), note TEXT NOT NULL,
    ranker TEXT, rank INTEGER, digest TEXT, time TEXT NOT NULL,
    PRIMARY KEY (query, candidate, reviewer)
);
CREATE TABLE tags (
    image TEXT NOT NULL, tag TEXT NOT NULL, reviewer TEXT NOT NULL,
    digest TEXT, time TEXT NOT NULL,
    PRIMARY KEY (image, tag, reviewer)
);
CREATE TABLE writes (count INTEGER NOT NULL);
""",
    """
CREATE TABLE views (
    name TEXT PRIMARY KEY, page TEXT NOT NULL, parameters TEXT NOT NULL,
    reviewer TEXT NOT NULL, digest TEXT, time TEXT NOT NULL
);
""",
    """
CREATE TABLE decisions (
    kind TEXT NOT NULL, image TEXT NOT NULL, other TEXT NOT NULL, reviewer TEXT NOT NULL,
    accepted INTEGER NOT NULL, digest TEXT, time TEXT NOT NULL,
    PRIMARY KEY (kind, image, other, reviewer)
);
""",
    """
CREATE TABLE preferences (
    query TEXT NOT NULL, reviewer TEXT NOT NULL, k INTEGER NOT NULL,
    left_system TEXT NOT NULL, right_system TEXT NOT NULL,
    left_digest TEXT NOT NULL, right_digest TEXT NOT NULL,
    left_shown TEXT NOT NULL, right_shown TEXT NOT NULL,
    choice TEXT NOT NULL CHECK (choice IN ('left', 'right', 'both good', 'both bad')),
    time TEXT NOT NULL
);
CREATE UNIQUE INDEX preference ON preferences (
    query, reviewer, k,
    min(left_system || '@' || left_digest, right_system || '@' || right_digest),
    max(left_system || '@' || left_digest, right_system || '@' || right_digest)
);
""",
    """
CREATE TABLE query_sets (
    name TEXT PRIMARY KEY, queries TEXT NOT NULL, origin TEXT NOT NULL,
    reviewer TEXT NOT NULL, digest TEXT, time TEXT NOT NULL
);
CREATE TABLE builds (
    digest TEXT PRIMARY KEY, built TEXT NOT NULL, figures BLOB NOT NULL, time TEXT NOT NULL
);
CREATE TABLE stories (
    name TEXT PRIMARY KEY, story TEXT NOT NULL, reviewer TEXT NOT NULL, digest TEXT,
    time TEXT NOT NULL
);
CREATE TABLE interleavings (
    query TEXT NOT NULL, reviewer TEXT NOT NULL, k INTEGER NOT NULL,
    first_system TEXT NOT NULL, second_system TEXT NOT NULL,
    first_digest TEXT NOT NULL, second_digest TEXT NOT NULL,
    shown TEXT NOT NULL, teams TEXT NOT NULL, clicked TEXT NOT NULL, time TEXT NOT NULL
);
CREATE UNIQUE INDEX interleaving ON interleavings (
    query, reviewer, k,
    min(first_system || '@' || first_digest, second_system || '@' || second_digest),
    max(first_system || '@' || first_digest, second_system || '@' || second_digest)
);
""",
)
"""What each version of the schema adds to the one before."""


def now() -> str:
    """Return the time that a row is written with, UTC."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


@contextmanager
def reading(path: Path, version: int = 1) -> Iterator[sqlite3.Connection | None]:
    """Yield a connection to read from, None while no table of that version can hold anything."""
    if not path.exists():
        yield None
        return
    alone = not os.access(path.parent, os.W_OK)  # nobody writes, there is no -wal to read
    address = f"{path.absolute().as_uri()}{'?immutable=1' if alone else ''}"
    with explained(path, "read"), _connected(address) as connection:
        yield connection if _version(path, connection) >= version else None


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """Yield a connection within a transaction that is on the disk when the block ends."""
    with explained(path, "written"):
        path.parent.mkdir(parents=True, exist_ok=True)
        with _connected(path.absolute().as_uri()) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("BEGIN IMMEDIATE")
            with connection:
                _upgrade(connection, _version(path, connection))
                yield connection
                connection.execute("UPDATE writes SET count = count + 1")


@contextmanager
def _connected(address: str) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(address, _PATIENCE, isolation_level=None, uri=True)
    try:
        yield connection
    finally:
        connection.close()


def _version(path: Path, connection: sqlite3.Connection) -> int:
    """Return the version of the schema, 0 without one; VerdictError if it's not ours, or newer."""
    version, application, tables = (
        int(connection.execute(question).fetchone()[0])
        for question in (
            "PRAGMA user_version",
            "PRAGMA application_id",
            "SELECT count(*) FROM sqlite_master",
        )
    )
    if not (version or application or tables):
        return 0
    if application != _APPLICATION:
        raise VerdictError(
            f"{path} belongs to another program: move it away, or name another folder "
            "with MMREC_VERDICTS."
        )
    if version > len(_VERSIONS):
        raise VerdictError(
            f"{path} has verdict schema {version}; this version of mmrec reads up to "
            f"{len(_VERSIONS)}: update mmrec."
        )
    return version


def _upgrade(connection: sqlite3.Connection, version: int) -> None:
    for added in _VERSIONS[version:]:
        for statement in added.split(";\n"):
            connection.execute(statement)
    if version < len(_VERSIONS):
        connection.execute(f"PRAGMA application_id = {_APPLICATION}")
        connection.execute(f"PRAGMA user_version = {len(_VERSIONS)}")
    if not version:
        # A new file must not repeat the counts of one that was deleted.
        connection.execute("INSERT INTO writes VALUES (?)", (time.time_ns(),))
