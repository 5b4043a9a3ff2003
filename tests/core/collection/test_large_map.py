"""The map of a large collection, drawn from the neighbour lists that a build has found."""

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from mmrec_core.collection.map import draw_map
from mmrec_core.collection.neighbours import BOTH, all_neighbours
from mmrec_core.collection.vectors import Vectors

IMAGES = 4_200  # UMAP ignores given neighbours of fewer than 4,096


@pytest.fixture(scope="module")
def unit() -> Vectors:
    generator = np.random.default_rng(0)
    centres = generator.normal(size=(30, 24))
    points = centres[generator.integers(30, size=IMAGES)] + generator.normal(size=(IMAGES, 24)) / 3
    points = points.astype(np.float32)
    vectors = Vectors(points[:, :12], points[:, :12], points[:, 12:])
    return vectors.without_text(np.arange(40)).normalised


@pytest.fixture(scope="module")
def lists(unit) -> np.ndarray:
    return all_neighbours(unit)[:, BOTH]


def test_components_found_in_parts_are_those_found_at_once(unit, lists):
    parts = draw_map(unit, "pca", 0, lists)
    whole = PCA(2, svd_solver="full").fit_transform(unit.side_by_side())
    signs = np.sign((parts * whole).sum(axis=0))
    assert np.abs(parts - whole * signs).max() < 1e-4


def test_neighbours_that_are_given_lie_near_on_the_map_and_it_repeats_itself(unit, lists):
    first, second = (draw_map(unit, "umap", 0, lists) for _ in range(2))
    assert first.tobytes() == second.tobytes()
    near = NearestNeighbors(n_neighbors=61).fit(first).kneighbors(return_distance=False)
    shares = [np.isin(a[:10], b).mean() for a, b in zip(lists, near, strict=True)]
    assert np.mean(shares) > 0.5  # 0.015 by chance


def test_an_image_without_neighbours_has_a_place(unit, lists):
    alone = lists.copy()
    alone[5] = -1
    assert np.isfinite(draw_map(unit, "umap", 0, alone)).all()
