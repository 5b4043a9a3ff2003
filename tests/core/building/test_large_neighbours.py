"""The stage of neighbour lists, of a collection that is too large for exact ones."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mmrec_core.building.stages import neighbours
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import layout
from mmrec_core.collection.neighbours import BOTH, IMAGE, all_neighbours
from mmrec_core.collection.vectors import half_unit
from mmrec_core.config import make_config
from mmrec_core.files import read_array, write_array, write_table
from mmrec_core.inputs.judgements import TEST, TRAIN
from mmrec_core.measuring.mixture import Mixture

IMAGES = 2_000


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setattr(neighbours, "LARGEST_EXACT", IMAGES - 1)
    work = Workspace(make_config(images=tmp_path, out=tmp_path / "bundle"))
    drawn = Mixture(IMAGES, seed=1).draw(IMAGES, np.random.default_rng(1))
    for name, array in zip(layout.UNIT, drawn.vectors.values(), strict=False):
        write_array(work.path / name, half_unit(array))
    split = np.where(np.arange(IMAGES) % 20, TRAIN, TEST)
    write_table(work.path / layout.CATALOGUE, pd.DataFrame({"split": split}))
    return work


def test_the_build_says_how_much_of_the_exact_lists_it_found(work):
    stage = work.of(neighbours.STAGE)
    neighbours.STAGE.run(stage)
    lists = np.asarray(read_array(work.path / layout.NEIGHBOURS))
    exact = all_neighbours(work.unit())
    pairs = zip(exact[:, BOTH], lists[:, BOTH], strict=True)
    assert np.mean([np.isin(theirs, mine).mean() for theirs, mine in pairs]) >= 0.99
    silent = np.isnan(work.unit().bert_text[:, 0])
    assert np.array_equal(lists[silent, BOTH], lists[silent, IMAGE])
    told = work.problems([neighbours.STAGE])["neighbours"]
    assert len(told) == 3
    assert all("% of the nearest" in json.dumps(line) for line in told)


def test_a_stopped_stage_goes_on_to_the_same_lists(work):
    stage = work.of(neighbours.STAGE)
    neighbours.STAGE.run(stage)
    whole = (work.path / layout.NEIGHBOURS).read_bytes()
    chunks = sorted(work.scratch.rglob("neighbours-by-both/*.npy"))
    assert chunks
    chunks[-1].unlink()
    kept = {file: file.stat().st_mtime_ns for file in work.scratch.rglob("cells-by-*/*.npy")}
    assert len(kept) == 3
    neighbours.STAGE.run(stage)
    assert (work.path / layout.NEIGHBOURS).read_bytes() == whole
    assert {file: file.stat().st_mtime_ns for file in kept} == kept
