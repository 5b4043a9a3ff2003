"""The map's arithmetic: the grid that the browser draws on, and what lies in a lasso."""

import numpy as np

from mmrec_core.collection import map_grid as grid
from mmrec_core.collection.map_selection import Polygon, inside


def test_grid_keeps_places_and_proportions() -> None:
    generator = np.random.default_rng(0)
    positions = generator.normal((5, -2), (3, 1), (500, 2)).astype(np.float32)
    frame = grid.frame_of(positions)
    points = grid.on_grid(positions, frame)
    back = points / grid.GRID * frame.size + (frame.left, frame.low)
    assert np.abs(back - positions).max() <= frame.size / grid.GRID
    assert points.dtype == np.uint16
    assert points[:, 0].min() == 0
    assert points[:, 0].max() == grid.GRID
    assert np.ptp(points[:, 1].astype(int)) < grid.GRID  # one scale for both directions


def test_one_image_has_a_place() -> None:
    frame = grid.frame_of(np.array([[3.0, 4.0]]))
    assert grid.on_grid(np.array([[3.0, 4.0]]), frame).shape == (1, 2)


def test_sets_of_images_are_bits() -> None:
    order = np.arange(11)[::-1]
    bits = np.frombuffer(grid.as_bits(np.array([0, 3, 9]), order), np.uint8)
    held = [order[bit] for bit in range(11) if bits[bit >> 3] >> (bit & 7) & 1]
    assert held == [9, 3, 0]
    assert len(bits) == 2


def test_values_are_coded_within_their_scale() -> None:
    values = np.array([-1.0, 0.0, 0.5, 1.0, 7.0, np.nan])
    assert grid.coded(values, 0, 1).tolist() == [0, 0, 127, 254, 254, grid.NO_VALUE]


def _lattice() -> tuple[np.ndarray, grid.Frame]:
    """Return the places (0, 0) to (9, 9), on the grid."""
    places = np.stack(np.meshgrid(np.arange(10.0), np.arange(10.0)), axis=-1).reshape(-1, 2)
    frame = grid.frame_of(places)
    return grid.on_grid(places, frame), frame


def _chosen(polygon: Polygon) -> set[tuple[int, int]]:
    points, frame = _lattice()
    rows = np.flatnonzero(inside(polygon, points, frame))
    return {(int(row % 10), int(row // 10)) for row in rows}


def test_a_box_holds_what_is_inside() -> None:
    box = ((1.5, 2.5), (4.5, 2.5), (4.5, 3.5), (1.5, 3.5))
    assert _chosen(box) == {(2, 3), (3, 3), (4, 3)}
    assert _chosen(box[::-1]) == _chosen(box)


def test_a_dent_is_outside() -> None:
    bay = ((0.5, 0.5), (5.5, 0.5), (5.5, 4.5), (4.5, 4.5), (4.5, 1.5), (1.5, 1.5), (1.5, 4.5),
           (0.5, 4.5))  # fmt: skip
    assert (1, 3) in _chosen(bay)
    assert (5, 4) in _chosen(bay)
    assert (3, 3) not in _chosen(bay)


def test_what_a_lasso_rounds_twice_is_outside() -> None:
    star = tuple(
        (4.6 + 4 * np.sin(4 * np.pi * corner / 5), 4.4 + 4 * np.cos(4 * np.pi * corner / 5))
        for corner in range(5)
    )
    assert (5, 4) not in _chosen(star)
    assert (5, 7) in _chosen(star)


def test_a_lasso_off_the_map_holds_nothing() -> None:
    assert _chosen(((50, 50), (60, 50), (55, 60))) == set()
