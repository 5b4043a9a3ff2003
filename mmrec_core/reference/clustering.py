"""The reference's clusters and candidates: k-means, and all images of the three nearest."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from sklearn.cluster import KMeans, MiniBatchKMeans
from threadpoolctl import threadpool_limits

from mmrec_core.collection.clusters import LARGEST_FULL_FIT
from mmrec_core.collection.vectors import Vectors
from mmrec_core.reference.faults import Faults

NEAREST = 3
_CHUNK = 4096


def number_of_clusters(images: int) -> int:
    """Return √(8n) clusters for n images: the reference's 1,000 for 125,000, 66 for 538."""
    return max(1, min(images, round(math.sqrt(8 * images))))


@dataclass(frozen=True, eq=False)
class ReferenceClusters:
    """Each image's cluster and nearest clusters.

    Attributes
    ----------
    labels : ndarray (n,) int32
    nearest : ndarray (n, 3) int32
        Own cluster first.
    """

    labels: np.ndarray
    nearest: np.ndarray

    @cached_property
    def members(self) -> list[np.ndarray]:
        """The rows of each cluster, ascending."""
        order = np.argsort(self.labels, kind="stable")
        sizes = np.bincount(self.labels, minlength=int(self.nearest.max()) + 1)
        return np.split(order, np.cumsum(sizes)[:-1])

    @cached_property
    def _unions(self) -> dict[tuple[int, ...], np.ndarray]:
        return {}

    def candidates(self, row: int) -> np.ndarray:
        """Return all images of the nearest clusters but ``row`` itself, ascending, (m,) int64."""
        near = tuple(sorted(self.nearest[row].tolist()))
        if near not in self._unions:  # many images have the same
            self._unions[near] = np.sort(np.concatenate([self.members[c] for c in near]))
        rows = self._unions[near]
        return rows[rows != row]


def reference_clusters(
    vectors: Vectors, held_out: np.ndarray, n_clusters: int, faults: Faults, seed: int
) -> ReferenceClusters:
    """Fit k-means, twice where the faults say so, and place all images.

    The reference fits on all images. Without `Faults.kmeans_on_all` the held-out ones are placed
    only.

    With `Faults.double_kmeans` the labels come from one fit and the distances from another, whose
    clusters have other numbers: the second and third nearest are then arbitrary clusters.

    Parameters
    ----------
    vectors : Vectors
        Not normalised; a missing caption counts as the mean caption.
    held_out : ndarray (n,) bool
        The images of held-out queries.
    n_clusters : int
    faults : Faults
    seed : int
        Of the first fit; the second has the next.
    """
    scaled = vectors if faults.raw_concatenation else vectors.normalised
    points = scaled.side_by_side()
    fitted = points if faults.kmeans_on_all else points[~held_out]
    first = _fit(fitted, n_clusters, seed)
    second = _fit(fitted, n_clusters, seed + 1) if faults.double_kmeans else first
    labels = np.asarray(first.predict(points), dtype=np.int32)
    parts = [
        nearest_clusters(
            labels[start : start + _CHUNK], second.transform(points[start : start + _CHUNK])
        )
        for start in range(0, len(points), _CHUNK)
    ]
    return ReferenceClusters(labels, np.concatenate(parts))


def nearest_clusters(labels: np.ndarray, distances: np.ndarray) -> np.ndarray:
    """Return each image's own cluster and the nearest others, (n, at most 3) int32.

    Parameters
    ----------
    labels : ndarray (n,) int
    distances : ndarray (n, n_clusters) float
    """
    distances = distances.copy()
    distances[np.arange(len(labels)), labels] = -1
    order = np.argsort(distances, axis=1, kind="stable")
    return order[:, :NEAREST].astype(np.int32)


def _fit(points: np.ndarray, n_clusters: int, seed: int) -> KMeans | MiniBatchKMeans:
    model = (
        KMeans(n_clusters, n_init=1, random_state=seed)
        if len(points) <= LARGEST_FULL_FIT
        else MiniBatchKMeans(n_clusters, batch_size=4096, n_init=1, max_iter=8, random_state=seed)
    )
    with threadpool_limits(limits=1):  # the order of summation would change the last bits
        return model.fit(points)
