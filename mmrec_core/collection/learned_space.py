"""A collection in the space of a `LearnedMetric`: how alike images are there, and what is near."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mmrec_core.bundle.layout import STORED_NEIGHBOURS
from mmrec_core.collection.learned_metric import LearnedMetric
from mmrec_core.collection.moments import Moments
from mmrec_core.collection.neighbours import CHUNK, similarities
from mmrec_core.collection.total_order import exact_cosines, most_similar
from mmrec_core.collection.training_relevance import TrainingRelevance
from mmrec_core.collection.vectors import Vectors, products

_NONE = np.zeros(0, dtype=np.int64)


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
    near_judged : ndarray (n, 21) int32
        The candidates of judged pairs that are nearest to each image, nearest first; -1 fills up.
    """

    metric: LearnedMetric
    shares: np.ndarray
    moments: Moments
    near_judged: np.ndarray

    @classmethod
    def of(
        cls,
        metric: LearnedMetric,
        vectors: Vectors,
        relevance: TrainingRelevance,
        hidden: np.ndarray | None = None,
        rows: np.ndarray | None = None,
    ) -> "LearnedSpace":
        """Place images in the space, and find judged ones near them.

        Parameters
        ----------
        metric : LearnedMetric
        vectors : Vectors
            Of all n images, of length 1.
        relevance : TrainingRelevance
            The judged pairs.
        hidden : ndarray (n,) bool, optional
            Images that do not count in the moments.
        rows : ndarray (m,) int, optional
            The images for which judged ones are looked for; all of them if not given.
        """
        near = np.full((len(vectors), STORED_NEIGHBOURS), -1, dtype=np.int32)
        asked = np.arange(len(vectors)) if rows is None else rows
        return cls._of(metric, vectors, relevance, hidden, near, asked)

    def changed(
        self, vectors: Vectors, relevance: TrainingRelevance, kept: np.ndarray
    ) -> "LearnedSpace":
        """Return the space of a collection from which images were taken, or to which some came.

        Judged images are looked for only near new images, and where a list lost one.

        Parameters
        ----------
        vectors : Vectors
            Of all its m images, of length 1: those that are left, then new ones.
        relevance : TrainingRelevance
            Its judged pairs.
        kept : ndarray (k,) int
            Rows of those that are left, as they were before.
        """
        row_of = np.full(len(self.near_judged), -1, dtype=np.int32)
        row_of[kept] = np.arange(len(kept))
        judged = np.zeros(len(vectors), dtype=bool)
        judged[relevance.candidates] = True
        old = self.near_judged[kept]
        near = np.full((len(vectors), STORED_NEIGHBOURS), -1, dtype=np.int32)
        near[: len(kept)] = np.where(old >= 0, row_of[old], -1)
        lost = (old >= 0) & ((near[: len(kept)] < 0) | ~judged[near[: len(kept)]])
        rows = np.flatnonzero(lost.any(axis=1))
        asked = np.concatenate([rows, np.arange(len(kept), len(vectors))])
        return self._of(self.metric, vectors, relevance, None, near, asked)

    @classmethod
    def _of(
        cls,
        metric: LearnedMetric,
        vectors: Vectors,
        relevance: TrainingRelevance,
        hidden: np.ndarray | None,
        near: np.ndarray,
        asked: np.ndarray,
    ) -> "LearnedSpace":
        shares = metric.shares(vectors)
        moments = Moments.of(shares.reshape(len(shares), -1), hidden)
        space = cls(metric, shares, moments, near)
        judged = Points(space, relevance.candidates)
        for start in range(0, len(asked), CHUNK):
            part = asked[start : start + CHUNK]
            near[part] = judged.nearest(_points(shares[part]), part, STORED_NEIGHBOURS)
        return space

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
        # As whole numbers but for the sign: NumPy takes five times as long to look at halves.
        has_picture, has_caption = (theirs.view(np.uint16) & 0x7FFF).any(axis=2).T
        missing = np.stack([~has_picture, ~has_caption, ~has_caption, ~has_picture])
        missing[~queries.any(axis=1)] = True
        standardised[missing] = np.nan
        return standardised

    def scale(self, query: Vectors, own: int) -> tuple[np.ndarray, float]:
        """Return the means of the four products of shares, (4,), and the deviation of the cosines.

        Over all images but the query; parameters as of `standardised`.
        """
        return self._scale(self._crossed(query), own)

    def point(self, query: Vectors) -> np.ndarray:
        """Return where a query, n = 1, lies, as an image of the collection would: (k,) float16."""
        return self.metric.query_shares(query).sum(axis=0).astype(np.float16)

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


def _points(shares: np.ndarray) -> np.ndarray:
    """Return the points that shares (n, 2, k) add up to, (n, k) float16."""
    return shares.astype(np.float32).sum(axis=1).astype(np.float16)


class Points:
    """Some images of a learned space, among which the nearest are found.

    Parameters
    ----------
    space : LearnedSpace
    rows : ndarray (j,) int
        The images, ascending.
    """

    def __init__(self, space: LearnedSpace, rows: np.ndarray):
        points = _points(space.shares[rows])
        somewhere = ~np.isnan(points[:, 0])  # not so where all of an image is the mean
        self._rows, self._points = rows[somewhere], points[somewhere]

    def nearest(self, queries: np.ndarray, own: np.ndarray, length: int) -> np.ndarray:
        """Return which of them are nearest to each query, but itself, by `total_order`.

        Parameters
        ----------
        queries : ndarray (m, k) float16
            Where the queries lie.
        own : ndarray (m,) int
            The row of each; -1 if it is no image of the collection.
        length : int

        Returns
        -------
        ndarray (m, length) int32
            Nearest first; -1 fills up.
        """
        if not len(self._rows):
            return np.full((len(queries), length), -1, dtype=np.int32)
        place = np.searchsorted(self._rows, own).clip(max=len(self._rows) - 1)
        itself = np.where(self._rows[place] == own, place, -1)
        points = self._points if len(queries) == 1 else self._single
        cosines = similarities(queries.astype(np.float32), points, itself, _NONE)

        def exact(which: int, columns: np.ndarray) -> np.ndarray:
            return exact_cosines(self._points[columns], queries[which])

        found = most_similar(cosines, length, exact)
        return np.where(found >= 0, self._rows[found], -1).astype(np.int32)

    @cached_property
    def _single(self) -> np.ndarray:
        """In single precision: of many queries, products are faster by far."""
        return self._points.astype(np.float32)
