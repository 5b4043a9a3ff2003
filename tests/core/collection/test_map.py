"""The map of a collection."""

import numpy as np

from mmrec_core.collection.map import draw_map, strips_narrowed
from mmrec_core.collection.vectors import Vectors


def test_islands_that_have_nothing_in_common_lie_near_each_other():
    generator = np.random.default_rng(0)
    centres = 50 * generator.normal(size=(3, 16))
    points = (centres.repeat(30, axis=0) + generator.normal(size=(90, 16))).astype(np.float32)
    vectors = Vectors(points[:, :8], points[:, :8], points[:, 8:])
    places = np.sort(draw_map(vectors.normalised, "umap", 0), axis=0)
    assert np.diff(places, axis=0).max() <= 1.0001


def test_narrowed_strips_change_no_order_and_nothing_within_an_island():
    generator = np.random.default_rng(1)
    islands = [generator.random((40, 2)) + place for place in ((0, 0), (7, -3), (7, 20))]
    places = np.concatenate(islands)
    moved = strips_narrowed(places, 0.5)
    for before, after in zip(places.T, moved.T, strict=True):
        assert np.argsort(before).tolist() == np.argsort(after).tolist()
    for part in (slice(0, 40), slice(40, 80), slice(80, 120)):
        np.testing.assert_allclose(np.diff(moved[part], axis=0), np.diff(places[part], axis=0))
    assert (np.ptp(moved, axis=0) < (2.6, 4.1)).all()
