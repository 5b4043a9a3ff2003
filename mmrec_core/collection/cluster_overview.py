"""What distinguishes clusters at a glance: size, spread, labels, neighbours, typical images."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix, csr_matrix
from sklearn.metrics import normalized_mutual_info_score

from mmrec_core.bundle import Bundle
from mmrec_core.collection.cluster_distances import ClusterDistances
from mmrec_core.collection.clusters import centroid_distances
from mmrec_core.collection.vectors import Vectors

SHOWN = 16
NEAR = 6


@dataclass(frozen=True, eq=False)
class ClusterOverview:
    """All clusters of a bundle.

    Attributes
    ----------
    table : DataFrame
        One row a cluster, in their order:

        - ``size``: images, int64
        - ``spread``: mean distance of an image from the centroid, float; the distance is that of
          `mmrec_core.collection.clusters`, between 0 and 2
        - ``silhouette``: mean simplified silhouette, -1 to 1, float; NaN with a single cluster
        - ``labelled``: images with a label, int64
        - ``label``: the most common label, or None
        - ``purity``: its share of the labelled images, float; NaN without labels
        - ``queries``: held-out queries with judged pairs, int64
        - ``ndcg``: their mean nDCG@5 under the bundle's best ranker, float; NaN without any
    central, borderline : ndarray (n_clusters, SHOWN) int64
        Rows of the images nearest the centroid, nearest first, and of those that lie least clearly
        in this cluster rather than in another, the least clear first; -1 fills up.
    second : ndarray (n_images,) int32
        The nearest cluster of each image that is not its own.
    near : ndarray (n_clusters, NEAR or fewer) int64
        The clusters whose centroids are nearest, nearest first.
    near_distances : ndarray of the same shape, float32
        Their distances.
    labels : tuple of str
        All labels, the columns of ``label_counts``.
    label_counts : csr_matrix (n_clusters, n_labels) int64
        Images of each label in each cluster.
    agreement : float or None
        Normalised mutual information of clusters and labels, 0 to 1; None without labels.

    Notes
    -----
    The simplified silhouette (Hruschka, de Castro and Campello 2004, "Evolutionary algorithms for
    clustering gene-expression data") compares distances to centroids rather than to all images:
    (b - a) / max(a, b), with a to the own centroid and b to the nearest other one.
    """

    table: pd.DataFrame
    central: np.ndarray
    borderline: np.ndarray
    second: np.ndarray
    near: np.ndarray
    near_distances: np.ndarray
    labels: tuple[str, ...]
    label_counts: csr_matrix
    agreement: float | None

    def label_shares(self, cluster: int) -> pd.Series:
        """Return how many images of a cluster have which label, the most common first."""
        row = self.label_counts[cluster]
        names = [self.labels[place] for place in row.indices]
        return pd.Series(row.data, index=names, dtype="int64").sort_values(
            ascending=False, kind="stable"
        )


def cluster_overview(
    bundle: Bundle, unit: Vectors, quality: pd.DataFrame | None = None
) -> ClusterOverview:
    """Look at all clusters of a bundle.

    Parameters
    ----------
    bundle : Bundle
    unit : Vectors
        The bundle's vectors, of length 1.
    quality : DataFrame, optional
        What `mmrec_core.evaluation.scored_pairs.per_query_table` gives.

    Notes
    -----
    Keep what it gives: of a million images and 1,400 clusters it takes seconds, and a minute if the
    bundle does not keep `ClusterDistances`.

    Examples
    --------
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.collection.cluster_overview import cluster_overview
    >>> from mmrec_core.serving.recommender import Recommender
    >>> bundle = open_bundle("artifacts/demo")
    >>> overview = cluster_overview(bundle, Recommender(bundle).collection.unit)
    >>> int(overview.table["size"].sum())
    538
    """
    cluster_of = np.asarray(bundle.cluster_of)
    n_clusters = len(bundle.centroids)
    distances = ClusterDistances.of_bundle(bundle, unit)
    own, other = distances.own, distances.other
    sizes = np.bincount(cluster_of, minlength=n_clusters)
    near, near_distances = _near(bundle)
    table = pd.DataFrame({"size": sizes, "spread": _mean(cluster_of, own, n_clusters)})
    silhouette = (other - own) / np.maximum(np.maximum(own, other), np.finfo(np.float32).tiny)
    table["silhouette"] = _mean(cluster_of, silhouette, n_clusters)
    codes, labels = pd.factorize(bundle.items["label"], sort=True)
    known = codes >= 0
    counts = _counts(cluster_of[known], codes[known], n_clusters, len(labels))
    table["labelled"] = np.asarray(counts.sum(axis=1), dtype=np.int64).ravel()
    table["label"], most = _most_common(counts, labels)
    labelled = table["labelled"].to_numpy()
    table["purity"] = np.divide(most, labelled, out=np.full(n_clusters, np.nan), where=labelled > 0)
    table["queries"], table["ndcg"] = _quality(cluster_of, quality, n_clusters)
    return ClusterOverview(
        table,
        _first(cluster_of, own, n_clusters),
        _first(cluster_of, other - own, n_clusters),
        distances.second,
        near,
        near_distances,
        tuple(map(str, labels)),
        counts,
        normalized_mutual_info_score(codes[known], cluster_of[known]) if known.any() else None,
    )


def _near(bundle: Bundle) -> tuple[np.ndarray, np.ndarray]:
    centroids, clip = np.asarray(bundle.centroids), bundle.clip_image.shape[1]
    blocks = Vectors(centroids[:, :clip], centroids[:, :0], centroids[:, clip:])
    distances = centroid_distances(blocks, centroids)
    np.fill_diagonal(distances, np.inf)
    near = distances.argsort(axis=1, kind="stable")[:, : min(NEAR, len(centroids) - 1)]
    return near, np.take_along_axis(distances, near, axis=1)


def _mean(cluster_of: np.ndarray, values: np.ndarray, n_clusters: int) -> np.ndarray:
    counts = np.bincount(cluster_of, minlength=n_clusters)
    sums = np.bincount(cluster_of, values, minlength=n_clusters)
    return np.divide(sums, counts, out=np.full(n_clusters, np.nan), where=counts > 0)


def _first(cluster_of: np.ndarray, values: np.ndarray, n_clusters: int) -> np.ndarray:
    """Return the rows of the `SHOWN` lowest values of each cluster, -1 filling up."""
    order = np.lexsort((values, cluster_of))
    starts = np.searchsorted(cluster_of[order], np.arange(n_clusters))
    places = np.arange(len(order)) - starts[cluster_of[order]]
    kept = places < SHOWN
    rows = np.full((n_clusters, SHOWN), -1, np.int64)
    rows[cluster_of[order[kept]], places[kept]] = order[kept]
    return rows


def _counts(cluster_of: np.ndarray, codes: np.ndarray, n_clusters: int, labels: int) -> csr_matrix:
    ones = np.ones(len(codes), np.int64)
    return coo_matrix((ones, (cluster_of, codes)), (n_clusters, labels)).tocsr()


def _most_common(counts: csr_matrix, labels: pd.Index) -> tuple[list[str | None], np.ndarray]:
    n_clusters = counts.shape[0]
    if not len(labels):
        return [None] * n_clusters, np.zeros(n_clusters)
    most = counts.max(axis=1).toarray().ravel()
    best = np.asarray(counts.argmax(axis=1)).ravel()
    return [str(labels[b]) if m else None for b, m in zip(best, most, strict=True)], most


def _quality(
    cluster_of: np.ndarray, quality: pd.DataFrame | None, n_clusters: int
) -> tuple[np.ndarray, np.ndarray]:
    if quality is None or quality.empty:
        return np.zeros(n_clusters, np.int64), np.full(n_clusters, np.nan)
    where = cluster_of[quality["query"].to_numpy()]
    name = "model_ndcg" if "model_ndcg" in quality else "fused_ndcg"
    known = quality[name].notna().to_numpy()
    return (
        np.bincount(where[known], minlength=n_clusters),
        _mean(where[known], quality[name].to_numpy()[known], n_clusters),
    )
