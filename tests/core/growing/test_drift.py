"""Drift: nothing where images of the same kind come, something where others do."""

import numpy as np

from mmrec_core.bundle import Bundle
from mmrec_core.bundle.growth import Drift, Growth
from mmrec_core.collection.cluster_distances import ClusterDistances
from mmrec_core.collection.clusters import assign, fit_centroids
from mmrec_core.collection.vectors import Vectors
from mmrec_core.growing.drift import measure_drift
from mmrec_core.inputs.judgements import ADDED
from mmrec_core.serving.recommender import Recommender


def measured(unit: Vectors, centroids: np.ndarray, splits: np.ndarray) -> Drift | None:
    cluster_of = assign(unit, centroids)
    distances = ClusterDistances.of(unit, cluster_of, centroids)
    return measure_drift(distances, cluster_of, len(centroids), splits)


def test_images_of_one_kind_lie_as_far_as_fitted_ones_without_themselves():
    """What k-means was fitted on lies nearer by itself; that is no drift of the others."""
    generator = np.random.default_rng(0)
    centres = generator.normal(size=(60, 32)) * 2
    image = centres[generator.integers(0, 60, 2000)] + generator.normal(size=(2000, 32))
    none = np.full((2000, 4), np.nan)
    unit = Vectors(*(block.astype(np.float32) for block in (image, none, none))).normalised
    centroids = fit_centroids(unit.rows(slice(1500)), 60, seed=0)
    splits = np.array(["train"] * 1500 + [ADDED] * 500, dtype=object)
    own = ClusterDistances.of(unit, assign(unit, centroids), centroids).own
    drift = measured(unit, centroids, splits)
    assert drift is not None
    assert drift.distance.low < 1 < drift.distance.high < own[1500:].mean() / own[:1500].mean()
    assert drift.beyond.low < 0.05 < drift.beyond.high


def test_images_of_another_kind_lie_farther_out():
    generator = np.random.default_rng(0)
    centres = generator.normal(size=(5, 32)) * 4
    image = centres[generator.integers(0, 5, 400)] + generator.normal(size=(400, 32))
    image[300:] = generator.normal(size=(100, 32)) * 4
    none = np.full((400, 4), np.nan)
    unit = Vectors(*(block.astype(np.float32) for block in (image, none, none))).normalised
    splits = np.array(["train"] * 300 + [ADDED] * 100, dtype=object)
    centroids = fit_centroids(unit.rows(slice(300)), 5, seed=0)
    drift = measured(unit, centroids, splits)
    assert drift is not None
    growth = Growth(built=3000, added=100, removed=0, drift=drift, steps=())
    assert growth.reasons == ("farther", "beyond")
    few = growth.model_copy(update={"added": 10})
    assert few.reasons == ()


def test_without_added_images_there_is_nothing_to_compare(demo: Bundle):
    unit = Recommender(demo).collection.unit
    assert measured(unit, demo.centroids, demo.items["split"].to_numpy()) is None
