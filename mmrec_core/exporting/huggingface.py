"""A data set for Hugging Face's `datasets`: Parquet with pictures, and a card.

The schema's metadata say which column is an ``Image``, as `datasets` itself writes them, so that
pictures are decoded without a word. A bundle keeps thumbnails, so these are the pictures.
"""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from mmrec_core.bundle import Bundle
from mmrec_core.exporting.images import (
    BATCH,
    Export,
    given_vectors,
    image_batches,
    stamped,
    thumbnail_structs,
    vectors_of,
)
from mmrec_core.exporting.side_tables import CLUSTERS, JUDGED, RECOMMENDATIONS

DATA = "data"
_IMAGES_A_FILE = 10 * BATCH
_CARD = """---
configs:
{configs}---

# Images of a bundle of mmrec

`image` holds **thumbnails** (WebP, at most 384 pixels a side): a bundle keeps no other pictures.
`file_name` is the image's name in the bundle, {digest}.
"""


def write_datasets(export: Export, folder: Path) -> None:
    """Write ``data/*.parquet``, some 10,000 images each, and ``README.md``, which lists them."""
    bundle = export.bundle
    given = given_vectors(bundle)
    (folder / DATA).mkdir()
    files = max(1, -(-len(bundle.cluster_of) // _IMAGES_A_FILE))
    writer = None
    try:
        for batch in image_batches(export):
            rows, columns = batch.rows, batch.columns
            pictures = {"image": thumbnail_structs(bundle, batch), "file_name": columns["image"]}
            columns = pictures | {name: columns[name] for name in columns if name not in pictures}
            columns |= {name: vectors_of(bundle, name, rows) for name in given}
            table = pa.table(columns)
            if rows.start % _IMAGES_A_FILE == 0:
                if writer:
                    writer.close()
                name = f"train-{rows.start // _IMAGES_A_FILE:05d}-of-{files:05d}.parquet"
                features = json.dumps({"info": {"features": _features(table.schema)}})
                schema = stamped(table.schema, bundle, huggingface=features)
                writer = pq.ParquetWriter(folder / DATA / name, schema, compression="zstd")
            assert writer
            writer.write_table(table.cast(writer.schema))
    finally:
        if writer:
            writer.close()
    (folder / "README.md").write_text(_card(bundle, folder), "utf-8")


def _features(schema: pa.Schema) -> dict[str, Any]:
    return {field.name: _feature(field) for field in schema}


def _feature(field: pa.Field) -> dict[str, Any]:
    if pa.types.is_struct(field.type):
        return {"_type": "Image"}
    if pa.types.is_list(field.type):
        return {"feature": _value(field.type.value_type), "_type": "Sequence"}
    return _value(field.type)


def _value(kind: pa.DataType) -> dict[str, Any]:
    names = {"float": "float32", "double": "float64"}
    return {"dtype": names.get(str(kind), str(kind)), "_type": "Value"}


def _card(bundle: Bundle, folder: Path) -> str:
    known = (CLUSTERS, RECOMMENDATIONS, *JUDGED)
    beside = [name for name in known if (folder / name).exists()]
    listed = {"images": f"{DATA}/*.parquet"} | {Path(name).stem: name for name in beside}
    configs = [f"- config_name: {name}\n  data_files: {files}\n" for name, files in listed.items()]
    configs[0] += "  default: true\n"
    return _CARD.format(configs="".join(configs), digest=bundle.digest[:12])
