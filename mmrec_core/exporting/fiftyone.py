"""A folder that FiftyOne imports: ``metadata.json``, ``samples.json``, pictures and vectors.

`Dataset.from_dir` with ``fiftyone.types.FiftyOneDataset`` reads it. Without a version in
``metadata.json`` it is the plain layout, whose fields are found out from the samples themselves:
no release has to fit. Vectors are arrays beside it, in the order of the samples, as FiftyOne
takes them for ``embeddings=`` and ``points=``.
"""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from mmrec_core.bundle import Bundle
from mmrec_core.exporting.images import Export, given_vectors, image_batches, thumbnails_of
from mmrec_core.files import write_json

DATA = "data"
VECTORS = "vectors"
_FIELDS = {
    *("id", "filepath", "tags", "metadata", "media_type", "created_at", "last_modified_at"),
    *("name", "ground_truth"),
}
_SAID_OTHERWISE = {"image", "label", "split"}
_PREFIX = "caption_"


def write_fiftyone(export: Export, folder: Path) -> None:
    """Write one sample an image: ``name``, ``text``, ``ground_truth``, ``cluster``, ``x``, ``y``.

    The label is a ``Classification``, the part of the split a tag. ``data`` holds thumbnails under
    their rows' numbers: names come from strangers, and no file is called by one.
    """
    bundle = export.bundle
    write_json(folder / "metadata.json", {"media_type": "image", "info": _info(bundle)})
    for name in (DATA, VECTORS):
        (folder / name).mkdir()
    with (folder / "samples.json").open("w", encoding="utf-8") as file:
        file.write('{"samples": [')
        for batch in image_batches(export):
            rows, columns = batch.rows, batch.columns
            files = []
            for name, content in thumbnails_of(bundle, batch):
                (folder / DATA / name).write_bytes(content)
                files.append(f"{DATA}/{name}")
            for place, said in enumerate(pa.table(columns).to_pylist()):
                first = rows.start + place == 0
                sample = json.dumps(_sample(files[place], said), ensure_ascii=False)
                file.write(f"{'' if first else ','}\n{sample}")
        file.write("\n]}\n")
    for name in given_vectors(bundle):
        source = bundle.path / "embeddings" / f"{name}.npy"
        shutil.copyfile(source, folder / VECTORS / source.name)
    np.save(folder / VECTORS / "map.npy", np.asarray(bundle.map))


def _sample(file: str, said: dict[str, Any]) -> dict[str, Any]:
    label = said["label"]
    return {
        "filepath": file,
        "tags": [said["split"]] if said["split"] else [],
        "name": said["image"],
        "ground_truth": None if label is None else {"_cls": "Classification", "label": label},
        **{_field(name): value for name, value in said.items() if name not in _SAID_OTHERWISE},
    }


def _field(name: str) -> str:
    """Return a name that FiftyOne takes: none of its own, no leading underscore, dot or dollar."""
    allowed = "".join("_" if c in ".$\0" else c for c in name.lstrip("_"))
    return _PREFIX + allowed if allowed in _FIELDS or not allowed else allowed


def _info(bundle: Bundle) -> dict[str, Any]:
    return {
        "bundle": bundle.name,
        "digest": bundle.digest,
        "pictures": "thumbnails of at most 384 pixels a side",
    }
