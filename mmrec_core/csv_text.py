"""CSV that a spreadsheet opens as text."""

import pandas as pd

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(table: pd.DataFrame) -> str:
    """Write a table as CSV; a text that a spreadsheet would run as a formula gets an apostrophe."""
    return table.apply(lambda column: column.map(_as_text)).to_csv(index=False)


def as_written(cell: str) -> str:
    """Return a text that `csv_text` wrote without the apostrophe that it may have got."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def _as_text(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
