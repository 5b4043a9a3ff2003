"""Ready-made vectors as other tools leave them, read some rows at a time.

NumPy arrays with a table of names, Parquet with list columns (Embedding Atlas' and this project's
own among them), and the folder that clip-retrieval writes.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from mmrec_core.errors import InputError
from mmrec_core.inputs.caption_formats import Columns, listed, read_table

IMAGE, TEXT = "image", "text"
OWN_COLUMNS = ("clip_image", "clip_text", "bert_text")
"""The columns of vectors that `mmrec export` writes: each is what its name says."""

_ROWS = 1024
_LONGEST = 1 << 16


class Block(NamedTuple):
    """Some rows: what is said of each, and their vectors, (n, d) float32, NaN where one lacks."""

    columns: Columns
    vectors: dict[str, np.ndarray]


@dataclass(frozen=True)
class VectorFiles:
    """Where vectors lie, and by which names.

    Attributes
    ----------
    files : sequence of Path
        ``.npy`` files or Parquet files of image vectors, or one folder.
    text_files : sequence of Path
        ``.npy`` files of text vectors, row by row those of the same items.
    table : Path or None
        What is said of each row of the ``.npy`` files, in their order.
    vector_column, text_column : str or None
        Columns of vectors in Parquet files.
    """

    files: Sequence[Path]
    text_files: Sequence[Path] = ()
    table: Path | None = None
    vector_column: str | None = None
    text_column: str | None = None


def read_blocks(given: VectorFiles) -> Iterator[Block]:
    """Read vectors block by block.

    Raises
    ------
    InputError
        If a file cannot be read or is in none of the layouts, or rows do not fit together.
    """
    files, text_files, tables = list(given.files), list(given.text_files), []
    if given.table:
        tables = [given.table]
    if len(files) == 1 and files[0].is_dir():
        folder = files[0]
        if (folder / "img_emb").is_dir() or (folder / "text_emb").is_dir():
            files, text_files = (
                _numbered(folder / f"{kind}_emb", "npy") for kind in ("img", "text")
            )
            tables = tables or _numbered(folder / "metadata", "parquet")
        else:
            files = _parquet_in(folder)
    suffixes = {path.suffix.lower() for path in [*files, *text_files]}
    if suffixes == {".npy"}:
        yield from _of_arrays(files, text_files, tables)
    elif suffixes == {".parquet"} and not text_files:
        yield from _of_parquet(files, given)
    else:
        raise InputError(
            "vectors can be read from .npy files, from .parquet files or from one folder, not from "
            f"{', '.join(sorted(suffix or 'files without an ending' for suffix in suffixes))}: "
            "convert them."
        )


def _numbered(folder: Path, ending: str) -> list[Path]:
    """Return a folder's files by the numbers in their names: 2 before 10."""
    files = folder.glob(f"*.{ending}") if folder.is_dir() else ()
    return sorted(files, key=lambda path: [int(n) for n in re.findall(r"\d+", path.stem)])


def _parquet_in(folder: Path) -> list[Path]:
    for name in ("images.parquet", "atlas.parquet"):
        if (folder / name).is_file():
            return [folder / name]
    if (folder / "clusters.parquet").is_file():
        raise InputError(
            f"{folder} looks like an export to datasets or fiftyone, which is not read: export "
            "the bundle with --to parquet or --to embedding-atlas."
        )
    files = sorted(folder.glob("*.parquet"))
    if not files:
        raise InputError(
            f"{folder} has neither img_emb or text_emb, as clip-retrieval writes them, nor a "
            "Parquet file: give the vectors' files."
        )
    return files


def _of_arrays(
    files: Sequence[Path], text_files: Sequence[Path], tables: Sequence[Path]
) -> Iterator[Block]:
    arrays = {IMAGE: [_open(path) for path in files], TEXT: [_open(path) for path in text_files]}
    rows = {kind: sum(map(len, parts)) for kind, parts in arrays.items() if parts}
    if len(set(rows.values())) > 1:
        raise InputError(
            f"there are {rows[IMAGE]:,} image vectors and {rows[TEXT]:,} text vectors: expected "
            "one of each for every row, in the same order."
        )
    total = next(iter(rows.values()))
    said = [read_table(path) for path in tables]
    named = {name: None for columns in said for name in columns}
    columns: Columns = {
        name: [cell for part in said for cell in part.get(name, [None] * _length(part))]
        for name in named
    }
    if said and (count := sum(map(_length, said))) != total:
        raise InputError(
            f"{tables[0]} has {count:,} rows and there are {total:,} vectors: expected a row for "
            "each vector, in the same order."
        )
    for start in range(0, total, _ROWS):
        stop = min(start + _ROWS, total)
        part = {name: cells[start:stop] for name, cells in columns.items()}
        vectors = {kind: _slice(parts, start, stop) for kind, parts in arrays.items() if parts}
        yield Block(part, vectors)


def _length(columns: Columns) -> int:
    return len(next(iter(columns.values()), []))


def _open(path: Path) -> np.ndarray:
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0][:120]
        raise InputError(f"{path} is no readable .npy file ({reason}): write it again.") from None
    if array.ndim != 2 or array.dtype.kind not in "fiu" or not 0 < array.shape[1] <= _LONGEST:
        raise InputError(
            f"{path} holds {array.dtype} of shape {array.shape}: expected numbers of shape "
            "(vectors, dimensions)."
        )
    return array


def _slice(parts: Sequence[np.ndarray], start: int, stop: int) -> np.ndarray:
    if len({part.shape[1] for part in parts}) > 1:
        lengths = listed(sorted({str(part.shape[1]) for part in parts}))
        raise InputError(f"vectors of several lengths ({lengths}) are given: expected one length.")
    pieces, before = [], 0
    for part in parts:
        pieces.append(part[max(start - before, 0) : max(stop - before, 0)])
        before += len(part)
    return np.concatenate(pieces).astype(np.float32)


def _of_parquet(files: Sequence[Path], given: VectorFiles) -> Iterator[Block]:
    try:
        with ExitStack() as stack:
            opened = [stack.enter_context(pq.ParquetFile(path)) for path in files]
            roles = _roles(files[0], opened[0].schema_arrow, given)
            sizes = {name: _first_length(opened, name) for name in roles.values()}
            for path, file in zip(files, opened, strict=True):
                schema = file.schema_arrow
                if lacking := [name for name in roles.values() if name not in schema.names]:
                    raise InputError(
                        f"{path} has no column {lacking[0]!r} as {files[0].name} has: give files "
                        "of one kind."
                    )
                kept = [field.name for field in schema if _is_said(field.type)]
                for batch in file.iter_batches(_ROWS, columns=[*kept, *roles.values()]):
                    said = {name: batch.column(name).to_pylist() for name in kept}
                    vectors = {
                        role: _matrix(batch.column(name), sizes[name])
                        for role, name in roles.items()
                        if sizes[name]
                    }
                    yield Block(said, vectors)
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = str(error).splitlines()[0][:120]
        raise InputError(f"{files[0]} is no readable Parquet file ({reason}).") from None


def _first_length(files: Sequence[pq.ParquetFile], name: str) -> int:
    """Return how long the first vector of a column is; 0 if there is none."""
    for file in files:
        for batch in file.iter_batches(_ROWS, columns=[name]):
            lengths = pc.fill_null(pc.list_value_length(batch.column(name)), 0)
            if length := next((n for n in lengths.to_pylist() if n), 0):
                if length > _LONGEST:
                    raise InputError(
                        f"a vector of {name!r} has {length:,} numbers: expected {_LONGEST:,} at "
                        "most."
                    )
                return int(length)
    return 0


def _roles(path: Path, schema: pa.Schema, given: VectorFiles) -> dict[str, str]:
    """Return the column of each kind of vector."""
    lists = [field.name for field in schema if _is_vector(field.type)]
    for name in (given.vector_column, given.text_column):
        if name is not None and name not in lists:
            raise InputError(
                f"{path} has no column of vectors {name!r}; it has {listed(lists) or 'none'}: "
                "name another one."
            )
    if given.vector_column or given.text_column:
        named = {IMAGE: given.vector_column, TEXT: given.text_column}
        return {role: name for role, name in named.items() if name}
    if "clip_image" in lists:
        return {name: name for name in OWN_COLUMNS if name in lists}
    if len(lists) == 1:
        return {IMAGE: lists[0]}
    raise InputError(
        f"{path} has {len(lists)} columns of vectors ({listed(lists) or 'none'}), expected one of "
        "lists of numbers: name those to take with --vector-column and --text-vector-column."
    )


def _is_vector(kind: pa.DataType) -> bool:
    is_list = (
        pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    )
    return is_list and pa.types.is_floating(kind.value_type)


def _is_said(kind: pa.DataType) -> bool:
    binary = pa.types.is_binary(kind) or pa.types.is_large_binary(kind)
    return not (binary or pa.types.is_nested(kind))


def _matrix(column: pa.Array, size: int) -> np.ndarray:
    """Return lists as rows of ``size``; NaN where one is null or of another length."""
    lengths = np.asarray(pc.fill_null(pc.list_value_length(column), 0))
    flat: Any = pc.cast(column.flatten(), pa.float32()).to_numpy(zero_copy_only=False)
    matrix = np.full((len(column), size), np.nan, dtype=np.float32)
    fits = lengths == size
    matrix[fits] = flat[np.repeat(fits, lengths)].reshape(-1, size)
    return matrix
