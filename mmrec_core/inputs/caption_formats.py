"""The formats of caption files: each is read into columns, as written, or refused with a reason."""

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from mmrec_core.errors import InputError

Columns = dict[str, list[Any]]
"""Column name to cells; all lists have one length."""


def read_table(path: Path) -> Columns:
    """Read a CSV, TSV, JSON Lines, JSON or Parquet file, by its ending.

    Returns
    -------
    dict of str to list
        Cells are str or None from text files, and what the file holds from JSON and Parquet;
        nested and binary columns of Parquet are left out.

    Raises
    ------
    InputError
        If the file cannot be read, or is malformed or empty; the text names it in one line.
    """
    readers: dict[str, Callable[[Path], Columns]] = {
        ".csv": lambda path: _read_delimited(path, ","),
        ".tsv": lambda path: _read_delimited(path, "\t"),
        ".jsonl": _read_json,
        ".ndjson": _read_json,
        ".json": _read_json,
        ".parquet": _read_parquet,
    }
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise InputError(
            f"{path}: captions can be read from {', '.join(readers)}, "
            f"not from {path.suffix or 'files without an extension'}: convert it"
        )
    try:
        if path.exists() and not path.is_file():
            raise InputError(f"{path} is not a file: give a caption file")
        if path.stat().st_size == 0:
            raise InputError(f"{path} is empty: it needs a header and a row for each image")
        return reader(path)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise InputError(f"{path} cannot be read ({why}): check the path") from error


def _read_text(path: Path) -> str:
    data = path.read_bytes()
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path} is not UTF-8 (line {line}): save it as UTF-8") from error
    if not text.strip():
        raise InputError(f"{path} is empty: it needs a header and a row for each image")
    return text


def _read_delimited(path: Path, delimiter: str) -> Columns:
    reader = csv.reader(io.StringIO(_read_text(path), newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    header: list[str] | None = None
    try:
        for row in reader:
            if not any(row):
                continue
            if header is None:
                header = [name.strip() for name in row]
                while header and not header[-1]:
                    header.pop()
                continue
            if len(row) > len(header) and any(row[len(header) :]):
                raise InputError(
                    f"{path}: line {reader.line_num} has {len(row)} fields, the header "
                    f"{len(header)} ({listed(header)}): quote texts that contain the separator"
                )
            rows.append(row)
    except csv.Error as error:
        raise InputError(
            f"{path}: line {reader.line_num} is malformed ({error}): check its quotes"
        ) from error
    names = [name or f"column_{i}" for i, name in enumerate(header or [], start=1)]
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise InputError(f"{path}: several columns are named {listed(repeated)}: rename them")
    return {
        name: [row[i] if i < len(row) else None for row in rows] for i, name in enumerate(names)
    }


def _read_json(path: Path) -> Columns:
    text = _read_text(path)
    if text.lstrip().startswith("["):
        try:
            records = list(enumerate(json.loads(text), start=1))
        except (ValueError, RecursionError) as error:
            raise InputError(f"{path} is not valid JSON ({error}): correct it") from error
        unit = "item"
    else:
        unit = "line"
        records = []
        for number, line in enumerate(text.split("\n"), start=1):
            if line.strip():
                try:
                    records.append((number, json.loads(line)))
                except (ValueError, RecursionError) as error:
                    raise InputError(
                        f"{path}: line {number} is not JSON ({error}): write one object per line"
                    ) from error
    columns: Columns = {}
    for i, (number, record) in enumerate(records):
        if not isinstance(record, dict):
            raise InputError(
                f"{path}: {unit} {number} is not a JSON object: write one object for each image"
            )
        for name, value in record.items():
            if name not in columns:
                columns[name] = [None] * len(records)
            columns[name][i] = value
    return columns


def _read_parquet(path: Path) -> Columns:
    try:
        table = pq.read_table(path)
    except (pa.ArrowException, ValueError) as error:
        first = str(error).splitlines()[0][:120]
        raise InputError(
            f"{path} is not a readable Parquet file ({first}): write it again"
        ) from error
    # Pictures inside the file, and pandas' own index, are no captions.
    return {
        field.name: _cells(path, field.name, table.column(i))
        for i, field in enumerate(table.schema)
        if not field.name.startswith("__index_level_")
        and not pa.types.is_nested(field.type)
        and not pa.types.is_binary(field.type)
        and not pa.types.is_large_binary(field.type)
    }


def _cells(path: Path, name: str, column: pa.ChunkedArray) -> list[Any]:
    try:
        return column.to_pylist()
    except (pa.ArrowException, ValueError, OverflowError) as error:
        first = str(error).splitlines()[0][:120]
        raise InputError(
            f"{path}: column {name!r} cannot be read ({first}): convert it to text"
        ) from error


def listed(columns: Iterable[str]) -> str:
    """Return names for a message, at most 20."""
    names = list(columns)
    return ", ".join(map(repr, names[:20])) + (", ..." if len(names) > 20 else "")
