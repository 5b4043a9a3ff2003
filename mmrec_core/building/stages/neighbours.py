"""Nearest neighbours of every image."""

from functools import partial

import numpy as np

from mmrec_core.building import scratch
from mmrec_core.building.stage import Stage
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import layout
from mmrec_core.collection.neighbours import CHUNK, DEEP, NeighbourSearch
from mmrec_core.files import write_array


def neighbours(work: Workspace) -> None:
    """Find every image's nearest neighbours, in lists longer than the bundle keeps."""
    unit = work.vectors().normalised
    find = partial(NeighbourSearch(unit).lists, length=DEEP)
    lists = work.in_chunks("neighbours", range(len(unit)), find, "images", CHUNK, np.int32)
    write_array(work.output(scratch.LONG_NEIGHBOURS), lists)
    write_array(work.output(layout.NEIGHBOURS), lists[..., : layout.STORED_NEIGHBOURS])


STAGE = Stage(
    "neighbours",
    neighbours,
    reads=(layout.CLIP_IMAGE, layout.CLIP_TEXT, layout.BERT_TEXT),
    writes=(layout.NEIGHBOURS, scratch.LONG_NEIGHBOURS),
)
