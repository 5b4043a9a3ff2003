"""The levels of the map, which is drawn from them."""

from mmrec_core.building.stage import Stage
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import layout
from mmrec_core.collection import map_levels as levels
from mmrec_core.files import write_array


def map_levels(work: Workspace) -> None:
    """Put the images' places on a grid, in the order of a quadtree."""
    found = levels.map_levels(work.array(layout.MAP))
    write_array(work.output(layout.LEVEL_POINTS), found.points)
    write_array(work.output(layout.LEVEL_ROWS), found.rows)


STAGE = Stage(
    "map levels",
    map_levels,
    reads=(layout.MAP,),
    writes=(layout.LEVEL_POINTS, layout.LEVEL_ROWS),
)
