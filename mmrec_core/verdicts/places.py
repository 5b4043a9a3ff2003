"""Where the verdicts on a bundle lie: a SQLite file, or a schema of a PostgreSQL database."""

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from mmrec_core.errors import VerdictError

SUFFIX = ".verdicts.sqlite"
_PREFIX = "mmrec_"
_URLS = ("postgresql://", "postgres://")
_LONGEST = 63  # bytes of a name in PostgreSQL; it cuts off the rest


@dataclass(frozen=True)
class PostgresSchema:
    """A schema of a PostgreSQL database, which holds what a SQLite file does.

    As a text it says where it is, without the password.

    Attributes
    ----------
    url : str
        As libpq reads it, with its password.
    server : str
        The same to be read by people: user, host, port and database.
    name : str
        Of the schema.
    """

    url: str = field(repr=False)
    server: str
    name: str

    def __str__(self) -> str:
        """Say where it is."""
        return f"{self.server} (schema {self.name})"


Place: TypeAlias = Path | PostgresSchema
"""Where the verdicts on one bundle lie."""


def verdict_place(bundle: Path) -> Place:
    """Return where the verdicts on the bundle in the folder ``bundle`` lie, under its name.

    In a file beside it, or where MMREC_VERDICTS says: in the folder of that name, or, if it begins
    with ``postgresql://``, in the database at that URL.

    Examples
    --------
    >>> from pathlib import Path
    >>> from mmrec_core.verdicts.places import verdict_place
    >>> str(verdict_place(Path("artifacts/photos")))[-32:]
    'artifacts/photos.verdicts.sqlite'
    """
    return named_place(bundle, os.environ.get("MMREC_VERDICTS") or "")


def named_place(bundle: Path, named: str) -> Place:
    """Return where ``named`` says that the verdicts on a bundle lie: a folder or a URL.

    Empty for the bundle's own folder.
    """
    bundle = bundle.resolve()
    if named.startswith(_URLS):
        return PostgresSchema(named, _shown(named), _schema_name(bundle.name))
    return (Path(named) if named else bundle.parent) / f"{bundle.name}{SUFFIX}"


def _shown(url: str) -> str:
    """Return a database's URL without its password and what need not be shown."""
    try:
        from mmrec_core.verdicts.postgresql_connections import parts_of

        parts = parts_of(url)
    except (ImportError, VerdictError):  # whoever reads or writes is told
        return "the database that MMREC_VERDICTS names"
    user = f"{parts['user']}@" if "user" in parts else ""
    port = f":{parts['port']}" if "port" in parts else ""
    host = parts.get("host", parts.get("hostaddr", ""))
    return f"postgresql://{user}{host}{port}/{parts.get('dbname', '')}"


def _schema_name(bundle: str) -> str:
    """Return the schema's name: the bundle's, with a digest for the end if it can't be kept."""
    name = f"{_PREFIX}{bundle}"
    kept = name.encode(errors="replace")
    if len(kept) <= _LONGEST and kept.decode() == name:
        return name
    digest = hashlib.sha256(os.fsencode(bundle)).hexdigest()[:12]
    return f"{kept[: _LONGEST - len(digest) - 1].decode(errors='ignore')}_{digest}"
