"""Query sets as files: one name a line, or a table with a column of names."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from mmrec_core.csv_text import csv_text
from mmrec_core.errors import InputError
from mmrec_core.files import write_bytes
from mmrec_core.inputs.caption_formats import Columns, listed, read_table

COLUMNS = ("image", "query")
"""What the column of names is called."""

TABLES = (".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".parquet")
ENDINGS = (".txt", *TABLES)
WRITTEN = (".txt", ".csv", ".jsonl")
_BYTES = 16 << 20


def read_queries(path: Path) -> tuple[str, ...]:
    """Read the names of queries.

    Parameters
    ----------
    path : Path
        A text file with a name a line, or a CSV, TSV, JSON Lines, JSON or Parquet file with a
        column ``image`` or ``query``; a CSV of one column needs no header.

    Returns
    -------
    tuple of str
        In the file's order, each once, without blank lines.

    Raises
    ------
    InputError
        If the file cannot be read, has no such column, or names no query.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise InputError(f"{path}: queries are read from {', '.join(ENDINGS)}: convert it.")
    try:
        if path.is_file() and path.stat().st_size > _BYTES:
            raise InputError(f"{path} has more than 16 MB: a file of queries has names alone.")
        names = _lines(path) if ending == ".txt" else _column(path, read_table(path))
    except OSError as error:
        raise InputError(
            f"{path} cannot be read ({error.strerror or error}): check the path."
        ) from None
    if not names:
        raise InputError(f"{path} names no query: write the name of an image on each line.")
    return names


def written_queries(images: Sequence[str], ending: str) -> bytes:
    """Return names of queries as a file with one of `WRITTEN` as its ending has them."""
    if ending == ".csv":
        return csv_text(pd.DataFrame({"image": list(images)}), keep=("image",)).encode("utf-8")
    lines: Iterable[str] = images
    if ending == ".jsonl":
        lines = (json.dumps({"image": name}, ensure_ascii=False) for name in images)
    return "".join(f"{line}\n" for line in lines).encode("utf-8")


def write_queries(images: Sequence[str], path: Path) -> None:
    """Write names of queries to a file, in the format of its ending; InputError if that fails."""
    ending = path.suffix.lower()
    if ending not in WRITTEN:
        raise InputError(f"{path} must end in {', '.join(WRITTEN)}: choose one of them.")
    try:
        write_bytes(path, written_queries(images, ending))
    except OSError as error:
        raise InputError(
            f"cannot write {path} ({error.strerror or error}): choose another place for --out."
        ) from None


def _lines(path: Path) -> tuple[str, ...]:
    data = path.read_bytes()
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return _once(data.decode(encoding).splitlines())
    except UnicodeDecodeError:
        raise InputError(f"{path} is not UTF-8: save it as UTF-8.") from None


def _column(path: Path, table: Columns) -> tuple[str, ...]:
    named = next((name for name in COLUMNS if name in table), None)
    if named is not None:
        return _once(table[named])
    if len(table) == 1 and path.suffix.lower() in (".csv", ".tsv"):
        ((first, rest),) = table.items()
        return _once([first, *rest])
    raise InputError(
        f"{path} has the columns {listed(table)}: name the one of queries {' or '.join(COLUMNS)}."
    )


def _once(cells: Sequence[object]) -> tuple[str, ...]:
    names = (str(cell).strip() for cell in cells if cell is not None)
    return tuple(dict.fromkeys(name for name in names if name))
