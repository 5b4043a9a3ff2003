"""CSV that a spreadsheet opens as text."""

from collections.abc import Sequence

import pandas as pd

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(table: pd.DataFrame, keep: Sequence[str] = ()) -> str:
    """Write a table as CSV; a text that a spreadsheet would run as a formula gets an apostrophe.

    Columns named in ``keep`` are written as they are, since a program is to read them again.
    """
    safe = table.apply(lambda column: column if column.name in keep else column.map(_as_text))
    return safe.to_csv(index=False)


def _as_text(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
