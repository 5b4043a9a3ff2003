"""Connections to PostgreSQL, a few of them kept open: to open one takes longer than to write."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from mmrec_core.errors import VerdictError

PATIENCE = 30
"""Seconds to wait for another writer, or for a server that says nothing."""

_KEPT = 4
_DEFAULTS: dict[str, Any] = {
    "client_encoding": "utf8",
    "connect_timeout": 5,
    "keepalives_idle": PATIENCE,
    "tcp_user_timeout": PATIENCE * 1000,
}

_idle: list[tuple[int, str, psycopg.Connection]] = []  # by process and URL
_lock = threading.Lock()


@contextmanager
def transaction(url: str, first: sql.Composed) -> Iterator[psycopg.Connection]:
    """Yield a connection on which ``first`` was said; commit, or undo all if the block fails."""
    connection = _begun(url, first)
    try:
        yield connection
        connection.commit()
    except BaseException:
        connection.close()
        raise
    with _lock:
        if len(_idle) < _KEPT:
            _idle.append((os.getpid(), url, connection))
            return
    connection.close()


def parts_of(url: str) -> dict[str, Any]:
    """Return what a URL says, by libpq's names; VerdictError, and no word of it, if it is none."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        parts = {"port": "none"}
    if not str(parts.get("port", "0")).replace(",", "").isdecimal():  # of a password, perhaps
        raise VerdictError(
            "MMREC_VERDICTS is no URL of a PostgreSQL database: expected "
            "postgresql://USER@HOST:PORT/DATABASE, with %-codes for what is special in URLs."
        )
    return parts


def _begun(url: str, first: sql.Composed) -> psycopg.Connection:
    while (kept := _taken(url)) is not None:
        try:
            kept.execute(first)
        except psycopg.OperationalError:  # the server was restarted since
            kept.close()
        else:
            return kept
    # A pooler may give the next transaction another connection, which knows no prepared statements.
    given = {**_DEFAULTS, **parts_of(url)}
    connection = psycopg.connect(make_conninfo(**given), prepare_threshold=None)
    try:
        connection.execute(first)
    except BaseException:
        connection.close()
        raise
    return connection


def _taken(url: str) -> psycopg.Connection | None:
    with _lock:
        for place, (process, of, connection) in enumerate(_idle):
            if (process, of) == (os.getpid(), url):
                del _idle[place]
                return connection
    return None
