"""Verdicts in a PostgreSQL database, one schema for each bundle, for writers on many machines.

All is said within one transaction, so poolers of connections may stand between
(https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS).
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import errors, sql

from mmrec_core.errors import VerdictError
from mmrec_core.verdicts.places import PostgresSchema
from mmrec_core.verdicts.postgresql_connections import PATIENCE, transaction
from mmrec_core.verdicts.tables import VERSIONS

_WORDS = {"INTEGER": "BIGINT", "BLOB": "BYTEA", " min(": " least(", " max(": " greatest("}
_ORDER = "rowid BIGINT GENERATED ALWAYS AS IDENTITY"


class _Connection:
    """psycopg's connection, for statements in SQLite's words."""

    def __init__(self, connection: psycopg.Connection):
        self._connection = connection

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> psycopg.Cursor:
        """Run a statement with its values."""
        return self._connection.execute(_placed(statement), values)

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]], /) -> None:
        """Run a statement once for each row of values."""
        self._connection.cursor().executemany(_placed(statement), rows)


@contextmanager
def reading(place: PostgresSchema, version: int) -> Iterator[_Connection | None]:
    """Yield a connection to read from, None while no table of that version can hold anything."""
    with _explained(place, "read"), transaction(place.url, _settings(place)) as connection:
        yield _Connection(connection) if _version(place, connection) >= version else None


@contextmanager
def writing(place: PostgresSchema) -> Iterator[_Connection]:
    """Yield a connection within a transaction that is on the disk when the block ends."""
    with (
        _explained(place, "written", "nothing was saved"),
        transaction(place.url, _settings(place)) as connection,
    ):
        connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (place.name,))
        version = _version(place, connection)
        if version < len(VERSIONS):
            _upgrade(place, connection, version)
        yield _Connection(connection)
        connection.execute("UPDATE writes SET count = count + 1")
        with _explained(place, "written", "see whether this was saved"):
            connection.commit()


def _settings(place: PostgresSchema) -> sql.Composed:
    return sql.SQL(
        "SET LOCAL search_path TO {}; SET LOCAL synchronous_commit TO on; "
        "SET LOCAL lock_timeout TO {}"
    ).format(sql.Identifier(place.name), sql.Literal(f"{PATIENCE}s"))


def _version(place: PostgresSchema, connection: psycopg.Connection) -> int:
    """Return the version of the tables, 0 without any; VerdictError if not ours, or newer."""
    ours, tables = _row(
        connection,
        "SELECT to_regclass('tables_version') IS NOT NULL, count(*) FROM pg_class "
        "WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = %s)",
        place.name,
    )
    if not tables:
        return 0
    if not ours:
        raise VerdictError(
            f"{place} belongs to another program: name another database with MMREC_VERDICTS."
        )
    version = int(_row(connection, "SELECT version FROM tables_version")[0])
    if version > len(VERSIONS):
        raise VerdictError(
            f"{place} has verdict schema {version}; this version of mmrec reads up to "
            f"{len(VERSIONS)}: update mmrec."
        )
    return version


def _upgrade(place: PostgresSchema, connection: psycopg.Connection, version: int) -> None:
    if not version:
        found = "SELECT count(*) FROM pg_namespace WHERE nspname = %s"
        if not _row(connection, found, place.name)[0]:  # whoever may not make one can be given one
            connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(place.name)))
        connection.execute("CREATE TABLE tables_version (version BIGINT NOT NULL)")
        connection.execute("INSERT INTO tables_version VALUES (0)")
    for added in VERSIONS[version:]:
        for statement in filter(str.strip, added.split(";\n")):
            connection.execute(_translated(statement).encode())
    connection.execute("UPDATE tables_version SET version = %s", (len(VERSIONS),))
    if not version:
        # A new schema must not repeat the counts of one that was dropped.
        connection.execute("INSERT INTO writes VALUES (%s)", (time.time_ns(),))


def _row(connection: psycopg.Connection, question: str, *values: str) -> Sequence[Any]:
    found = connection.execute(question.encode(), values).fetchone()
    return found or (0, 0)


def _translated(statement: str) -> str:
    """Return a statement that makes a table or an index; tables get a column ``rowid``."""
    for ours, theirs in _WORDS.items():
        statement = statement.replace(ours, theirs)
    if statement.strip().startswith("CREATE TABLE"):
        statement = f"{statement.strip().removesuffix(')')}, {_ORDER})"
    return statement


def _placed(statement: str) -> bytes:
    return statement.replace("?", "%s").encode()


@contextmanager
def _explained(place: PostgresSchema, done: str, saved: str = "") -> Iterator[None]:
    """Turn what goes wrong with a schema as it is ``done`` into a VerdictError."""
    try:
        yield
    except psycopg.Error as error:
        raise VerdictError(_line(place, done, error, saved)) from None


def _line(place: PostgresSchema, done: str, error: psycopg.Error, saved: str) -> str:
    reason = error.diag.message_primary or " ".join(str(error).split())
    failed = f"the verdicts in {place} cannot be {done} ({reason})"
    saved = saved and f"; {saved}"
    if isinstance(error, errors.DataError | errors.IntegrityError):
        return f"that is no verdict ({reason}): expected texts, a grade of 1 to 4 and a rank."
    if isinstance(error, errors.InsufficientPrivilege):
        return f"{failed}: grant the user CREATE on the database, or its own schema{saved}."
    if isinstance(error, errors.OperationalError):
        return f"{failed}: see that the server runs and lets this user in{saved}."
    return f"{failed}: see the server's log{saved}."
