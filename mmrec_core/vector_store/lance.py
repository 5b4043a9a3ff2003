"""Vectors in LanceDB: in a folder, or below a prefix of an object store, with the same client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np
import pyarrow as pa

from mmrec_core.errors import BundleError, InputError
from mmrec_core.vector_store.store import PART, Allowed, Found

if TYPE_CHECKING:
    from lancedb.query import LanceVectorQueryBuilder
    from lancedb.table import Table

ROW, TEXT, SEARCHED = "row", "text", "searched"

_COMMIT = 8 * PART  # rows that are there together or not at all
_KEPT = 2**28
"""Bytes of indexes that a process keeps; of larger ones it reads what it needs."""

_HALF = np.dtype("<f2")
_ITERATIONS = 10
_SAMPLE = 64  # rows for each partition that its index is fitted on
_Read = TypeVar("_Read")


class LanceStore:
    """A table of LanceDB, as a `VectorStore`. Safe to share between threads.

    Parameters
    ----------
    table : Table
    uri : str
        Where it lies, for messages.
    probes : int
        Partitions that a search reads; 0 for an exact search of all rows.
    """

    def __init__(self, table: Table, uri: str, probes: int):
        self._table = table
        self._uri = uri
        self._probes = probes

    def __len__(self) -> int:
        """Return how many rows there are."""
        return self._asked(self._table.count_rows)

    def search(self, query: np.ndarray, size: int, allowed: Allowed) -> Found:
        """Return the images of the highest products, as of `VectorStore`."""
        vector = np.asarray(query, np.float32)
        search = cast(
            "LanceVectorQueryBuilder", self._table.search(vector, SEARCHED, query_type="vector")
        )
        search = search.distance_type("dot").select([ROW, "_distance"]).limit(size)
        if conditions := _conditions(allowed):
            search = search.where(conditions, prefilter=True)
        search = search.nprobes(self._probes) if self._probes else search.bypass_vector_index()
        found = self._asked(search.to_arrow)
        return Found(found[ROW].to_numpy(), 1 - found["_distance"].to_numpy())

    def rows(self, rows: np.ndarray) -> np.ndarray:
        """Return all kinds side by side, as of `VectorStore`."""
        kinds = [name for name in self._table.schema.names if name not in (ROW, TEXT, SEARCHED)]
        return self._taken(rows, kinds)

    def parts(self, kind: str) -> Iterator[np.ndarray]:
        """Yield one kind of all rows in their order."""
        images = len(self)
        for start in range(0, images, PART):
            yield self._taken(np.arange(start, min(start + PART, images)), [kind])

    def _taken(self, rows: np.ndarray, kinds: list[str]) -> np.ndarray:
        """Return some kinds of rows; a row's number is its place in the table."""
        found = self._asked(self._table.take_offsets(rows.tolist()).select([ROW, *kinds]).to_arrow)
        numbers = found[ROW].to_numpy()
        if not np.array_equal(numbers, rows):
            order = np.argsort(numbers)
            if not np.array_equal(numbers[order], rows):
                raise self._fault("its rows are not those of the bundle")
            found = found.take(order)
        return np.hstack([_matrix(found[kind]) for kind in kinds])

    def _asked(self, ask: Callable[[], _Read]) -> _Read:
        try:
            return ask()
        except Exception as error:  # of what lies there, or of the network, it may raise anything
            raise self._fault(_reason(error)) from None

    def _fault(self, reason: str) -> BundleError:
        return BundleError(
            f"the vectors in {self._uri} cannot be read ({reason}): see whether that place can be "
            "reached, or fill it again with `mmrec store`."
        )


def opened(uri: str, name: str, probes: int) -> LanceStore | None:
    """Open a table; None if there is none of that name.

    Raises
    ------
    BundleError
        If the place cannot be reached, or LanceDB is not installed.
    """
    table = _asked_of(uri, lambda: _table(uri, name))
    return None if table is None else LanceStore(table, uri, probes)


def fill(
    uri: str,
    name: str,
    images: int,
    part: Callable[[slice], tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]],
    said: Callable[[int], None],
) -> None:
    """Write rows to a table, from where an earlier call was stopped.

    Parameters
    ----------
    uri, name : str
        The database, and the table in it.
    images : int
        How many rows there are in the end.
    part : callable
        Given some rows, returns whether each has a caption, (m,) bool, what is searched, (m, d)
        float32 without NaN, and what is kept of each kind, (m, e) float16.
    said : callable
        Takes the number of rows that are there, whenever some were written.

    Raises
    ------
    BundleError
        If the place cannot be reached or written to, or LanceDB is not installed.
    """
    schema = _schema(*part(slice(0, 1))[1:])

    def batches(start: int, stop: int) -> Iterator[pa.RecordBatch]:
        for first in range(start, stop, PART):
            rows = slice(first, min(first + PART, stop))
            text, searched, kinds = part(rows)
            columns = [pa.array(np.arange(rows.start, rows.stop)), pa.array(text)]
            columns += [_lists(searched), *map(_bytes, kinds.values())]
            yield pa.record_batch(columns, schema=schema)

    def write() -> None:
        table = _table(uri, name) or _connected(uri).create_table(name, schema=schema)
        there = table.count_rows()
        while there < images:
            stop = min(there + _COMMIT, images)
            table.add(pa.RecordBatchReader.from_batches(schema, batches(there, stop)))
            there = table.count_rows()
            said(there)

    _asked_of(uri, write)


def index(uri: str, name: str, partitions: int) -> None:
    """Make an index of a table, unless it has one: searches read some of its partitions.

    An inverted file of whole vectors (Jégou, Douze and Schmid 2011, "Product quantization for
    nearest neighbor search"), so that products are those of the vectors.
    """

    def make() -> None:
        from lancedb.index import IvfFlat

        table = _table(uri, name)
        assert table is not None
        if not any(SEARCHED in index.columns for index in table.list_indices()):
            table.create_index(
                SEARCHED,
                config=IvfFlat(
                    distance_type="dot",
                    num_partitions=partitions,
                    max_iterations=_ITERATIONS,
                    sample_rate=_SAMPLE,
                ),
            )

    _asked_of(uri, make)


def drop_others(uri: str, name: str) -> None:
    """Delete the other tables of a database that belongs to a bundle alone."""

    def drop() -> None:
        database = _connected(uri)
        for other in database.list_tables().tables:
            if other != name:
                database.drop_table(other)

    _asked_of(uri, drop)


def _conditions(allowed: Allowed) -> str:
    conditions = []
    if allowed.text is not None:
        conditions.append(TEXT if allowed.text else f"NOT {TEXT}")
    if len(allowed.but):
        conditions.append(f"{ROW} NOT IN ({','.join(map(str, allowed.but.tolist()))})")
    return " AND ".join(conditions)


def _schema(searched: np.ndarray, kinds: dict[str, np.ndarray]) -> pa.Schema:
    columns = {
        ROW: pa.int64(),
        TEXT: pa.bool_(),
        # LanceDB multiplies single precision several times as fast as half.
        SEARCHED: pa.list_(pa.float32(), searched.shape[1]),
        # As bytes, since LanceDB refuses NaN in anything that could be searched.
        **{name: pa.binary(2 * block.shape[1]) for name, block in kinds.items()},
    }
    return pa.schema([pa.field(name, kind, nullable=False) for name, kind in columns.items()])


def _lists(block: np.ndarray) -> pa.Array:
    return pa.FixedSizeListArray.from_arrays(pa.array(np.ravel(block)), block.shape[1])


def _bytes(block: np.ndarray) -> pa.Array:
    halves = np.ascontiguousarray(block, dtype=_HALF)
    kind = pa.binary(halves.shape[1] * _HALF.itemsize)
    return pa.Array.from_buffers(kind, len(halves), [None, pa.py_buffer(halves)])


def _matrix(column: pa.ChunkedArray) -> np.ndarray:
    together = column.combine_chunks()
    width = together.type.byte_width // _HALF.itemsize
    halves = np.frombuffer(together.buffers()[1], dtype=_HALF)
    return halves[together.offset * width :][: len(together) * width].reshape(-1, width)


@cache
def _session():  # type: ignore[no-untyped-def]
    """Return what all databases of a process share: what they keep of an index has bounds."""
    import lancedb

    return lancedb.Session(index_cache_size_bytes=_KEPT, metadata_cache_size_bytes=_KEPT // 16)


def _connected(uri: str):  # type: ignore[no-untyped-def]
    try:
        import lancedb
    except ModuleNotFoundError:
        raise InputError(
            "vectors in a database need LanceDB, which is not installed: "
            "`pip install 'mmrec[lancedb]'`."
        ) from None
    return lancedb.connect(uri, session=_session())


def _table(uri: str, name: str) -> Table | None:
    try:
        return _connected(uri).open_table(name)
    except ValueError as error:
        if "not found" in str(error):
            return None
        raise


def _asked_of(uri: str, ask: Callable[[], _Read]) -> _Read:
    try:
        return ask()
    except (BundleError, InputError):
        raise
    except Exception as error:
        raise BundleError(
            f"the vectors in {uri} cannot be reached ({_reason(error)}): see whether that place "
            "is right and can be read and written, or fill it again with `mmrec store`."
        ) from None


def _reason(error: Exception) -> str:
    """Return the beginning of what LanceDB says, before it goes on for pages."""
    said = " ".join(str(error).partition("{")[0].split())[:160]
    return f"{type(error).__name__}: {said}" if said else type(error).__name__
