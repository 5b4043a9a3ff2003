"""Learning a metric from relevant pairs: `mmrec_core.collection.learned_metric` says what it is."""

from functools import cached_property

import numpy as np
from scipy.linalg import eigh
from sklearn.decomposition import PCA

from mmrec_core.collection.learned_metric import LearnedMetric, centred, chunks, side_by_side
from mmrec_core.collection.vectors import Vectors

DIMENSIONS = 128
MOST_DRAWN = 10_000
"""Of as many images at most it is learned how images differ in general."""
_MOST_PRINCIPAL = 512


class MetricLearner:
    """Learns a metric from pairs; what it knows of images in general is computed once, if ever.

    Parameters
    ----------
    vectors : Vectors
        Of the collection's n images, of length 1.
    drawn : ndarray (m,) int
        Rows of images that may be fitted on.
    seed : int
        Of the principal components, which are found by random projections.
    """

    def __init__(self, vectors: Vectors, drawn: np.ndarray, seed: int):
        self._vectors, self._drawn, self._seed = vectors, drawn, seed

    def learn(self, queries: np.ndarray, candidates: np.ndarray) -> LearnedMetric | None:
        """Learn from relevant pairs; None if there are none that differ.

        Every query weighs the same. The covariance of the pairs' differences is drawn towards that
        of no direction, as if each direction were a query more: a few pairs change little.

        Parameters
        ----------
        queries, candidates : ndarray (n,) int
            Rows of the pairs' two images.
        """
        if not len(queries) or self._general is None:
            return None
        mean, principal, in_general = self._general
        _, query_of, counts = np.unique(queries, return_inverse=True, return_counts=True)
        share = 1 / (2 * counts[query_of])
        size = len(in_general)
        within = np.zeros((size, size))
        for rows in chunks(len(queries)):
            first, second = (
                centred(self._vectors.rows(images[rows]), mean) @ principal
                for images in (queries, candidates)
            )
            apart = (first - second).astype(np.float64)
            within += (apart.T * share[rows]) @ apart
        prior = np.trace(within) / len(counts)
        if not prior:
            return None
        within = (within + prior * np.eye(size)) / (len(counts) + size)
        ratios, directions = eigh(in_general, within)
        most = np.argsort(-ratios, kind="stable")[:DIMENSIONS]
        between = np.maximum(ratios[most] - 1, 0)
        if not between.any():
            return None
        stretched = directions[:, most] * np.sqrt(between / (1 + between))
        return LearnedMetric(mean, principal @ stretched.astype(np.float32))

    @cached_property
    def _general(self) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
        """The mean of images, their principal components and the covariance among these.

        None of too few images, or of equal ones.
        """
        blocks = self._vectors.rows(np.sort(self._drawn))
        mean = _mean(blocks)
        images = centred(blocks, mean)
        count = min(_MOST_PRINCIPAL, len(images) // 2, images.shape[1])
        if not count or not images.any():
            return None
        found = PCA(count, svd_solver="randomized", random_state=self._seed).fit(images)
        principal = found.components_.T.astype(np.float32)
        there = (images @ principal).astype(np.float64)
        return mean, principal, there.T @ there / len(there)


def _mean(vectors: Vectors) -> np.ndarray:
    """Return the mean of each number where it is known, 0 where it never is."""
    blocks = side_by_side(vectors)
    known = ~np.isnan(blocks)
    total = np.where(known, blocks, 0).sum(axis=0, dtype=np.float64)
    return (total / np.maximum(known.sum(axis=0), 1)).astype(np.float32)
