"""A bundle is the same, whatever layout its pictures come in."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from mmrec_core.config import make_config
from tests.core.building.shapes import contents, options, quietly

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
