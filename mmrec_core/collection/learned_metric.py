"""A space learned from pairs that were judged relevant: what such pairs have in common counts most.

Pictures and captions lie side by side in one vector. Directions in which relevant pairs differ
little, compared with images in general, are stretched, the others shrink: the cosine in that space
says how alike two images are in what judgements went by. It is the two-covariance model of Ioffe
2006, "Probabilistic linear discriminant analysis", fitted on pairs as in Bar-Hillel et al. 2005,
"Learning a Mahalanobis metric from equivalence constraints".
`mmrec_core.building.metric_learner` learns it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mmrec_core.collection.moments import Moments
from mmrec_core.collection.vectors import Vectors, products, unit

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
        for rows in chunks(len(vectors)):
            points[rows] = unit(centred(vectors.rows(rows), self.mean) @ self.weights)
        return points

    def point(self, query: Vectors) -> np.ndarray:
        """Return where a query, n = 1, lies at length 1, (k,) float32: on any threads the same."""
        place = centred(query, self.mean)[0].astype(np.float64) @ self._exact_weights
        return unit(place.astype(np.float32))

    @cached_property
    def _exact_weights(self) -> np.ndarray:
        return self.weights.astype(np.float64)


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
        point = self.metric.point(query)
        without = self.points[own] if own >= 0 else None
        mean, deviation = self.moments.of_cosines(point, without)
        return (products(self.points[rows], point[None])[0] - mean) / (deviation or np.nan)


def chunks(length: int) -> Iterator[slice]:
    """Yield so many rows in slices that are small beside memory."""
    for start in range(0, length, _CHUNK):
        yield slice(start, start + _CHUNK)


def centred(vectors: Vectors, mean: np.ndarray) -> np.ndarray:
    """Return vectors side by side without their mean, 0 where one is missing: (n, d) float32."""
    return np.nan_to_num(side_by_side(vectors) - mean)


def side_by_side(vectors: Vectors) -> np.ndarray:
    """Return picture, CLIP caption and BERT caption in one row each, (n, d) float32."""
    return np.hstack([vectors.clip_image, vectors.clip_text, vectors.bert_text], dtype=np.float32)
