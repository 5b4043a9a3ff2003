"""A bundle is the same, whatever layout its pictures come in."""

import io
import os
import tarfile
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from mmrec_core.building import scratch
from mmrec_core.building.stages import catalogue
from mmrec_core.building.workspace import Workspace
from mmrec_core.config import make_config
from mmrec_core.files import sha256
from tests.core.building.shapes import contents, draw, options, quietly

OF_THE_BUILD = {"manifest.json", "stages.json", "report.json"}
"""Files that name what was read, and what was not: the folder holds a captions file too."""


def test_pictures_in_parquet_give_the_same_bundle_as_files(folder: Path, built: Path, tmp_path):
    table = pd.read_csv(folder / "captions.csv").sort_values("image")
    pictures = [{"bytes": (folder / name).read_bytes(), "path": None} for name in table["image"]]
    columns = {
        "image": pictures,
        "file_name": table["image"].tolist(),
        **{name: pa.array(table[name], from_pandas=True) for name in ("text", "label", "text_ru")},
    }
    shards = tmp_path / "shards"
    shards.mkdir()
    whole = pa.table(columns)
    pq.write_table(whole.slice(0, 17), shards / "0.parquet", row_group_size=5)
    pq.write_table(whole.slice(17), shards / "1.parquet")
    lines: list[str] = []
    out = tmp_path / "shapes"
    made = quietly(make_config(**options(shards, out, captions=None)), lines)
    assert lines[1] == "  Parquet: 2 files, 30 pictures"
    of_files, of_rows = contents(built), contents(made)
    assert of_files.keys() == of_rows.keys()
    different = {name for name in of_files if of_files[name] != of_rows[name]}
    assert different <= OF_THE_BUILD
    again: list[str] = []
    quietly(make_config(**options(shards, out, captions=None)), again)
    assert again[-1].endswith("is up to date.")


def test_a_shard_that_changed_is_read_again(tmp_path):
    buffer = io.BytesIO()
    draw("red", "circle").save(buffer, "PNG")
    shard = tmp_path / "0.tar"

    def listed() -> str:
        work = Workspace(make_config(images=shard, out=tmp_path / "out"))
        catalogue.STAGE.run(work.of(catalogue.STAGE))
        return sha256(work.path / scratch.PICTURE_FILES)

    digests = []
    for content in (b"once", b"once", b"twice"):
        with tarfile.open(shard, "w") as file:
            for name, data in (("a.png", buffer.getvalue()), ("a.npy", content)):
                member = tarfile.TarInfo(name)
                member.size = len(data)
                file.addfile(member, io.BytesIO(data))
        os.utime(shard, ns=(len(content), len(content)))
        digests.append(listed())
    assert digests[0] == digests[1] != digests[2]
