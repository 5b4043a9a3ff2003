"""Relevance estimated from the judged pairs of similar training queries.

A pair without a judgement gets an estimate from the judged pairs around it: the training queries
near the query, each with the judged images near the candidate, both in the space learned from
relevant pairs (`mmrec_core.collection.learned_space`). It is a nearest-neighbour estimate in the
space of pairs, on both sides, as in Sarwar et al. 2001, "Item-based collaborative filtering
recommendation algorithms", and Wang, de Vries and Reinders 2006, "Unifying user-based and
item-based collaborative filtering approaches by similarity fusion".
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from mmrec_core.collection.neighbours import LIST_LENGTH
from mmrec_core.inputs.judgements import TRAIN

_WEIGHTS = 0.8 ** np.arange(LIST_LENGTH)  # by place in a neighbour list
_ITSELF = 2.0
_PRIOR = 2.0  # judgements of the average pair that every estimate starts from


def judged_for_training(pairs: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return queries, candidates (rows) and relevance (0 or 1) of the training queries' pairs.

    Parameters
    ----------
    pairs : DataFrame
        ``query``, ``candidate`` (rows), ``relevance``, ``split``; after a training with verdicts
        with ``built_relevance``, which is what counts: features stay as they were.
    """
    pairs = pairs[pairs["split"] == TRAIN]
    relevance = pairs.get("built_relevance", pairs["relevance"]).to_numpy()
    pairs, relevance = pairs[relevance >= 0], relevance[relevance >= 0]
    return pairs["query"].to_numpy(), pairs["candidate"].to_numpy(), relevance


@dataclass(frozen=True, eq=False)
class TrainingPairs:
    """The judged pairs that an estimate rests on, those of most weight first.

    ``weights @ relevance + prior * share`` is the estimate; ``weights`` and ``prior`` add up to 1.

    Attributes
    ----------
    queries, candidates : ndarray (n,) int64
        Rows of the pairs' two images.
    relevance : ndarray (n,) float64
        1 or 0.
    weights : ndarray (n,) float64
        Each pair's part in the estimate.
    prior : float
        The part of the average pair, which every estimate starts from.
    share : float
        Of all judged pairs of training queries, how many are relevant.
    """

    queries: np.ndarray
    candidates: np.ndarray
    relevance: np.ndarray
    weights: np.ndarray
    prior: float
    share: float

    @property
    def estimate(self) -> float:
        """The estimate that they add up to."""
        return float(self.weights @ self.relevance + self.prior * self.share)


@dataclass(frozen=True, eq=False)
class TrainingRelevance:
    """The judged pairs of training queries.

    Attributes
    ----------
    known, relevant : csr_array (images, images)
        1 where the pair of the row's training query and the column's image was judged, and where it
        was judged relevant.
    share : float
        Of the known pairs, how many are relevant.
    """

    known: csr_array
    relevant: csr_array
    share: float

    @classmethod
    def of(cls, pairs: pd.DataFrame, images: int) -> "TrainingRelevance | None":
        """Take the training queries' pairs of a bundle, None if there are none.

        Parameters
        ----------
        pairs : DataFrame
            As of `judged_for_training`.
        images : int
            Number of images.
        """
        queries, candidates, relevance = judged_for_training(pairs)
        if not len(queries):
            return None
        where, shape = (queries, candidates), (images, images)
        return cls(
            csr_array((np.ones(len(queries)), where), shape=shape),
            csr_array((relevance.astype(float), where), shape=shape),
            float(relevance.mean()),
        )

    @cached_property
    def queries(self) -> np.ndarray:
        """The rows of the training queries with judged pairs, ascending, int32."""
        return np.flatnonzero(np.diff(self.known.indptr)).astype(np.int32)

    @cached_property
    def candidates(self) -> np.ndarray:
        """The rows of the images that they were judged with, ascending, int32."""
        return np.unique(self.known.indices).astype(np.int32)

    def estimate(self, neighbours: np.ndarray, rows: np.ndarray, theirs: np.ndarray) -> np.ndarray:
        """Estimate how relevant images are to a query, whose own judgements are not used.

        Parameters
        ----------
        neighbours : ndarray (20,) int
            The training queries nearest to the query; -1 fills up.
        rows : ndarray (n,) int
            The images.
        theirs : ndarray (n, 20) int
            The judged images nearest to each, without the query.

        Returns
        -------
        ndarray (n,) float64
            0 to 1; the average share where nothing near was judged.
        """
        near = neighbours[neighbours >= 0]
        around = _WEIGHTS * (theirs >= 0)
        sums = []
        for matrix in (self.relevant, self.known):
            by_image = np.zeros(matrix.shape[1])
            for weight, query in zip(_WEIGHTS[: len(near)], near, strict=True):
                judged = slice(matrix.indptr[query], matrix.indptr[query + 1])
                by_image[matrix.indices[judged]] += weight * matrix.data[judged]
            own = _ITSELF * by_image[rows]
            sums.append(own + np.einsum("nk,nk->n", around, by_image[theirs]))
        return (sums[0] + _PRIOR * self.share) / (sums[1] + _PRIOR)

    def pairs_behind(self, neighbours: np.ndarray, row: int, theirs: np.ndarray) -> TrainingPairs:
        """Return the judged pairs that the `estimate` of one image rests on.

        Parameters
        ----------
        neighbours : ndarray (20,) int
            The training queries nearest to the query; -1 fills up.
        row : int
            The image.
        theirs : ndarray (20,) int
            The judged images nearest to it, without the query.
        """
        near, around = neighbours[neighbours >= 0], theirs[theirs >= 0]
        images = np.concatenate([[row], around])
        weights = np.outer(
            _WEIGHTS[: len(near)], np.concatenate([[_ITSELF], _WEIGHTS[: len(around)]])
        )
        known, relevant = (
            matrix[near][:, images].toarray() for matrix in (self.known, self.relevant)
        )
        weights = weights * known
        total = weights.sum() + _PRIOR
        by_query, by_image = np.nonzero(weights)
        order = np.argsort(-weights[by_query, by_image], kind="stable")
        by_query, by_image = by_query[order], by_image[order]
        return TrainingPairs(
            near[by_query].astype(np.int64),
            images[by_image].astype(np.int64),
            relevant[by_query, by_image] / known[by_query, by_image],
            weights[by_query, by_image] / total,
            float(_PRIOR / total),
            self.share,
        )
