"""A space learned from pairs that were judged relevant: what such pairs have in common counts most.

Pictures and captions lie side by side in one vector. Directions in which relevant pairs differ
little, compared with images in general, are stretched, the others shrink: the cosine in that space
says how alike two images are in what judgements went by. It is the two-covariance model of Ioffe
2006, "Probabilistic linear discriminant analysis", fitted on pairs as in Bar-Hillel et al. 2005,
"Learning a Mahalanobis metric from equivalence constraints".
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigh
from sklearn.decomposition import PCA

from mmrec_core.collection.moments import Moments
from mmrec_core.collection.vectors import Vectors, products, unit

DIMENSIONS = 128
MOST_DRAWN = 10_000
"""Of as many images at most it is learned how images differ in general."""
_MOST_PRINCIPAL = 512
_CHUNK = 8192  # rows


@dataclass(frozen=True, eq=False)
class LearnedMetric:
    """A linear map into the learned space.

    Attributes
    ----------
    mean : ndarray (2 · clip_dim + bert_dim,) float32
        Of picture and caption by CLIP and caption by BERT, each of length 1, side by side.
    weights : ndarray (2 · clip_dim + bert_dim, k) float32
    """

    mean: np.ndarray
    weights: np.ndarray

    def points(self, vectors: Vectors) -> np.ndarray:
        """Return where images lie in the space, at length 1: (n, k) float16.

        What is missing of an image says nothing: it counts as the mean.

        Parameters
        ----------
        vectors : Vectors
            Of length 1.
        """
        points = np.empty((len(vectors), self.weights.shape[1]), dtype=np.float16)
        for rows in _chunks(len(vectors)):
            points[rows] = unit(_centred(vectors.rows(rows), self.mean) @ self.weights)
        return points


@dataclass(frozen=True, eq=False)
class LearnedSpace:
    """The images of a collection in a learned space.

    Attributes
    ----------
    metric : LearnedMetric
    points : ndarray (n, k) float16
        Of length 1.
    moments : Moments
        Of the visible images' points.
    """

    metric: LearnedMetric
    points: np.ndarray
    moments: Moments

    @classmethod
    def of(
        cls, metric: LearnedMetric, vectors: Vectors, hidden: np.ndarray | None = None
    ) -> "LearnedSpace":
        """Place images in the space.

        Parameters
        ----------
        metric : LearnedMetric
        vectors : Vectors
            Of all n images, of length 1.
        hidden : ndarray (n,) bool, optional
            Images that do not count in the moments.
        """
        points = metric.points(vectors)
        return cls(metric, points, Moments.of(points, hidden))

    def standardised(self, query: Vectors, rows: np.ndarray, own: int) -> np.ndarray:
        """Return cosines of a query with images, brought to mean 0 and deviation 1 over all images.

        Parameters
        ----------
        query : Vectors
            Of length 1, n = 1.
        rows : ndarray (m,) int
        own : int
            The query's own row if it counts in the moments, else -1.

        Returns
        -------
        ndarray (m,) float64
            NaN where all cosines are equal.
        """
        point = self.metric.points(query)
        without = self.points[own] if own >= 0 else None
        mean, deviation = self.moments.of_cosines(point[0].astype(np.float32), without)
        return (products(self.points[rows], point)[0] - mean) / (deviation or np.nan)


class MetricLearner:
    """Learns a metric from pairs; what it knows of images in general is computed once.

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
        self._vectors = vectors
        blocks = vectors.rows(np.sort(drawn))
        self._mean = _mean(blocks)
        images = _centred(blocks, self._mean)
        count = min(_MOST_PRINCIPAL, len(images) // 2, images.shape[1])
        self._principal = np.zeros((images.shape[1], 0), dtype=np.float32)
        if count:
            found = PCA(count, svd_solver="randomized", random_state=seed).fit(images)
            self._principal = found.components_.T.astype(np.float32)
        there = (images @ self._principal).astype(np.float64)
        self._in_general = there.T @ there / max(len(there), 1)

    def learn(self, queries: np.ndarray, candidates: np.ndarray) -> LearnedMetric | None:
        """Learn from relevant pairs; None if there are none that differ.

        Every query weighs the same. The covariance of the pairs' differences is drawn towards that
        of no direction, as if each direction were a query more: a few pairs change little.

        Parameters
        ----------
        queries, candidates : ndarray (n,) int
            Rows of the pairs' two images.
        """
        if not len(queries) or not len(self._in_general):
            return None
        _, query_of, counts = np.unique(queries, return_inverse=True, return_counts=True)
        share = 1 / (2 * counts[query_of])
        size = len(self._in_general)
        within = np.zeros((size, size))
        for rows in _chunks(len(queries)):
            apart = self._in_principal(queries[rows]) - self._in_principal(candidates[rows])
            within += (apart.T * share[rows]) @ apart
        prior = np.trace(within) / len(counts)
        if not prior:
            return None
        within = (within + prior * np.eye(size)) / (len(counts) + size)
        ratios, directions = eigh(self._in_general, within)
        most = np.argsort(-ratios, kind="stable")[:DIMENSIONS]
        between = np.maximum(ratios[most] - 1, 0)
        stretched = directions[:, most] * np.sqrt(between / (1 + between))
        return LearnedMetric(self._mean, self._principal @ stretched.astype(np.float32))

    def _in_principal(self, rows: np.ndarray) -> np.ndarray:
        there = _centred(self._vectors.rows(rows), self._mean) @ self._principal
        return there.astype(np.float64)


def _chunks(length: int) -> Iterator[slice]:
    for start in range(0, length, _CHUNK):
        yield slice(start, start + _CHUNK)


def _mean(vectors: Vectors) -> np.ndarray:
    """Return the mean of each number where it is known, 0 where it never is."""
    blocks = _side_by_side(vectors)
    known = ~np.isnan(blocks)
    total = np.where(known, blocks, 0).sum(axis=0, dtype=np.float64)
    return (total / np.maximum(known.sum(axis=0), 1)).astype(np.float32)


def _centred(vectors: Vectors, mean: np.ndarray) -> np.ndarray:
    return np.nan_to_num(_side_by_side(vectors) - mean)


def _side_by_side(vectors: Vectors) -> np.ndarray:
    return np.hstack([vectors.clip_image, vectors.clip_text, vectors.bert_text], dtype=np.float32)
