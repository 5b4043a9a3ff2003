"""Neighbour lists after growing and shrinking, against a search of it all."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from mmrec_core.collection.neighbours import all_neighbours
from mmrec_core.collection.vectors import Vectors
from mmrec_core.growing.neighbour_lists import lists_with_added, lists_without


def in_parts(
    what: str, rows: Sequence[int], lists: Callable[[Sequence[int]], np.ndarray]
) -> np.ndarray:
    parts = [lists(rows[start : start + 50]) for start in range(0, len(rows), 50)]
    return np.concatenate(parts) if parts else lists([])


def drawn(count: int, seed: int, dimension: int = 16) -> Vectors:
    """Draw vectors among which are copies and near copies, and images without a caption."""
    generator = np.random.default_rng(seed)
    image, text = (generator.normal(size=(count, dimension)).astype(np.float32) for _ in range(2))
    copied = generator.integers(0, count, count // 2)
    image[: count // 4] = image[copied[: count // 4]]
    text[count // 4 : count // 2] = text[copied[count // 4 :][: count // 2 - count // 4]]
    text[generator.random(count) < 0.2] = np.nan
    mixed = generator.permutation(count)
    return Vectors(image[mixed], text[mixed], text[mixed]).normalised


@pytest.mark.parametrize(("count", "added"), [(230, 7), (130, 60), (25, 3), (12, 12), (60, 1)])
def test_added_images_enter_all_lists_where_a_search_puts_them(count: int, added: int):
    unit = drawn(count, seed=count)
    old = all_neighbours(unit.rows(slice(count - added)))
    merged, among_old = lists_with_added(unit, old, in_parts)
    assert np.array_equal(merged, all_neighbours(unit))
    assert among_old.max(initial=-1) < count - added


@pytest.mark.parametrize(("count", "left"), [(230, 223), (130, 40), (25, 20), (60, 1)])
def test_what_is_left_has_the_lists_of_a_search_of_it(count: int, left: int):
    unit = drawn(count, seed=count)
    kept = np.sort(np.random.default_rng(1).permutation(count)[:left])
    lists = lists_without(unit.rows(kept), all_neighbours(unit), kept, in_parts)
    assert np.array_equal(lists, all_neighbours(unit.rows(kept)))


def test_what_stands_in_no_list_is_left_out_without_a_search():
    lists = np.full((4, 3, 21), -1, dtype=np.int32)
    lists[:3, :, 0] = [[1], [2], [0]]
    unit = Vectors(*(np.eye(3, dtype=np.float32) for _ in range(3)))
    left = lists_without(unit, lists, np.arange(3), in_parts)
    np.testing.assert_array_equal(left, lists[:3])
