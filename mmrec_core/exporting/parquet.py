"""Plain Parquet: one row an image, with all vectors as lists."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from mmrec_core.exporting.images import VECTORS, Export, image_batches, stamped, vectors_of

IMAGES = "images.parquet"


def write_parquet(export: Export, folder: Path) -> None:
    """Write ``images.parquet``: catalogue, cluster, place on the map, and the three vectors.

    Vectors are lists of float32, as the encoders gave them; null where an image has no text.
    """
    writer = None
    try:
        for batch in image_batches(export):
            rows, columns = batch.rows, batch.columns
            columns |= {name: vectors_of(export.bundle, name, rows) for name in VECTORS}
            table = pa.table(columns)
            if writer is None:
                schema = stamped(table.schema, export.bundle)
                writer = pq.ParquetWriter(folder / IMAGES, schema, compression="zstd")
            writer.write_table(table.cast(writer.schema))
    finally:
        if writer is not None:
            writer.close()
