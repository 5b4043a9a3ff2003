"""The first stage of a build takes no more memory for more rows."""

import tracemalloc
from pathlib import Path

import pytest

from benchmarks import catalogue_memory
from mmrec_core.building.stages.catalogue import STAGE
from mmrec_core.building.workspace import Workspace
from mmrec_core.config import make_config

FEW, MANY = 2_000, 6_000


def write_files(folder: Path, count: int) -> None:
    for row in catalogue_memory.rows_of(count):
        path = folder / row["image"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def peak(tmp_path: Path, ending: str, count: int, as_files: bool) -> int:
    """Return the bytes that Python's objects took at most."""
    captions = tmp_path / f"{count}.{ending}"
    catalogue_memory.write_captions(captions, count)
    pictures = tmp_path / (f"{count}" if as_files else f"{count}.pictures.parquet")
    if not pictures.exists():
        (write_files if as_files else catalogue_memory.write_pictures)(pictures, count)
    config = make_config(images=pictures, captions=captions, out=tmp_path / f"out-{count}")
    lines: list[str] = []
    tracemalloc.start()
    try:
        STAGE.run(Workspace(config, lines.append).of(STAGE))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("ending", "as_files"), [("csv", True), ("jsonl", False), ("parquet", True)]
)
def test_three_times_the_rows_take_the_same_memory(tmp_path: Path, ending: str, as_files: bool):
    peak(tmp_path, ending, 10, as_files)
    few, many = (peak(tmp_path, ending, count, as_files) for count in (FEW, MANY))
    assert many < 1.25 * few, f"{few / 1e6:.1f} MB for {FEW:,} rows, {many / 1e6:.1f} for {MANY:,}"
