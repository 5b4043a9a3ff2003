"""What distinguishes clusters: typical images, neighbours, labels."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from mmrec_core.bundle import Bundle
from mmrec_core.collection.cluster_distances import ClusterDistances
from mmrec_core.collection.cluster_overview import SHOWN, ClusterOverview, cluster_overview
from mmrec_core.collection.clusters import centroid_distances
from mmrec_core.collection.vectors import Vectors
from mmrec_core.plots.label_shares import label_shares


@pytest.fixture(scope="module")
def unit(demo: Bundle) -> Vectors:
    return Vectors(demo.clip_image, demo.clip_text, demo.bert_text).normalised


@pytest.fixture(scope="module")
def overview(demo: Bundle, unit: Vectors) -> ClusterOverview:
    quality = pd.DataFrame({"query": [0, 1, 2], "model_ndcg": [1.0, 0.5, np.nan]})
    return cluster_overview(demo, unit, quality)


def test_central_images_lie_nearest_and_borderline_ones_least_clearly(demo, unit, overview):
    distances = centroid_distances(unit, demo.centroids)
    for cluster in range(len(demo.centroids)):
        rows = np.flatnonzero(demo.cluster_of == cluster)
        own = distances[rows, cluster]
        other = np.delete(distances[rows], cluster, axis=1).min(axis=1)
        some = min(len(rows), SHOWN)
        for images, values in ((overview.central, own), (overview.borderline, other - own)):
            shown = images[cluster, :some]
            assert set(shown) <= set(rows)
            assert (images[cluster, some:] == -1).all()
            np.testing.assert_allclose(
                values[np.searchsorted(rows, shown)], np.sort(values)[:some], atol=1e-5
            )
        assert overview.table["spread"][cluster] == pytest.approx(own.mean(), abs=1e-4)
    assert (distances[np.arange(len(unit)), overview.second] >= distances.min(axis=1)).all()
    assert (overview.second != demo.cluster_of).all()


def test_neighbours_are_the_nearest_centroids_and_never_the_cluster_itself(overview):
    assert (np.diff(overview.near_distances, axis=1) >= 0).all()
    assert all(cluster not in near for cluster, near in enumerate(overview.near))


def test_purity_is_the_share_of_the_commonest_label(demo, overview):
    for cluster in range(len(demo.centroids)):
        counts = demo.items.loc[demo.items["cluster"] == cluster, "label"].value_counts()
        row = overview.table.loc[cluster]
        assert row["size"] == counts.sum() == row["labelled"]
        assert row["purity"] == pytest.approx(counts.iloc[0] / counts.sum())
        assert counts[row["label"]] == counts.iloc[0]
        assert overview.label_shares(cluster).to_dict() == counts.to_dict()
    assert 0.5 < overview.agreement < 0.9


def test_a_label_is_drawn_as_text():
    counts = pd.Series({"<b>loud</b>": 5, **{f"label {n}": 1 for n in range(9)}})
    figure = label_shares(counts, most=3)
    assert list(figure.data[0].x) == [5, 1, 1, 7]
    assert figure.layout.yaxis.ticktext[0] == "&lt;b&gt;loud&lt;/b&gt;"
    assert "<b>" not in figure.to_json()


def test_quality_is_a_mean_over_the_queries_that_have_one(demo, overview):
    assert overview.table["queries"].sum() == 2
    measured = overview.table["ndcg"].dropna()
    assert set(measured.index) == set(demo.cluster_of[:2])
    assert measured.mean() == pytest.approx(0.75)


def test_the_build_keeps_the_distances_that_an_older_bundle_computes(demo, unit):
    kept = ClusterDistances.of_bundle(demo, unit)
    computed = ClusterDistances.of(unit, demo.cluster_of, demo.centroids)
    assert "prepared/cluster_distances.npy" in demo.manifest.files
    assert np.allclose(kept.own, computed.own, atol=1e-3)
    assert np.allclose(kept.other, computed.other, atol=1e-3)
    assert (kept.second == computed.second).mean() > 0.99
    assert (kept.second != demo.cluster_of).all()


def test_one_cluster_without_labels_has_no_silhouette_and_no_purity(demo, unit):
    class Lone:
        manifest = SimpleNamespace(files={})
        cluster_of = np.zeros(5, np.int32)
        centroids = demo.centroids[:1]
        clip_image = demo.clip_image[:5]
        items = demo.items.iloc[:5].assign(label=None)

    alone = cluster_overview(Lone(), unit.rows(slice(5)))  # type: ignore[arg-type]
    assert alone.table.loc[0, ["silhouette", "purity", "ndcg"]].isna().all()
    assert alone.table["label"][0] is None
    assert alone.agreement is None
    assert alone.near.shape == (1, 0)
    assert alone.central[0, :6].tolist()[-1] == -1
    assert alone.label_shares(0).empty
