"""Neighbour lists found by cells, held against those of exact search."""

import numpy as np
import pytest

from mmrec_core.collection.neighbour_cells import CellSearch, cut, lists_by_cells
from mmrec_core.collection.neighbours import BOTH, DEEP, IMAGE, TEXT, all_neighbours
from mmrec_core.collection.vectors import Vectors
from mmrec_core.measuring.mixture import Mixture

IMAGES = 5_000


@pytest.fixture(scope="module")
def unit() -> Vectors:
    drawn = Mixture(IMAGES, seed=5).draw(IMAGES, np.random.default_rng(5))
    vectors = Vectors(**drawn.vectors)
    vectors.clip_image[[7, 8]] = vectors.clip_image[9]
    return vectors.without_text(np.arange(20, 30)).normalised


@pytest.fixture(scope="module")
def exact(unit) -> np.ndarray:
    return all_neighbours(unit, length=DEEP)


def search(unit: Vectors, modality: int, fitted: np.ndarray | None = None) -> CellSearch:
    fitted = np.ones(len(unit), dtype=bool) if fitted is None else fitted
    return CellSearch(unit, modality, cut(unit, modality, fitted, seed=0), fitted)


def shared(found: np.ndarray, exact: np.ndarray) -> float:
    return float(np.mean([np.isin(e[e >= 0], f).mean() for f, e in zip(found, exact, strict=True)]))


@pytest.mark.parametrize("modality", [IMAGE, TEXT, BOTH])
def test_lists_hold_nearly_all_that_exact_ones_hold_in_the_same_order(unit, exact, modality):
    cells = search(unit, modality)
    found, whole = cells.lists(cells.asking), exact[cells.asking, modality]
    assert cells.searched < len(np.unique(cells.cell_of))
    assert shared(found[:, :21], whole[:, :21]) >= 0.99
    assert abs(shared(found[:, :21], whole[:, :21]) - cells.recall) < 0.01
    for mine, theirs in zip(found, whole, strict=True):
        both_hold = np.intersect1d(mine, theirs)
        order = mine[np.isin(mine, both_hold)], theirs[np.isin(theirs, both_hold)]
        assert order[0].tolist() == order[1].tolist()


def test_images_without_a_caption_are_found_by_their_picture_alone(unit, exact):
    silent = np.isnan(unit.bert_text[:, 0])
    by_text, by_both = search(unit, TEXT), search(unit, BOTH)
    assert not silent[by_text.asking].any()
    assert not silent[by_text.lists(by_text.asking[:400])].any()
    rows = by_both.asking[:800]
    found = by_both.lists(rows)
    assert silent[found].sum() >= 0.98 * silent[exact[rows, BOTH]].sum() > 0


def test_all_lists_are_near_the_exact_ones_and_empty_where_these_are(unit, exact):
    lists = lists_by_cells(unit, np.ones(len(unit), dtype=bool), seed=0)
    assert np.array_equal(lists < 0, exact < 0)
    for modality in (IMAGE, TEXT, BOTH):
        known = exact[:, modality, 0] >= 0
        assert shared(lists[known, modality, :21], exact[known, modality, :21]) >= 0.99


def test_no_image_is_its_own_neighbour_and_none_stands_twice_in_a_list(unit):
    cells = search(unit, IMAGE)
    found = cells.lists(cells.asking)
    assert (found >= 0).all()
    assert (found != cells.asking[:, None]).all()
    assert all(len(np.unique(row)) == len(row) for row in found)


def test_lists_are_the_same_however_they_are_chunked(unit):
    cells = search(unit, BOTH)
    rows = cells.asking[:900]
    at_once, one = cells.lists(rows), cells.lists(rows[450:])
    assert np.array_equal(at_once[450:], one)


def test_what_is_found_for_fitted_images_among_each_other_knows_nothing_of_the_held_out(unit):
    fitted = np.ones(IMAGES, dtype=bool)
    fitted[-300:] = False
    changed = Vectors(*(np.where(fitted[:, None], v, v[::-1])
                        for v in (unit.clip_image, unit.clip_text, unit.bert_text)))  # fmt: skip
    kept = []
    for vectors in (unit, changed):
        cells = search(vectors, IMAGE, fitted)
        found = cells.lists(np.intersect1d(cells.asking, np.flatnonzero(fitted))[:600])
        kept.append([row[fitted[row]][:21].tolist() for row in found])
    assert kept[0] == kept[1]
