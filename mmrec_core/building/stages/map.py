"""The map of the collection."""

from mmrec_core.building.stage import Stage
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import layout
from mmrec_core.collection.map import draw_map
from mmrec_core.files import write_array


def map_positions(work: Workspace) -> None:
    """Give every image its place on the map."""
    positions = draw_map(work.vectors().normalised, work.config.map, work.config.seed)
    write_array(work.output(layout.MAP), positions)


STAGE = Stage(
    "map",
    map_positions,
    reads=(layout.CLIP_IMAGE, layout.CLIP_TEXT, layout.BERT_TEXT),
    writes=(layout.MAP,),
    options=("map", "seed"),
)
