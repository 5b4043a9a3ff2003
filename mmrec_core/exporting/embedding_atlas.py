"""A Parquet file for Embedding Atlas: places on a plane, neighbours, texts and pictures.

Its command line (https://apple.github.io/embedding-atlas/tool.html) names the columns; neighbours
are a struct of ``ids`` (rows from 0, the image itself first) and ``distances``.
"""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from mmrec_core.bundle import Bundle
from mmrec_core.collection.vectors import fused, unit
from mmrec_core.exporting.images import (
    Export,
    given_vectors,
    image_batches,
    stamped,
    thumbnail_structs,
    vectors_of,
)

ATLAS = "atlas.parquet"
_BY_BOTH = 2
_AT_ONCE = 128


def write_embedding_atlas(export: Export, folder: Path) -> None:
    """Write ``atlas.parquet``.

    ``projection_x`` and ``projection_y`` are the map, ``neighbors`` the nearest images by picture
    and caption, with 1 less the mean of both cosines as distance. ``picture`` holds thumbnails.
    """
    bundle = export.bundle
    given = given_vectors(bundle)
    writer = None
    try:
        for batch in image_batches(export):
            rows, columns = batch.rows, batch.columns
            columns["projection_x"], columns["projection_y"] = columns.pop("x"), columns.pop("y")
            columns["neighbors"] = _neighbours(bundle, rows)
            columns["picture"] = thumbnail_structs(bundle, batch)
            columns |= {name: vectors_of(bundle, name, rows) for name in given}
            table = pa.table(columns)
            if writer is None:
                schema = stamped(table.schema, bundle)
                writer = pq.ParquetWriter(folder / ATLAS, schema, compression="zstd")
            writer.write_table(table.cast(writer.schema))
    finally:
        if writer is not None:
            writer.close()


def _neighbours(bundle: Bundle, rows: slice) -> pa.Array:
    """Return each image's nearest, itself first, with their distances."""
    kind = pa.struct([("ids", pa.list_(pa.int32())), ("distances", pa.list_(pa.float32()))])
    structs = []
    for start in range(rows.start, rows.stop, _AT_ONCE):
        own = slice(start, min(start + _AT_ONCE, rows.stop))
        near = np.asarray(bundle.neighbours[own, _BY_BOTH])
        distances = 1 - fused(*(_cosines(bundle, name, own, near) for name in _COMPARED))
        for row, ids, far in zip(range(own.start, own.stop), near, distances, strict=True):
            known = ids >= 0
            nearest = {"ids": [row, *ids[known]], "distances": [0.0, *np.maximum(far[known], 0)]}
            structs.append(nearest)
    return pa.array(structs, kind)


_COMPARED = ("clip_image", "bert_text")


def _cosines(bundle: Bundle, name: str, rows: slice, near: np.ndarray) -> np.ndarray:
    vectors = getattr(bundle, name)
    return np.einsum("nd,nkd->nk", unit(vectors[rows]), unit(vectors[near]))
