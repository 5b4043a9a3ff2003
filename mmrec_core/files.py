"""Writing so that a reader never meets a half-written file, and hashing what was written."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


@contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """Yield a name beside ``path`` to write to; rename it onto ``path`` when all went well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.part{path.suffix}")
    try:
        yield aside
        with aside.open("rb+") as handle:
            os.fsync(handle.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path`` in one step."""
    with written_aside(path) as aside:
        aside.write_bytes(content)


def write_json(path: Path, value: Any) -> None:
    """Write ``value`` as readable JSON; not-a-number has no place in it and raises ValueError."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    write_bytes(path, (text + "\n").encode("utf-8", "surrogatepass"))


def write_array(path: Path, array: np.ndarray) -> None:
    """Write ``array`` in NumPy's own format, without pickle."""
    with written_aside(path) as aside, aside.open("wb") as handle:
        # Through write() alone: given a real file, NumPy writes in C and loses "disk full".
        np.save(_Writer(handle.write), np.ascontiguousarray(array), allow_pickle=False)


@contextmanager
def mapped_array(path: Path, dtype: str, shape: tuple[int, ...]) -> Iterator[np.ndarray]:
    """Yield an array that lies in the file ``path``, to be filled; it need not fit into memory."""
    with written_aside(path) as aside:
        array = np.lib.format.open_memmap(aside, mode="w+", dtype=dtype, shape=shape)
        yield array
        array.flush()


def write_header(output: BinaryIO, rows: int, columns: int) -> None:
    """Write a header of the ``.npy`` format; its room for digits lets it be written over."""
    head = {"descr": "<f4", "fortran_order": False, "shape": (rows, columns)}
    np.lib.format.write_array_header_1_0(output, head)


class RowWriter:
    """Writes float32 rows, how many is not known before, as `written_rows` yields it.

    The width is that of the first rows.
    """

    def __init__(self, output: BinaryIO):
        self._output = output
        self.shape: tuple[int, int] | None = None

    def write(self, rows: np.ndarray) -> None:
        """Add rows, (n, columns)."""
        if self.shape is None:
            self.shape = (0, rows.shape[1])
            write_header(self._output, *self.shape)
        self._output.write(np.ascontiguousarray(rows, dtype="<f4").tobytes())
        self.shape = (self.shape[0] + len(rows), self.shape[1])


@contextmanager
def written_rows(path: Path) -> Iterator[RowWriter]:
    """Yield what writes an array to ``path`` row by row."""
    with written_aside(path) as aside, aside.open("wb") as output:
        writer = RowWriter(output)
        yield writer
        output.seek(0)
        write_header(output, *(writer.shape or (0, 0)))


class _Writer(NamedTuple):
    write: Callable[[bytes], int]


def read_array(path: Path) -> np.ndarray:
    """Open an array of NumPy's own format as a read-only memory map; nothing else is opened."""
    mapped = np.lib.format.open_memmap(path, mode="r")
    return np.asarray(mapped)  # a plain array of the same memory: rows are taken faster


def write_table(path: Path, table: pd.DataFrame) -> None:
    """Write ``table`` as Parquet."""
    with written_aside(path) as aside:
        table.to_parquet(aside, index=False, compression="zstd")


@contextmanager
def written_batches(path: Path, schema: pa.Schema) -> Iterator[Callable[[list[dict]], None]]:
    """Yield what writes rows to a Parquet file, batch by batch, by the names of ``schema``."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with (
        written_aside(path) as aside,
        pq.ParquetWriter(aside, schema, compression="zstd") as writer,
    ):
        yield lambda rows: writer.write_batch(pa.RecordBatch.from_pylist(rows, schema))


def link_tree(source: Path, target: Path) -> None:
    """Link a file, or all files below a folder, to another place; copy where that can't be."""
    if source.is_dir():
        shutil.copytree(source, target, copy_function=_link, dirs_exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        _link(source, target)


def _link(source: str | Path, target: str | Path) -> None:
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copy2(source, target)


def is_empty_folder(path: Path) -> bool:
    """Say whether a folder is there that holds nothing."""
    return path.is_dir() and not any(path.iterdir())


def plain_size(path: Path) -> int | None:
    """Return the bytes of a plain file; None for anything else, which could wait for ever."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_size if stat.S_ISREG(found.st_mode) else None


def sha256_of(content: bytes) -> str:
    """Return the SHA-256 of ``content``, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
