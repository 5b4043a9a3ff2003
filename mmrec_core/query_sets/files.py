"""Query sets as files: one name a line, or a table with a column of names.

Lists, CSV and JSON Lines are read in memory that grows with the file alone, since the app takes
them from strangers.
"""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from textwrap import shorten

import pandas as pd

from mmrec_core.csv_text import as_written, csv_text
from mmrec_core.errors import InputError
from mmrec_core.files import plain_size, write_bytes
from mmrec_core.inputs.caption_formats import read_table
from mmrec_core.inputs.json_lines import numbered_lines

COLUMNS = ("image", "query")
"""What the column of names is called."""

UPLOADED = (".txt", ".csv", ".tsv", ".jsonl", ".ndjson")
ENDINGS = (*UPLOADED, ".json", ".parquet")
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
        size = plain_size(path)
        if size is None and path.exists():
            raise InputError(f"{path} is not a plain file: give a file of queries.")
        if size is not None and size > _BYTES:
            raise InputError(f"{path} has more than 16 MB: a file of queries has names alone.")
        names = _once(_cells(path, ending))
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
        return csv_text(pd.DataFrame({"image": list(images)})).encode("utf-8")
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


def _cells(path: Path, ending: str) -> Iterable[object]:
    if ending == ".txt":
        return _text(path).splitlines()
    if ending in (".csv", ".tsv"):
        return _delimited(path, "," if ending == ".csv" else "\t")
    if ending in (".jsonl", ".ndjson"):
        return _json_lines(path)
    table = read_table(path)
    return table[_column(path, list(table))]


def _text(path: Path) -> str:
    data = path.read_bytes()
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise InputError(f"{path} is not UTF-8: save it as UTF-8.") from None


def _delimited(path: Path, delimiter: str) -> list[str]:
    rows = csv.reader(io.StringIO(_text(path), newline=""), delimiter=delimiter, strict=True)
    try:
        header = next((row for row in rows if any(row)), [])
        if len(header) > 1:
            at = header.index(_column(path, [name.strip() for name in header], header))
            return [as_written(row[at]) for row in rows if len(row) > at]
        names = [] if header and header[0].strip() in COLUMNS else list(header)
        for row in rows:
            if len(row) > 1:
                raise InputError(
                    f"{path}, line {rows.line_num}: {len(row)} fields where one is expected: quote "
                    "names that contain the separator."
                )
            names += row
        return [as_written(name) for name in names]
    except csv.Error as error:
        raise InputError(
            f"{path}: line {rows.line_num} is malformed ({error}): check its quotes."
        ) from None


def _json_lines(path: Path) -> list[object]:
    names = []
    for number, line in numbered_lines(path):
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            record = None
        if not isinstance(record, dict):
            raise InputError(f"{path}: line {number} is no JSON object: write one for each query.")
        names.append(record[_column(path, list(record))])
    return names


def _column(path: Path, names: Sequence[str], written: Sequence[str] | None = None) -> str:
    """Return the name of the column of queries, as it is ``written``."""
    named = next((name for name in COLUMNS if name in names), None)
    if named is None:
        there = ", ".join(shorten(name, 40) for name in names[:10])
        raise InputError(
            f"{path} has the columns {there}: name the one of queries {' or '.join(COLUMNS)}."
        )
    return (written or names)[names.index(named)]


def _once(cells: Iterable[object]) -> tuple[str, ...]:
    names = (str(cell).strip() for cell in cells if cell is not None)
    return tuple(dict.fromkeys(name for name in names if name))
