"""K-means of many images, held against scikit-learn's full fit."""

import faiss
import numpy as np
import pytest
from sklearn.cluster import KMeans

from mmrec_core.collection import clusters
from mmrec_core.collection.clusters import faiss_centroids, fit_centroids
from mmrec_core.collection.vectors import Vectors
from mmrec_core.measuring.mixture import Mixture

IMAGES = 4_000


@pytest.fixture(scope="module")
def unit() -> Vectors:
    drawn = Mixture(IMAGES, seed=3).draw(IMAGES, np.random.default_rng(3))
    return Vectors(**drawn.vectors).normalised


def inertia(points: np.ndarray, centroids: np.ndarray) -> float:
    squares = (points**2).sum(axis=1)[:, None] + (centroids**2).sum(axis=1)
    return float((squares - 2 * points @ centroids.T).min(axis=1).sum())


def test_the_fit_of_many_images_is_as_close_as_a_full_one(unit):
    points = unit.side_by_side()
    full = KMeans(60, n_init=1, random_state=0).fit(points)
    assert inertia(points, faiss_centroids(points, 60, seed=0)) <= 1.01 * full.inertia_


def test_a_fit_repeats_itself_with_any_number_of_threads(unit):
    points, before = unit.side_by_side(), faiss.omp_get_max_threads()
    found = []
    for threads in (1, 2, 1, 5):
        faiss.omp_set_num_threads(threads)
        found.append(faiss_centroids(points, 60, seed=0).tobytes())
    faiss.omp_set_num_threads(before)
    assert len(set(found)) == 1
    assert faiss_centroids(points, 60, seed=1).tobytes() != found[0]


def test_many_images_of_few_kinds_have_no_more_clusters_than_there_are_kinds():
    kinds = np.random.default_rng(0).normal(size=(5, 16)).astype(np.float32)
    many = kinds[np.random.default_rng(1).integers(5, size=clusters.LARGEST_FULL_FIT + 1)]
    found = fit_centroids(Vectors(many, many, many).normalised, 12, seed=0)
    assert len(found) == 5


def test_a_fit_sees_only_the_images_that_it_may_see(unit):
    size = clusters.LARGEST_FULL_FIT + 200
    generator = np.random.default_rng(2)
    points = generator.normal(size=(size, 8)).astype(np.float32)
    may, changed = np.arange(size - 100), points.copy()
    changed[size - 100 :] *= -3
    first, second = (
        fit_centroids(Vectors(p, p, p).normalised, 9, seed=0, rows=may) for p in (points, changed)
    )
    assert first.tobytes() == second.tobytes()
