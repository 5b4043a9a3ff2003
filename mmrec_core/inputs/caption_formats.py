"""The formats of caption files: each is read into columns, as written, or refused with a reason."""

import codecs
import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, TextIO, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from mmrec_core.errors import InputError, why_unreadable
from mmrec_core.inputs.parquet_batches import rows_at_once

Columns = dict[str, list[Any]]
"""Column name to cells; all lists have one length."""

T = TypeVar("T")

_ROWS = 1000
_CHUNK = 1 << 16
_LONGEST_ITEM = 1 << 26

csv.field_size_limit(_LONGEST_ITEM)


def read_table(path: Path) -> Columns:
    """Read a CSV, TSV, JSON Lines, JSON or Parquet file whole; see `read_chunks`."""
    columns: Columns = {}
    length = 0
    for chunk in read_chunks(path):
        rows = len(next(iter(chunk.values()), []))
        for name in chunk:
            columns.setdefault(name, [None] * length)
        for name, cells in columns.items():
            cells.extend(chunk.get(name) or [None] * rows)
        length += rows
    return columns


def read_chunks(path: Path) -> Iterator[Columns]:
    """Read a CSV, TSV, JSON Lines, JSON or Parquet file, by its ending, some rows at a time.

    Yields
    ------
    dict of str to list
        Cells are str or None from text files, and what the file holds from JSON and Parquet;
        nested and binary columns of Parquet are left out. Of JSON Lines a chunk has the columns
        that its own rows name, of other formats all of them; a file without rows gives one chunk.

    Raises
    ------
    InputError
        If the file cannot be read, or is malformed or empty; the text names it in one line.
    """
    readers: dict[str, Callable[[Path], Iterator[Columns]]] = {
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
            raise _empty(path)
        yield from reader(path)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise InputError(f"{path} cannot be read ({why}): check the path") from error


def _empty(path: Path) -> InputError:
    return InputError(f"{path} is empty: it needs a header and a row for each image")


@contextmanager
def _opened(path: Path, newline: str) -> Iterator[TextIO]:
    """Open a text in UTF-8, or in UTF-16 with a byte order mark; `newline` as `open` takes it."""
    with path.open("rb") as handle:
        encoding = "utf-16" if handle.read(2) in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        with path.open(encoding=encoding, newline=newline) as text:
            yield text
    except UnicodeDecodeError as error:
        line = _undecoded_line(path, encoding)
        raise InputError(f"{path} is not UTF-8 (line {line}): save it as UTF-8") from error


def _undecoded_line(path: Path, encoding: str) -> int:
    decoder, line = codecs.getincrementaldecoder(encoding)(), 1
    with path.open("rb") as handle:
        try:
            while chunk := handle.read(1 << 16):
                line += decoder.decode(chunk).count("\n")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            line += error.object.count(b"\n", 0, error.start)
    return line


def _read_delimited(path: Path, delimiter: str) -> Iterator[Columns]:
    with _opened(path, newline="") as text:
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        names: list[str] | None = None
        rows: list[list[str]] = []
        try:
            for row in reader:
                if not any(row):
                    continue
                if names is None:
                    names = _header(path, row) or None
                    continue
                if len(row) > len(names) and any(row[len(names) :]):
                    raise InputError(
                        f"{path}: line {reader.line_num} has {len(row)} fields, the header "
                        f"{len(names)} ({listed(names)}): quote texts that contain the separator"
                    )
                rows.append(row)
                if len(rows) == _ROWS:
                    yield _transposed(names, rows)
                    rows = []
        except csv.Error as error:
            raise InputError(
                f"{path}: line {reader.line_num} is malformed ({error}): check its quotes"
            ) from error
    if names is None:
        raise _empty(path)
    yield _transposed(names, rows)


def _header(path: Path, row: Sequence[str]) -> list[str]:
    header = [name.strip() for name in row]
    while header and not header[-1]:
        header.pop()
    names = [name or f"column_{i}" for i, name in enumerate(header, start=1)]
    refuse_repeated(path, names)
    return names


def refuse_repeated(path: Path, names: Iterable[str]) -> None:
    """Raise InputError where two columns have one name."""
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise InputError(f"{path}: several columns are named {listed(repeated)}: rename them")


def _transposed(names: Sequence[str], rows: Sequence[Sequence[str]]) -> Columns:
    return {
        name: [row[i] if i < len(row) else None for row in rows] for i, name in enumerate(names)
    }


def _read_json(path: Path) -> Iterator[Columns]:
    with _opened(path, newline="\n") as text:
        first = ""
        while first.isspace() or not first:
            first = text.read(1)
            if not first:
                raise _empty(path)
        if first == "[":
            records, unit = _json_list(path, text), "item"
        else:
            text.seek(0)
            records, unit = _json_lines(path, text), "line"
        for chunk in batched(records, _ROWS):
            columns: Columns = {}
            for i, (number, record) in enumerate(chunk):
                if not isinstance(record, dict):
                    raise InputError(
                        f"{path}: {unit} {number} is not a JSON object: write one object for "
                        "each image"
                    )
                for name, value in record.items():
                    columns.setdefault(name, [None] * len(chunk))[i] = value
            yield columns


def _json_list(path: Path, text: TextIO) -> Iterator[tuple[int, Any]]:
    """Yield the items of a list that was begun, a few of which are in memory."""
    decoder, buffer, number, after_item = json.JSONDecoder(object_pairs_hook=_record), "", 0, False
    try:
        while True:
            buffer = buffer.lstrip()
            if after_item and buffer.startswith(","):
                buffer, after_item = buffer[1:].lstrip(), False
            if buffer.startswith("]") and (after_item or not number):
                if buffer[1:].strip() or text.read(_CHUNK).strip():
                    raise ValueError("something follows the list")
                return
            try:
                if after_item:
                    raise ValueError(f"no comma after item {number}")
                item, end = decoder.raw_decode(buffer)
            except ValueError:
                more = text.read(max(_CHUNK, len(buffer)))
                if not more or len(buffer) > _LONGEST_ITEM or (after_item and buffer):
                    raise
                buffer += more
                continue
            number, after_item = number + 1, True
            yield number, item
            buffer = buffer[end:]
    except UnicodeDecodeError:
        raise
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{path} is not valid JSON ({why_unreadable(error)}): correct it"
        ) from error


def _json_lines(path: Path, text: TextIO) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(text, start=1):
        if line.strip():
            try:
                yield number, json.loads(line, object_pairs_hook=_record)
            except (ValueError, RecursionError) as error:
                raise InputError(
                    f"{path}: line {number} is not JSON ({why_unreadable(error)}): write one "
                    "object per line"
                ) from error


def _record(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        twice = next(name for name, n in Counter(name for name, _ in pairs).items() if n > 1)
        raise ValueError(f"an object has the key {twice[:40]!r} twice")
    return record


def _read_parquet(path: Path) -> Iterator[Columns]:
    try:
        with pq.ParquetFile(path, buffer_size=1 << 20) as file:
            # Pictures inside the file, and pandas' own index, are no captions.
            names = [
                field.name
                for field in file.schema_arrow
                if not field.name.startswith("__index_level_") and is_scalar(field.type)
            ]
            refuse_repeated(path, names)
            yield {name: [] for name in names}
            for group in range(file.num_row_groups):
                size = rows_at_once(file.metadata.row_group(group), _ROWS)
                for batch in file.iter_batches(size, row_groups=[group], columns=names):
                    found = enumerate(batch.schema.names)
                    yield {name: _cells(path, name, batch.column(i)) for i, name in found}
    except (pa.ArrowException, ValueError, OSError) as error:
        if getattr(error, "errno", None) is not None:
            raise
        first = str(error).splitlines()[0][:120]
        raise InputError(
            f"{path} is not a readable Parquet file ({first}): write it again"
        ) from error


def left_out(path: Path) -> dict[str, str]:
    """Return the types of a Parquet file's columns that are no text, by name."""
    if path.suffix.lower() != ".parquet":
        return {}
    fields = pq.read_schema(path)
    return {field.name: str(field.type)[:40] for field in fields if not is_scalar(field.type)}


def is_scalar(kind: pa.DataType) -> bool:
    """Whether a column's cells can be shown as text: neither nested nor bytes."""
    return not (is_binary(kind) or pa.types.is_nested(kind))


def is_binary(kind: pa.DataType) -> bool:
    """Whether a column's cells are bytes."""
    types = pa.types
    return types.is_binary(kind) or types.is_large_binary(kind) or types.is_binary_view(kind)


def _cells(path: Path, name: str, column: pa.Array) -> list[Any]:
    try:
        return column.to_pylist()
    except (pa.ArrowException, ValueError, OverflowError, KeyError) as error:
        first = str(error).splitlines()[0][:120]
        raise InputError(
            f"{path}: column {name!r} cannot be read ({first}): convert it to text"
        ) from error


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield the items in lists of at most ``size``."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def listed(columns: Iterable[str]) -> str:
    """Return names for a message, at most 20."""
    names = list(columns)
    return ", ".join(map(repr, names[:20])) + (", ..." if len(names) > 20 else "")
