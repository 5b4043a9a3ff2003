"""The map of the collection."""

from mmrec_core.building.stage import Stage
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import layout
from mmrec_core.collection.map import draw_map
from mmrec_core.collection.neighbour_cells import LARGEST_EXACT
from mmrec_core.collection.neighbours import BOTH
from mmrec_core.files import write_array


def map_positions(work: Workspace) -> None:
    """Give every image its place on the map."""
    unit = work.unit()
    lists = work.array(layout.NEIGHBOURS)[:, BOTH] if len(unit) > LARGEST_EXACT else None
    positions = draw_map(unit, work.config.map, work.config.seed, lists)
    write_array(work.output(layout.MAP), positions)


STAGE = Stage(
    "map",
    map_positions,
    reads=(*layout.UNIT, layout.NEIGHBOURS),
    writes=(layout.MAP,),
    options=("map", "seed"),
)
