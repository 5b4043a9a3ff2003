"""The levels of the map: each image once, every square of every level together."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from mmrec_core.bundle import Bundle, layout, open_bundle
from mmrec_core.bundle.manifest import FileEntry
from mmrec_core.collection.map_grid import frame_of, on_grid
from mmrec_core.collection.map_levels import MapLevels, levels_of, map_levels, square_codes
from mmrec_core.errors import BundleError
from mmrec_core.files import write_array


@pytest.fixture
def positions() -> np.ndarray:
    generator = np.random.default_rng(0)
    centres = generator.normal(0, 4, (20, 2))
    spread = generator.normal(0, 0.2, (3_000, 2))
    crowded = np.concatenate([centres[generator.integers(20, size=3_000)] + spread, [[9, 9]] * 50])
    return crowded.astype(np.float32)


def test_each_image_stands_once_at_its_own_place(positions: np.ndarray) -> None:
    levels = map_levels(positions)
    assert np.sort(levels.rows).tolist() == list(range(len(positions)))
    on = on_grid(positions, frame_of(positions))
    np.testing.assert_array_equal(levels.points, on[levels.rows])
    assert (levels.points.dtype, levels.rows.dtype) == (np.uint16, np.uint32)


def test_each_square_of_each_level_is_one_run_with_all_its_images(positions: np.ndarray) -> None:
    levels = map_levels(positions)
    for level in range(1, 17):
        squares = levels.points >> (16 - level)
        begins = np.flatnonzero((np.diff(squares.astype(int), axis=0, prepend=-1) != 0).any(axis=1))
        counted = np.diff(begins, append=len(squares))
        known, expected = np.unique(squares, axis=0, return_counts=True)
        assert len(begins) == len(known)
        found = {(*squares[begin],): n for begin, n in zip(begins, counted, strict=True)}
        assert found == {(*square,): n for square, n in zip(known, expected, strict=True)}


def test_images_at_one_place_ascend_and_the_order_repeats_itself(positions: np.ndarray) -> None:
    levels = map_levels(positions)
    crowd = levels.rows[(levels.points == levels.points[levels.rows == 3_000]).all(axis=1)]
    assert crowd.tolist() == list(range(3_000, 3_050))
    np.testing.assert_array_equal(levels.rows, map_levels(positions.copy()).rows)


def test_codes_take_the_bits_of_y_and_x_in_turn() -> None:
    points = np.array([[0, 0], [1, 0], [0, 1], [3, 0], [65535, 65535], [0, 32768]], np.uint16)
    assert square_codes(points).tolist() == [0, 1, 2, 5, 2**32 - 1, 2**31]


def with_levels(demo: Bundle, out: Path, levels: MapLevels) -> Bundle:
    """Return a copy of the bundle with these levels beside its map."""
    shutil.copytree(demo.path, out)
    manifest = json.loads((out / layout.MANIFEST).read_text("utf-8"))
    (out / layout.LEVEL_ROWS).parent.mkdir(exist_ok=True)
    for name, array in zip((layout.LEVEL_POINTS, layout.LEVEL_ROWS), levels, strict=True):
        write_array(out / name, array)
        manifest["files"][name] = FileEntry.of(out / name).model_dump()
    (out / layout.MANIFEST).write_text(json.dumps(manifest), "utf-8")
    return open_bundle(out)


def test_levels_of_the_build_are_those_of_its_map(demo: Bundle, tmp_path: Path) -> None:
    made = map_levels(np.asarray(demo.map))
    for bundle in (demo, with_levels(demo, tmp_path / "kept", made)):
        for found, expected in zip(levels_of(bundle), made, strict=True):
            np.testing.assert_array_equal(found, expected)


def test_levels_of_fewer_images_are_made_anew_and_others_refused(
    demo: Bundle, tmp_path: Path
) -> None:
    made = map_levels(np.asarray(demo.map))
    fewer = with_levels(demo, tmp_path / "fewer", MapLevels(made.points[1:], made.rows[1:]))
    np.testing.assert_array_equal(levels_of(fewer).rows, made.rows)
    twice = made.rows.copy()
    twice[0] = twice[1]
    wrong = with_levels(demo, tmp_path / "wrong", MapLevels(made.points, twice))
    with pytest.raises(BundleError, match="rows"):
        levels_of(wrong)
