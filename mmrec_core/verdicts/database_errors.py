"""What SQLite and the disk say of the file of verdicts, as one line that helps."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mmrec_core.errors import VerdictError

_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


@contextmanager
def explained(path: Path, done: str) -> Iterator[None]:
    """Turn what goes wrong with the file ``path`` as it is ``done`` into a VerdictError."""
    try:
        yield
    except sqlite3.Error as error:
        raise VerdictError(_line(path, done, error)) from None
    except OSError as error:
        raise VerdictError(
            f"the verdicts in {path} cannot be {done} ({error.strerror or error}): name another "
            "folder with MMREC_VERDICTS."
        ) from None


def _line(path: Path, done: str, error: sqlite3.Error) -> str:
    if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
        return (
            f"{path} is damaged, or no verdicts file ({error}): move it away, or put a copy of it "
            "back. New verdicts go into a new file."
        )
    if isinstance(error, sqlite3.OperationalError):
        return (
            f"the verdicts in {path} cannot be {done} ({error}): make the folder writable and see "
            "that the disk has room, or name another with MMREC_VERDICTS."
        )
    return f"that is no verdict ({error}): expected texts, a grade of 1 to 4 and a rank."
