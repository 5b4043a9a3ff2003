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
from mmrec_core.collection.vectors import Vectors, lengths, products

_CHUNK = 8192  # rows


@dataclass(frozen=True, eq=False)
class LearnedMetric:
    """A linear map into the learned space.

    An image's point there has length 1. It is the sum of two shares, of its picture and of its
    caption, so a cosine is the sum of four products of shares.

    Attributes
    ----------
    mean : ndarray (2 · clip_dim + bert_dim,) float32
        Of picture and caption by CLIP and caption by BERT, each of length 1, side by side.
    weights : ndarray (2 · clip_dim + bert_dim, k) float32
    """

    mean: np.ndarray
    weights: np.ndarray

    def shares(self, vectors: Vectors) -> np.ndarray:
        """Return the shares of pictures and of captions in images' points: (n, 2, k) float16.

        What is missing of an image says nothing: it counts as the mean, its share is 0.

        Parameters
        ----------
        vectors : Vectors
            Of length 1.
        """
        shares = np.empty((len(vectors), 2, self.weights.shape[1]), dtype=np.float16)
        for rows in chunks(len(vectors)):
            shares[rows] = self._shares(vectors.rows(rows), self.weights)
        return shares

    def query_shares(self, query: Vectors) -> np.ndarray:
        """Return a query's, n = 1, two shares, (2, k) float32: on any threads the same."""
        return self._shares(query, self._exact_weights)[0].astype(np.float32)

    def _shares(self, vectors: Vectors, weights: np.ndarray) -> np.ndarray:
        images, pictures = centred(vectors, self.mean), vectors.clip_image.shape[1]
        images = images.astype(weights.dtype, copy=False)
        parts = images[:, :pictures] @ weights[:pictures], images[:, pictures:] @ weights[pictures:]
        with np.errstate(invalid="ignore"):
            return np.stack(parts, axis=1) / lengths(parts[0] + parts[1])[:, None, None]

    @cached_property
    def _exact_weights(self) -> np.ndarray:
        return self.weights.astype(np.float64)


@dataclass(frozen=True, eq=False)
class LearnedSpace:
    """The images of a collection in a learned space.

    Attributes
    ----------
    metric : LearnedMetric
    shares : ndarray (n, 2, k) float16
        Of pictures and captions in the images' points.
    moments : Moments
        Of the visible images' shares, those of each image in one vector (2 · k,).
    """

    metric: LearnedMetric
    shares: np.ndarray
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
        shares = metric.shares(vectors)
        return cls(metric, shares, Moments.of(shares.reshape(len(shares), -1), hidden))

    def standardised(self, query: Vectors, rows: np.ndarray, own: int) -> np.ndarray:
        """Return what pictures and captions add to the standardised cosines of a query with images.

        Each row's sum is its cosine, brought to mean 0 and deviation 1 over all images.

        Parameters
        ----------
        query : Vectors
            Of length 1, n = 1.
        rows : ndarray (m,) int
        own : int
            The query's own row if it counts in the moments, else -1.

        Returns
        -------
        ndarray (4, m) float64
            Of the two pictures, the two captions, the query's picture and the caption, and the
            query's caption and the picture; NaN where one of them is missing, or all cosines are
            equal.
        """
        queries = self._crossed(query)
        means, deviation = self._scale(queries, own)
        theirs = self.shares[rows]
        added = products(theirs.reshape(len(rows), -1), queries)
        standardised = (added - means[:, None]) / (deviation or np.nan)
        # As whole numbers: NumPy takes five times as long to look at halves.
        has_picture, has_caption = theirs.view(np.uint16).any(axis=2).T
        missing = np.stack([~has_picture, ~has_caption, ~has_caption, ~has_picture])
        missing[~queries.any(axis=1)] = True
        standardised[missing] = np.nan
        return standardised

    def scale(self, query: Vectors, own: int) -> tuple[np.ndarray, float]:
        """Return the means of the four products of shares, (4,), and the deviation of the cosines.

        Over all images but the query; parameters as of `standardised`.
        """
        return self._scale(self._crossed(query), own)

    def _scale(self, queries: np.ndarray, own: int) -> tuple[np.ndarray, float]:
        without = self.shares[own].ravel() if own >= 0 else None
        _, deviation = self.moments.of_cosines(queries.sum(axis=0), without)
        means = [self.moments.of_cosines(each, without)[0] for each in queries]
        return np.array(means), deviation

    def _crossed(self, query: Vectors) -> np.ndarray:
        """Return what the shares of images are multiplied with, (4, 2 · k): see `standardised`."""
        picture, caption = self.metric.query_shares(query)
        none = np.zeros_like(picture)
        return np.block([[picture, none], [none, caption], [none, picture], [caption, none]])


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
