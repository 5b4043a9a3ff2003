"""The images inside a polygon that was drawn on the map."""

import numpy as np

from mmrec_core.collection.map_grid import GRID, Frame

Polygon = tuple[tuple[float, float], ...]


def inside(polygon: Polygon, points: np.ndarray, frame: Frame) -> np.ndarray:
    """Say which points lie in a polygon, by the even–odd rule.

    Parameters
    ----------
    polygon : tuple of (x, y)
        In map units.
    points : ndarray (n, 2) uint16
        On the grid, as `mmrec_core.collection.map_grid.on_grid` gives them.
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
    chosen = np.zeros(len(points), bool)
    chosen[near[odd]] = True
    return chosen
