"""A selection on the map as a link holds it: a polygon."""

from math import isfinite

from mmrec_core.collection.map_selection import Polygon

MOST_CORNERS = 200


def written(polygon: Polygon) -> str:
    """Write a polygon as a link holds it: ``12.3_4.5~12.4_4.6~…``, in map units."""
    return "~".join(f"{x:.10g}_{y:.10g}" for x, y in polygon)


def parsed(text: str) -> Polygon:
    """Read what `written` wrote; ValueError if it is no polygon of at most 200 corners."""
    if not text:
        return ()
    corners = [tuple(map(float, corner.split("_"))) for corner in text.split("~")]
    if not 3 <= len(corners) <= MOST_CORNERS:
        raise ValueError(f"{len(corners)} corners")
    if not all(len(corner) == 2 and all(map(isfinite, corner)) for corner in corners):
        raise ValueError("a corner is no place")
    return tuple((x, y) for x, y in corners)
