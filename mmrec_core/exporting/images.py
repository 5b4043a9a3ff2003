"""The images of a bundle as Arrow tables, batch by batch."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from mmrec_core.bundle import Bundle, layout
from mmrec_core.bundle.contents import inside
from mmrec_core.errors import BundleError
from mmrec_core.inputs.text import clean

BATCH = 1024
VECTORS = ("clip_image", "clip_text", "bert_text")
_THUMBNAIL = "thumbnail"
_CHECKSUM = "thumbnail_sha256"
_ADDED = {*VECTORS, "file_name", "picture", "projection_x", "projection_y", "neighbors"}
_PREFIX = "caption_"


@dataclass(frozen=True, eq=False)
class Export:
    """What is exported, and who is shown how far it is.

    Attributes
    ----------
    bundle : Bundle
    results : int
        Recommendations to write for each image; 0 for none.
    advance : callable
        Takes what is written, and how many images of it were written since the last call.
    """

    bundle: Bundle
    results: int = 0
    advance: Callable[[str, int], Any] = lambda what, images: None


class Batch(NamedTuple):
    """Some images: their rows, what the bundle says of each, and the paths of their thumbnails."""

    rows: slice
    columns: dict[str, pa.Array]
    thumbnails: list[str]


def image_batches(export: Export) -> Iterator[Batch]:
    """Yield what the bundle says of its images but for vectors, batch by batch.

    That is: the catalogue's columns (``image``, ``text``, ``label``, the captions file's further
    ones, ``width``, ``height``, ``is_query``, ``group``, ``fold``, ``split``), ``cluster``, and
    ``x`` and ``y`` on the map. A further column gets a prefix where a format has its name.

    Raises
    ------
    BundleError
        If the catalogue cannot be read, or has another number of rows than the vectors.
    """
    bundle = export.bundle
    start = 0
    for batch in _catalogue(bundle):
        rows = slice(start, start + len(batch))
        columns = {_free(name): batch.column(name) for name in batch.schema.names}
        thumbnails = columns.pop(_THUMBNAIL).to_pylist()
        columns["cluster"] = pa.array(np.asarray(bundle.cluster_of[rows]))
        for axis, name in enumerate("xy"):
            columns[name] = pa.array(np.ascontiguousarray(bundle.map[rows, axis]))
        yield Batch(rows, columns, thumbnails)
        export.advance("images", len(batch))
        start = rows.stop
    if start != len(bundle.cluster_of):
        raise _damaged(bundle)


def _catalogue(bundle: Bundle) -> Iterator[pa.RecordBatch]:
    try:
        with pq.ParquetFile(inside(bundle.path, layout.CATALOGUE)) as file:
            kept = [field for field in file.schema_arrow if field.name != _CHECKSUM]
            schema = pa.schema([pa.field(field.name, _plain(field.type)) for field in kept])
            for batch in file.iter_batches(BATCH, columns=schema.names):
                yield batch.select(schema.names).cast(schema)
    except (OSError, pa.ArrowException, ValueError, TypeError, KeyError):
        raise _damaged(bundle) from None


def vectors_of(bundle: Bundle, name: str, rows: slice) -> pa.Array:
    """Return vectors as a list of float32 each; null where an image has none."""
    vectors = np.asarray(getattr(bundle, name)[rows], dtype=np.float32)
    return lists(vectors, ~np.isnan(vectors[:, 0]))


def lists(values: np.ndarray, there: np.ndarray) -> pa.Array:
    """Return the rows of ``values`` as lists; null where ``there`` says that there is none."""
    lengths = np.where(there, values.shape[1], 0)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    flat = np.ascontiguousarray(values[there]).reshape(-1)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(flat), mask=pa.array(~there))


def given_vectors(bundle: Bundle) -> list[str]:
    """Return which of `VECTORS` any image has."""
    return [name for name in VECTORS if not _all_missing(getattr(bundle, name))]


def thumbnails_of(bundle: Bundle, batch: Batch) -> list[tuple[str, bytes]]:
    """Return a file name, which says nothing but the row, and the WebP file of each thumbnail."""
    return [
        (f"{row:07d}.webp", inside(bundle.path, name).read_bytes())
        for row, name in enumerate(batch.thumbnails, start=batch.rows.start)
    ]


def thumbnail_structs(bundle: Bundle, batch: Batch) -> pa.Array:
    """Return thumbnails as Hugging Face's ``Image`` is stored: a struct of bytes and path."""
    pictures = [{"bytes": content, "path": name} for name, content in thumbnails_of(bundle, batch)]
    return pa.array(pictures, pa.struct([("bytes", pa.binary()), ("path", pa.string())]))


def stamped(schema: pa.Schema, bundle: Bundle, **further: str) -> pa.Schema:
    """Return a schema whose metadata name the bundle and its digest."""
    named = {"mmrec.bundle": clean(bundle.name) or "", "mmrec.digest": bundle.digest}
    return schema.with_metadata({**named, **further})


def _all_missing(vectors: np.ndarray) -> bool:
    starts = range(0, len(vectors), BATCH)
    return all(np.isnan(vectors[start : start + BATCH, 0]).all() for start in starts)


def _plain(kind: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_large_string(kind) else kind


def _free(name: str) -> str:
    return _PREFIX + name if name in _ADDED else name


def _damaged(bundle: Bundle) -> BundleError:
    return BundleError(
        f"{bundle.path} is damaged ({layout.CATALOGUE} does not hold what it should): "
        "build it again."
    )
