"""The images nearest a query by all similarities together, each on its own scale.

Cosines of pictures, of captions and across both spread differently: a mean of raw cosines goes by
whichever spreads the most. Here each similarity is brought to mean 0 and deviation 1 over the
query's scores first, as scores of several systems are when they are fused (Montague and Aslam 2001,
"Relevance score normalization for metasearch").
"""

from dataclasses import dataclass
from functools import partial

import numpy as np

from mmrec_core.collection.total_order import exact_cosines, most_similar, place_of
from mmrec_core.collection.vectors import Vectors

IMAGE, TEXT_TO_IMAGE, CLIP_TEXT, IMAGE_TO_TEXT, BERT_TEXT = range(5)
"""Similarities of the pictures; of the query's caption and the picture; of the captions (CLIP);
of the query's picture and the caption; of the captions (BERT)."""

_DIGITS = 5
"""Means and deviations are rounded, so that another machine's last digits change no order."""


@dataclass(frozen=True, eq=False)
class StandardisedSimilarity:
    """How near all images of a collection are to one query.

    Attributes
    ----------
    sums : ndarray (n,) float32
        A weighted mean of cosines, which has the order of the sum of the standardised similarities;
        -inf for images that are out of the question.
    means, deviations : ndarray (5,) float64
        Of each similarity over the images; both 0 where there is none.
    """

    unit: Vectors
    query: Vectors
    sums: np.ndarray
    means: np.ndarray
    deviations: np.ndarray

    @classmethod
    def of(cls, unit: Vectors, query: Vectors, excluded: np.ndarray) -> "StandardisedSimilarity":
        """Compare a query with all images.

        Parameters
        ----------
        unit : Vectors
            Of length 1, n images.
        query : Vectors
            Of length 1, n = 1.
        excluded : ndarray (n,) bool
            Images that neither count nor are found: hidden ones, and the query itself.

        Notes
        -----
        Where an image or the query has no caption, a similarity counts as average.
        """
        image, text = query.clip_image[0], query.clip_text[0]
        cosines = np.concatenate(
            [
                (unit.clip_image @ np.stack([image, text]).T).T,
                (unit.clip_text @ np.stack([text, image]).T).T,
                (unit.bert_text @ query.bert_text.T).T,
            ]
        )
        means, deviations = _scales(cosines[:, ~excluded])
        weights = _weights(deviations)
        sums = (weights @ np.nan_to_num(cosines - means[:, None])).astype(np.float32)
        sums[excluded] = -np.inf
        return cls(unit, query, sums, means, deviations)

    def nearest(self, size: int) -> np.ndarray:
        """Return the rows of the ``size`` nearest images, nearest first, (at most size,) int64."""
        rows = most_similar(self.sums[None], size, self._exact)[0]
        return rows[rows >= 0].astype(np.int64)

    def place_of(self, row: int) -> int | None:
        """Return an image's place among all by nearness, from 1; None if it is excluded."""
        return place_of(self.sums, row, partial(self._exact, 0))

    def standardise(self, cosines: np.ndarray) -> np.ndarray:
        """Return cosines (5, m) as deviations from the query's mean, NaN where there is none."""
        scale = np.where(self.deviations > 0, self.deviations, np.nan)
        return (cosines - self.means[:, None]) / scale[:, None]

    def _exact(self, _: int, rows: np.ndarray) -> np.ndarray:
        theirs, mine = self.unit.rows(rows), self.query
        cosines = np.stack(
            [
                exact_cosines(theirs.clip_image, mine.clip_image[0]),
                exact_cosines(theirs.clip_image, mine.clip_text[0]),
                exact_cosines(theirs.clip_text, mine.clip_text[0]),
                exact_cosines(theirs.clip_text, mine.clip_image[0]),
                exact_cosines(theirs.bert_text, mine.bert_text[0]),
            ]
        )
        return _weights(self.deviations) @ np.nan_to_num(cosines - self.means[:, None])


def _scales(cosines: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    known = ~np.isnan(cosines)
    counts = np.maximum(known.sum(axis=1), 1)
    filled = np.where(known, cosines, 0).astype(np.float64)
    means = filled.sum(axis=1) / counts
    squares = np.where(known, filled - means[:, None], 0) ** 2
    deviations = np.sqrt(squares.sum(axis=1) / counts)
    return np.round(means, _DIGITS), np.round(deviations, _DIGITS)


def _weights(deviations: np.ndarray) -> np.ndarray:
    """Return the share of each similarity's cosine in the sum, 0 where all cosines are equal."""
    weights = np.divide(1, deviations, out=np.zeros(len(deviations)), where=deviations > 0)
    return weights / (weights.sum() or 1)
