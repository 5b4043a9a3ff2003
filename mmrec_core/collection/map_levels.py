"""The levels of the map: its points in the order of a quadtree.

Level l divides the grid into 2^l × 2^l squares. In this order the points of every square of every
level stand together, so that whoever draws or counts a part of the map reads a few runs, and each
point once.
"""

from typing import NamedTuple

import numpy as np

from mmrec_core.bundle import Bundle, layout
from mmrec_core.bundle.contents import damaged
from mmrec_core.collection.map_grid import frame_of, on_grid


class MapLevels(NamedTuple):
    """All images of a collection in the order of the levels.

    Attributes
    ----------
    points : ndarray (n, 2) uint16
        Their places on the grid (`mmrec_core.collection.map_grid`).
    rows : ndarray (n,) uint32
        Which images these are.
    """

    points: np.ndarray
    rows: np.ndarray


def map_levels(positions: np.ndarray) -> MapLevels:
    """Return the levels of a map, (n, 2) in map units; images at one place ascend by row."""
    points = on_grid(positions, frame_of(positions))
    rows = np.argsort(square_codes(points), kind="stable")
    return MapLevels(points[rows], rows.astype("<u4"))


def square_codes(points: np.ndarray) -> np.ndarray:
    """Return the codes of points' squares of the finest level, (n,) uint32.

    The bits of x and y in turn, the highest bit that of y (Morton 1966, "A computer oriented
    geodetic data base and a new technique in file sequencing"). The first 2l bits are the code of
    the square of level l.

    Parameters
    ----------
    points : ndarray (n, 2) uint16
    """
    codes = points.astype(np.uint32)
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        codes = (codes | codes << np.uint32(shift)) & np.uint32(mask)
    return codes[:, 0] | codes[:, 1] << np.uint32(1)


def levels_of(bundle: Bundle) -> MapLevels:
    """Return the levels that the build made, memory-mapped; else compute them.

    A bundle of before has none, and those of another number of images are of an earlier map.

    Raises
    ------
    BundleError
        If the files hold no levels.
    """
    if not {layout.LEVEL_POINTS, layout.LEVEL_ROWS} <= set(bundle.manifest.files):
        return map_levels(np.asarray(bundle.map))
    found = MapLevels(bundle.array(layout.LEVEL_POINTS), bundle.array(layout.LEVEL_ROWS))
    images = len(bundle.map)
    if len(found.rows) != images:
        return map_levels(np.asarray(bundle.map))
    kinds = [(array.dtype, array.shape) for array in found]
    expected = [(np.dtype("<u2"), (images, 2)), (np.dtype("<u4"), (images,))]
    if kinds != expected or not _each_once(found.rows):
        raise damaged(bundle.path, f"{layout.LEVEL_ROWS} does not match its other files")
    return found


def _each_once(rows: np.ndarray) -> bool:
    held = np.zeros(len(rows), bool)
    held[rows[rows < len(rows)]] = True
    return bool(held.all())
