"""A collection in the space of a `LearnedMetric`: how alike images are there, and what is near."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mmrec_core.bundle.layout import STORED_NEIGHBOURS
from mmrec_core.collection.learned_metric import LearnedMetric
from mmrec_core.collection.moments import Moments
from mmrec_core.collection.neighbours import CHUNK, LIST_LENGTH
from mmrec_core.collection.total_order import exact_cosines, most_similar
from mmrec_core.collection.training_relevance import TrainingRelevance
from mmrec_core.collection.vectors import Vectors, products


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
    queries : ndarray (t,) int32
        The training queries with judged pairs.
    near_judged : ndarray (n, 21) int32
        Those of their judged candidates that are nearest to each image, nearest first; -1 fills up.
    """

    metric: LearnedMetric
    shares: np.ndarray
    moments: Moments
    queries: np.ndarray
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
        shares = metric.shares(vectors)
        moments = Moments.of(shares.reshape(len(shares), -1), hidden)
        near = np.full((len(shares), STORED_NEIGHBOURS), -1, dtype=np.int32)
        asked, judged = np.arange(len(shares)) if rows is None else rows, relevance.candidates
        points = _points(shares[judged])
        for start in range(0, len(asked), CHUNK):
            part = asked[start : start + CHUNK]
            near[part] = _nearest(points, judged, _points(shares[part]), part, STORED_NEIGHBOURS)
        return cls(metric, shares, moments, relevance.queries, near)

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

    def nearest_queries(self, query: Vectors, row: int) -> np.ndarray:
        """Return the training queries nearest to a query, (20,) int32, nearest first; -1 fills up.

        Parameters
        ----------
        query : Vectors
            Of length 1, n = 1.
        row : int
            Its row if it is an image of the collection, which is not near itself; else -1.
        """
        point = self.metric.query_shares(query).sum(axis=0)[None].astype(np.float16)
        return _nearest(self._query_points, self.queries, point, np.array([row]), LIST_LENGTH)[0]

    @cached_property
    def _query_points(self) -> np.ndarray:
        return _points(self.shares[self.queries])

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


def _nearest(
    points: np.ndarray, images: np.ndarray, queries: np.ndarray, own: np.ndarray, length: int
) -> np.ndarray:
    """Return which of some images are nearest to each query, but itself: (m, length) int32.

    Parameters
    ----------
    points : ndarray (j, k) float16
        Of the images.
    images : ndarray (j,) int
        Their rows, ascending.
    queries : ndarray (m, k) float16
        The points of the queries.
    own : ndarray (m,) int
        The row of each query; -1 if it is none of the collection.
    length : int
    """
    if len(queries) == 1:
        cosines = products(points, queries)
    else:
        import torch  # its matrix products are several times as fast as NumPy's

        halves = (torch.from_numpy(part.astype(np.float32)) for part in (queries, points))
        cosines = torch.matmul(next(halves), next(halves).T).numpy()
    cosines[np.isnan(cosines)] = -np.inf
    place = np.searchsorted(images, own).clip(max=len(images) - 1)
    itself = np.flatnonzero(images[place] == own)
    cosines[itself, place[itself]] = -np.inf

    def exact(which: int, columns: np.ndarray) -> np.ndarray:
        return exact_cosines(points[columns], queries[which])

    found = most_similar(cosines, length, exact)
    return np.where(found >= 0, images[found], -1).astype(np.int32)
