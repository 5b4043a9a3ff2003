"""Clusters of the balanced embeddings: one k-means fit, and distances to its centroids.

Each modality is scaled to length 1 first, so neither decides the clusters by its scale. A distance
is the root mean square of the distances within the modalities that an image has: an image without
text is compared by its picture alone, on the same scale.
"""

import math

import numpy as np
from scipy.sparse import csr_array
from threadpoolctl import threadpool_limits

from mmrec_core.collection.vectors import Vectors

LARGEST_FULL_FIT = 20_000
ITERATIONS = 20
POINTS_A_CENTROID = 256
"""Of more points a sample is enough: the fit of a million images takes no longer than it."""


def default_number_of_clusters(images: int) -> int:
    """Return √(2n) clusters for n images: about 30 for 500 images, 500 for 125,000."""
    return max(1, min(images, round(math.sqrt(2 * images))))


def fit_centroids(
    unit: Vectors, n_clusters: int, seed: int, rows: np.ndarray | None = None
) -> np.ndarray:
    """Fit k-means on both modalities side by side.

    Parameters
    ----------
    unit : Vectors
        Vectors of length 1. Captions that are missing count as the mean caption.
    n_clusters : int
        Number of clusters; at most the number of distinct images is used.
    seed : int
        Seed of the initialisation.
    rows : ndarray (m,) int, optional
        Images that the fit may see; by default all.

    Returns
    -------
    ndarray (n_clusters, clip_dim + bert_dim) float32
        Centroids: the image block, then the text block.

    Notes
    -----
    Full k-means by scikit-learn (Lloyd, with k-means++ starts) up to 20,000 images, on one thread,
    as the order of summation would otherwise change the last bits; `faiss_centroids` above.
    """
    rows = np.arange(len(unit)) if rows is None else rows
    if len(rows) > LARGEST_FULL_FIT:
        generator = np.random.default_rng(seed)
        some = generator.permutation(len(rows))[: n_clusters * POINTS_A_CENTROID]
        points = unit.side_by_side(rows[np.sort(some)])
        return faiss_centroids(points, min(n_clusters, _distinct(points, n_clusters)), seed)
    from sklearn.cluster import KMeans  # only a build fits

    points = unit.side_by_side(rows)
    n_clusters = min(n_clusters, len(np.unique(points, axis=0)))
    model = KMeans(n_clusters, n_init=4, random_state=seed)
    with threadpool_limits(limits=1):
        model.fit(points)
    return model.cluster_centers_.astype(np.float32)


def faiss_centroids(
    points: np.ndarray, n_clusters: int, seed: int, iterations: int = ITERATIONS
) -> np.ndarray:
    """Fit k-means by faiss, from a random start, on all threads.

    Parameters
    ----------
    points : ndarray (n, d) float32
        At least ``n_clusters`` of them distinct.
    n_clusters, seed, iterations : int

    Returns
    -------
    ndarray (n_clusters, d) float32
        The same bytes for the same seed, whatever the number of threads: each adds up the points
        of its own centroids, in their order.

    Notes
    -----
    Johnson, Douze and Jégou 2021, "Billion-scale similarity search with GPUs". Centroids that lose
    all their points split the largest cluster.
    """
    import faiss

    fit = faiss.Kmeans(
        points.shape[1],
        n_clusters,
        niter=iterations,
        seed=seed,
        min_points_per_centroid=1,
        max_points_per_centroid=len(points),
    )
    fit.train(np.ascontiguousarray(points, dtype=np.float32))
    return np.asarray(fit.centroids)


def _distinct(points: np.ndarray, enough: int) -> int:
    """Count distinct rows, no further than to ``enough``."""
    seen: set[bytes] = set()
    for point in points:
        seen.add(point.tobytes())
        if len(seen) >= enough:
            break
    return len(seen)


def centroid_distances(unit: Vectors, centroids: np.ndarray) -> np.ndarray:
    """Return the distance of each image to each centroid, shape (n, n_clusters), float32."""
    image_dim = unit.clip_image.shape[1]
    squared = _squared_distances(unit.clip_image, centroids[:, :image_dim])
    text = _squared_distances(unit.bert_text, centroids[:, image_dim:])
    both = np.where(np.isnan(text), squared, (squared + text) / 2)
    return np.sqrt(np.maximum(both, 0), dtype=np.float32)


def assign(unit: Vectors, centroids: np.ndarray, chunk: int = 8192) -> np.ndarray:
    """Return the nearest centroid of each image, shape (n,), int32."""
    parts = [
        centroid_distances(unit.rows(slice(start, start + chunk)), centroids).argmin(axis=1)
        for start in range(0, len(unit), chunk)
    ]
    return np.concatenate(parts).astype(np.int32)


def given_clusters(unit: Vectors, given: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each image's cluster and the centroids, in the balanced space, for given clusters.

    Parameters
    ----------
    unit : Vectors
        Vectors of length 1.
    given : ndarray (n,) int
        Any number a cluster; -1 for an image without, which goes into the nearest.

    Returns
    -------
    cluster_of : ndarray (n,) int32
        Clusters numbered from 0, in the order of the given numbers.
    centroids : ndarray (n_clusters, clip_dim + bert_dim) float32
        Means of the members that were given.
    """
    known = np.flatnonzero(given >= 0)
    numbers, places = np.unique(given[known], return_inverse=True)
    ones = np.ones(len(known), np.float32)
    member = csr_array((ones, (places, known)), (len(numbers), len(unit)))
    sizes = np.bincount(places)[:, None]
    centroids = (member @ unit.side_by_side() / sizes).astype(np.float32)
    cluster_of = assign(unit, centroids)
    cluster_of[known] = places
    return cluster_of, centroids


def _squared_distances(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    lengths = np.einsum("ij,ij->i", points, points)[:, None]
    return lengths + np.einsum("ij,ij->i", centres, centres)[None] - 2 * points @ centres.T
