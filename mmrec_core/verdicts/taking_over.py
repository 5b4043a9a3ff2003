"""What people said in one place is taken over into another: from a file to a database, or back."""

import re
from collections.abc import Sequence
from typing import Any

from mmrec_core.errors import VerdictError
from mmrec_core.verdicts.database import reading, writing
from mmrec_core.verdicts.places import Place
from mmrec_core.verdicts.tables import VERSIONS

_TABLES = {
    table: version
    for version, added in enumerate(VERSIONS, start=1)
    for table in re.findall(r"CREATE TABLE (\w+)", added)
    if table != "writes"
}
"""By table, the version of the schema that brought it."""


def take_over(source: Place, into: Place) -> dict[str, int]:
    """Add what lies in ``source`` to ``into``, in one transaction; the source stays as it is.

    Where both hold the same, such as a name or a reviewer's verdict on a pair, that of ``into``
    stays, unless the verdict of ``source`` is newer. What was withdrawn in ``into`` comes back.

    Returns
    -------
    dict of str to int
        How many rows of each table are new or newer; tables without any are left out.

    Raises
    ------
    VerdictError
        If either cannot be read or written, or nothing lies in ``source``.
    """
    held = {table: _rows(source, table, version) for table, version in _TABLES.items()}
    if not any(rows for _, rows in held.values()):
        raise VerdictError(f"nothing lies in {source}: name the folder or URL that holds it.")
    gained = {}
    with writing(into) as connection:
        for table, (columns, rows) in held.items():
            insert = _insert(table, columns)
            gained[table] = sum(connection.execute(insert, row).rowcount for row in rows)
    return {table: n for table, n in gained.items() if n}


def _rows(place: Place, table: str, version: int) -> tuple[list[str], list[Sequence[Any]]]:
    with reading(place, version) as connection:
        if connection is None:
            return [], []
        found = connection.execute(f"SELECT * FROM {table} ORDER BY rowid")
        names = [column[0] for column in found.description]
        kept = [at for at, name in enumerate(names) if name != "rowid"]
        rows: list[Sequence[Any]] = [[row[at] for at in kept] for row in found.fetchall()]
        return [names[at] for at in kept], rows


def _insert(table: str, columns: list[str]) -> str:
    places = ", ".join("?" * len(columns))
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places}) ON CONFLICT"
    if table != "verdicts":
        return f"{statement} DO NOTHING"
    new = ", ".join(f"{column} = excluded.{column}" for column in columns)
    return (
        f"{statement} (query, candidate, reviewer) DO UPDATE SET {new} "
        "WHERE excluded.time > verdicts.time"
    )
