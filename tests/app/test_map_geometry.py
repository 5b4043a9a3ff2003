"""The map's arithmetic: the grid that the browser draws on, and what lies in a lasso."""

import numpy as np
import pytest

from mmrec_app.map import grid, selection
from mmrec_app.map.places import middles


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
    bits = np.frombuffer(grid.as_bits(np.array([0, 3, 9]), 11), np.uint8)
    held = [row for row in range(11) if bits[row >> 3] >> (row & 7) & 1]
    assert held == [0, 3, 9]
    assert len(bits) == 2


def test_values_are_coded_within_their_scale() -> None:
    values = np.array([-1.0, 0.0, 0.5, 1.0, 7.0, np.nan])
    assert grid.coded(values, 0, 1).tolist() == [0, 0, 127, 254, 254, grid.NO_VALUE]


def _lattice() -> tuple[np.ndarray, grid.Frame]:
    """Return the places (0, 0) to (9, 9), on the grid."""
    places = np.stack(np.meshgrid(np.arange(10.0), np.arange(10.0)), axis=-1).reshape(-1, 2)
    frame = grid.frame_of(places)
    return grid.on_grid(places, frame), frame


def _chosen(polygon: selection.Polygon) -> set[tuple[int, int]]:
    points, frame = _lattice()
    rows = np.flatnonzero(selection.inside(polygon, points, frame))
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


def test_a_link_holds_the_same_selection() -> None:
    polygon = ((-1.25, 3.0), (2.5, 4.75), (1e-3, -7.123456))
    assert selection.parsed(selection.written(polygon)) == polygon
    assert selection.parsed("") == ()


@pytest.mark.parametrize(
    "text", ["1_2", "1_2~3_4", "1_2~3_4~5", "a_b~c_d~e_f", "1_2~3_4~nan_1", "~".join(["1_2"] * 201)]
)
def test_what_is_no_selection_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        selection.parsed(text)


def test_names_stand_on_a_member_of_their_group() -> None:
    ring = np.array([[0, 0], [10, 0], [10, 10], [0, 10], [5, 4.0], [50, 50]])
    found = middles(ring, np.array([1, 1, 1, 1, 1, 2]))
    assert found.loc[1, ["x", "y"]].tolist() == [5, 4]
    assert found["size"].tolist() == [5, 1]


def test_images_without_a_group_have_no_name() -> None:
    found = middles(np.zeros((3, 2)), np.array(["a", None, "a"], dtype=object))
    assert list(found.index) == ["a"]
