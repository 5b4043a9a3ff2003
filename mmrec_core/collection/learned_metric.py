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

from mmrec_core.collection.vectors import Vectors, lengths

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
