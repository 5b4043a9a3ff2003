"""A selection on the map: a polygon that a link can hold, and the images inside."""

from math import isfinite

import numpy as np

from mmrec_app.map.grid import GRID, Frame

MOST_CORNERS = 200
Polygon = tuple[tuple[float, float], ...]


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


def inside(polygon: Polygon, points: np.ndarray, frame: Frame) -> np.ndarray:
    """Say which points lie in a polygon, by the even–odd rule.

    Parameters
    ----------
    polygon : tuple of (x, y)
        In map units.
    points : ndarray (n, 2) uint16
        On the grid, as `mmrec_app.map.grid.on_grid` gives them.
    frame : Frame
        The grid's place on the map.

    Returns
    -------
    ndarray (n,) of bool

    Notes
    -----
    ``components/map/selection.js`` does the same in the same arithmetic, so that the map and the
    gallery beside it agree on every image. Shimrat 1962, "Algorithm 112: position of point relative
    to polygon".
    """
    corners = (np.array(polygon) - (frame.left, frame.low)) / frame.size * GRID
    (left, low), (right, high) = corners.min(axis=0), corners.max(axis=0)
    x, y = points[:, 0], points[:, 1]
    near = np.flatnonzero((x >= left) & (x <= right) & (y >= low) & (y <= high))
    x, y = x[near].astype(float), y[near].astype(float)
    odd = np.zeros(len(near), bool)
    for (from_x, from_y), (to_x, to_y) in zip(np.roll(corners, 1, axis=0), corners, strict=True):
        at = np.flatnonzero((from_y > y) != (to_y > y))
        odd[at] ^= x[at] < (to_x - from_x) * (y[at] - from_y) / (to_y - from_y) + from_x
    found = np.zeros(len(points), bool)
    found[near[odd]] = True
    return found
