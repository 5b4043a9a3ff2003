"""Verdicts in a SQLite file: in WAL mode, flushed to the disk (https://www.sqlite.org/wal.html)."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mmrec_core.errors import VerdictError
from mmrec_core.verdicts.tables import VERSIONS

_APPLICATION = 0x6D6D7265  # "mmre": tells our file from another program's
_PATIENCE = 30.0  # seconds to wait for another writer
_SO = {"written": ", and nothing was saved"}
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


@contextmanager
def reading(path: Path, version: int) -> Iterator[sqlite3.Connection | None]:
    """Yield a connection to read from, None while no table of that version can hold anything."""
    if not path.exists():
        yield None
        return
    alone = not os.access(path.parent, os.W_OK)  # nobody writes, there is no -wal to read
    address = f"{path.absolute().as_uri()}{'?immutable=1' if alone else ''}"
    with _explained(path, "read"), _connected(address) as connection:
        yield connection if _version(path, connection) >= version else None


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """Yield a connection within a transaction that is on the disk when the block ends."""
    with _explained(path, "written"):
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
    if version > len(VERSIONS):
        raise VerdictError(
            f"{path} has verdict schema {version}; this version of mmrec reads up to "
            f"{len(VERSIONS)}: update mmrec."
        )
    return version


def _upgrade(connection: sqlite3.Connection, version: int) -> None:
    for added in VERSIONS[version:]:
        for statement in added.split(";\n"):
            connection.execute(statement)
    if version < len(VERSIONS):
        connection.execute(f"PRAGMA application_id = {_APPLICATION}")
        connection.execute(f"PRAGMA user_version = {len(VERSIONS)}")
    if not version:
        # A new file must not repeat the counts of one that was deleted.
        connection.execute("INSERT INTO writes VALUES (?)", (time.time_ns(),))


@contextmanager
def _explained(path: Path, done: str) -> Iterator[None]:
    """Turn what goes wrong with the file ``path`` as it is ``done`` into a VerdictError."""
    try:
        yield
    except sqlite3.Error as error:
        raise VerdictError(_line(path, done, error)) from None
    except OSError as error:
        raise VerdictError(
            f"the verdicts in {path} cannot be {done} ({error.strerror or error})"
            f"{_SO.get(done, '')}: name another folder with MMREC_VERDICTS."
        ) from None


def _line(path: Path, done: str, error: sqlite3.Error) -> str:
    if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
        return (
            f"{path} is damaged, or no verdicts file ({error}): move it away, or put a copy of it "
            "back. New verdicts go into a new file."
        )
    if isinstance(error, sqlite3.OperationalError):
        return (
            f"the verdicts in {path} cannot be {done} ({error}){_SO.get(done, '')}: make the "
            "folder writable and see that the disk has room, or name another with MMREC_VERDICTS."
        )
    return f"that is no verdict ({error}): expected texts, a grade of 1 to 4 and a rank."
