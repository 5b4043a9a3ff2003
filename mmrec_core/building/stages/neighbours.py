"""Nearest neighbours of every image."""

from collections.abc import Callable
from functools import partial

import numpy as np

from mmrec_core.building import scratch
from mmrec_core.building.stage import Stage
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import layout
from mmrec_core.collection.neighbour_cells import (
    LARGEST_EXACT,
    CellSearch,
    cut,
    take_lists_without_text,
)
from mmrec_core.collection.neighbour_shards import ShardedSearch
from mmrec_core.collection.neighbours import BOTH, CHUNK, DEEP, IMAGE, TEXT, NeighbourSearch
from mmrec_core.collection.vectors import Vectors
from mmrec_core.distributed.engine import ThisProcess
from mmrec_core.files import write_array
from mmrec_core.inputs.judgements import TEST
from mmrec_core.inputs.problem import Problem

_ROWS = 4096


def neighbours(work: Workspace) -> None:
    """Find every image's nearest neighbours, in lists longer than the bundle keeps."""
    unit = work.unit()
    on_cluster = not isinstance(work.engine, ThisProcess)
    if len(unit) > LARGEST_EXACT and not on_cluster:
        lists = _by_cells(work, unit)
    else:
        find: Callable[[list[int]], np.ndarray] = (
            ShardedSearch.of(unit, work.engine.share, DEEP)
            if on_cluster
            else partial(NeighbourSearch(unit).lists, length=DEEP)
        )
        lists = work.in_chunks("neighbours", range(len(unit)), find, "images", CHUNK, np.int32)
    write_array(work.output(scratch.LONG_NEIGHBOURS), lists)
    write_array(work.output(layout.NEIGHBOURS), lists[..., : layout.STORED_NEIGHBOURS])


def _by_cells(work: Workspace, unit: Vectors) -> np.ndarray:
    """Find the lists among near cells, and report how much of the exact ones they hold."""
    lists = np.full((len(unit), 3, DEEP), -1, dtype=np.int32)
    fitted = (work.table()["split"] != TEST).to_numpy()
    problems = []
    for name, modality in (("picture", IMAGE), ("caption", TEXT), ("both", BOTH)):

        def cell_of(modalities: list[int]) -> np.ndarray:
            return np.stack([cut(unit, m, fitted, work.config.seed) for m in modalities])

        cells = work.in_chunks(f"cells by {name}", [modality], cell_of, "cuts", 1, np.int32)[0]
        search = CellSearch(unit, modality, cells, fitted)
        if not len(search.asking):
            continue
        found = work.in_chunks(
            f"neighbours by {name}", search.asking.tolist(), search.lists, "images", _ROWS, np.int32
        )
        lists[search.asking, modality] = found
        reason = f"lists by {name} hold {search.recall:.1%} of the nearest, measured on a sample"
        problems.append(Problem("", "neighbours", reason))
    take_lists_without_text(unit, lists)
    work.report(problems)
    return lists


STAGE = Stage(
    "neighbours",
    neighbours,
    reads=(layout.CATALOGUE, *layout.UNIT),
    writes=(layout.NEIGHBOURS, scratch.LONG_NEIGHBOURS),
    options=("seed",),
)
