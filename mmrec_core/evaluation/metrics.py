"""Ranking metrics on held-out queries, with bootstrap intervals over queries.

AUC pools all pairs. The others are means over the queries that have a relevant item among their
pairs. Intervals are those of `mmrec_core.evaluation.bootstrap`.
"""

from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array
from scipy.stats import rankdata

from mmrec_core.evaluation.bootstrap import Estimate, estimate, masses, mean
from mmrec_core.ranker.query_weights import query_weights

CUTOFF = 5


class PerQuery(NamedTuple):
    """Metrics of each query, (queries,) float64, NaN for a query without a relevant item."""

    ndcg: np.ndarray
    reciprocal_rank: np.ndarray
    average_precision: np.ndarray
    recall: np.ndarray


def auc_estimate(
    queries: np.ndarray, relevance: np.ndarray, scores: np.ndarray, drawn: np.ndarray
) -> Estimate:
    """Return the AUC over all pairs with its interval.

    Parameters
    ----------
    queries : ndarray (n,) int
        The query of each pair.
    relevance : ndarray (n,) of 0 or 1
    scores : ndarray (n,) float
        Higher is better; NaN (the ranker has no opinion) ranks last.
    drawn : ndarray (resamples, n_queries)
        What `mmrec_core.evaluation.bootstrap.draws` gives: the same draws for every ranker.
    """
    _, queries = np.unique(queries, return_inverse=True)
    scores = np.where(np.isnan(scores), -np.inf, scores)
    resampled = aucs(*masses(queries, relevance, scores, drawn))
    return estimate(auc(relevance, scores), resampled)


def mean_estimates(metrics: PerQuery, k: int, drawn: np.ndarray) -> dict[str, Estimate]:
    """Return ``ndcg@k``, ``mrr``, ``map`` and ``recall@k``: means over queries, with intervals."""
    names = (f"ndcg@{k}", "mrr", "map", f"recall@{k}")
    return {name: mean(values, drawn) for name, values in zip(names, metrics, strict=True)}


def per_query(
    queries: np.ndarray,
    relevance: np.ndarray,
    scores: np.ndarray,
    k: int = CUTOFF,
    listed: np.ndarray | None = None,
) -> PerQuery:
    """Return nDCG@k, reciprocal rank, average precision and recall@k by ascending query.

    A score of NaN ranks last. Among equal scores the irrelevant come first, so that a ranker gains
    nothing by not deciding. Where ``listed``, (n,) bool, is False, a pair is not in the list: it
    has no rank, and a relevant one counts as missed.

    Notes
    -----
    nDCG with binary gains and a logarithmic discount: Järvelin and Kekäläinen 2002, "Cumulated
    gain-based evaluation of IR techniques". Average precision: Manning, Raghavan and Schütze 2008,
    "Introduction to Information Retrieval", chapter 8. Recall@k is of the query's relevant pairs.

    Examples
    --------
    >>> queries, relevance = np.array([0, 0, 0]), np.array([0, 1, 1])
    >>> metrics = per_query(queries, relevance, np.array([0.9, 0.8, 0.1]), k=2)
    >>> metrics.reciprocal_rank.tolist(), metrics.recall.tolist()
    ([0.5], [0.5])
    """
    if not len(queries):
        return PerQuery(*np.zeros((4, 0)))
    missing = np.zeros(len(queries), bool) if listed is None else ~listed
    order = np.lexsort((relevance, -np.where(np.isnan(scores), -np.inf, scores), missing, queries))
    queries, relevance = queries[order], relevance[order].astype(float)
    _, starts, sizes = np.unique(queries, return_index=True, return_counts=True)
    place = np.arange(len(queries)) - np.repeat(starts, sizes)
    relevant = np.add.reduceat(relevance, starts)
    found = np.where(missing[order], 0, relevance)
    every = np.cumsum(found)
    before = np.repeat(every[starts] - found[starts], sizes)
    precision = np.where(found > 0, (every - before) / (place + 1), 0)
    gains = np.where(place < k, found / np.log2(place + 2), 0)
    first = np.minimum.reduceat(np.where(found > 0, place + 1.0, np.inf), starts)
    share = np.where(relevant > 0, 1 / np.maximum(relevant, 1), np.nan)
    return PerQuery(
        np.add.reduceat(gains, starts) / discounted_gain(np.minimum(relevant, k).astype(int)),
        np.where(relevant > 0, 1 / first, np.nan),
        np.add.reduceat(precision, starts) * share,
        np.add.reduceat(np.where(place < k, found, 0), starts) * share,
    )


def discounted_gain(relevant: np.ndarray) -> np.ndarray:
    """Return the discounted cumulative gain of so many relevant results in a row, NaN for none.

    Examples
    --------
    >>> discounted_gain(np.array([0, 1, 3])).round(3).tolist()
    [nan, 1.0, 2.131]
    """
    gains = np.cumsum(1 / np.log2(np.arange(relevant.max(initial=1)) + 2))
    return np.concatenate([[np.nan], gains])[relevant]


def auc(relevance: np.ndarray, scores: np.ndarray) -> float:
    """Return the area under the ROC curve, ties counted half; NaN without both classes.

    It is the Mann–Whitney statistic (Hanley and McNeil 1982, "The meaning and use of the area
    under a receiver operating characteristic curve").

    Examples
    --------
    >>> auc(np.array([1, 0, 1, 0]), np.array([0.9, 0.7, 0.5, 0.1]))
    0.75
    """
    positive = int((relevance > 0).sum())
    negative = len(relevance) - positive
    if not positive or not negative:
        return float("nan")
    above = rankdata(scores)[relevance > 0].sum() - positive * (positive + 1) / 2
    return float(above / (positive * negative))


def calibration_error(
    queries: np.ndarray, relevance: np.ndarray, probability: np.ndarray, bins: int = 10
) -> float:
    """Return the expected calibration error, each query weighing the same.

    That is how the ranker is trained and calibrated (`mmrec_core.ranker.training`): a probability
    is promised for a result of a query, not for a pair drawn from all lists together.

    Parameters
    ----------
    queries : ndarray (n,) int
        The query of each pair.
    relevance : ndarray (n,) of 0 or 1
    probability : ndarray (n,) float
        NaN where the ranker has none: such a pair is left out.
    bins : int
        Bins of equally many pairs.

    Returns
    -------
    float
        The mean distance of a bin's mean probability and its share of relevant pairs, 0 to 1; NaN
        without a probability.

    Notes
    -----
    Naeini, Cooper and Hauskrecht 2015, "Obtaining well calibrated probabilities using Bayesian
    binning".

    Examples
    --------
    >>> queries, relevance = np.array([0, 0, 1]), np.array([0, 1, 1])
    >>> round(calibration_error(queries, relevance, np.array([0.5, 0.5, 0.9]), bins=1), 3)
    0.05
    """
    gaps, weighed = _calibration_gaps(queries, relevance, probability, bins)
    return _mean_gap(gaps.sum(axis=0), weighed.sum())


def calibration_estimate(
    queries: np.ndarray,
    relevance: np.ndarray,
    probability: np.ndarray,
    drawn: np.ndarray,
    bins: int = 10,
) -> Estimate:
    """Return the `calibration_error` with its interval; the bins stay those of all pairs.

    ``drawn`` is what `mmrec_core.evaluation.bootstrap.draws` gives. A resample of finitely many
    pairs is never quite calibrated, so the interval lies somewhat high.
    """
    gaps, weighed = _calibration_gaps(queries, relevance, probability, bins)
    resampled = np.array(
        [_mean_gap(gap, weight) for gap, weight in zip(drawn @ gaps, drawn @ weighed, strict=True)]
    )
    return estimate(_mean_gap(gaps.sum(axis=0), weighed.sum()), resampled)


def _calibration_gaps(
    queries: np.ndarray, relevance: np.ndarray, probability: np.ndarray, bins: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return excess relevance over probability, (queries, bins), and weights, (queries,)."""
    names, query = np.unique(queries, return_inverse=True)
    known = ~np.isnan(probability)
    query, relevance, probability = query[known], relevance[known], probability[known]
    weights, place = query_weights(query), filled_bins(probability, bins)
    shape = (len(names), bins)
    gaps = csr_array((weights * (relevance - probability), (query, place)), shape=shape).toarray()
    return gaps, np.bincount(query, weights, minlength=len(names))


def _mean_gap(gaps: np.ndarray, weight: float) -> float:
    return float(np.abs(gaps).sum() / weight) if weight else float("nan")


def filled_bins(values: np.ndarray, bins: int) -> np.ndarray:
    """Return the bin of each value, (n,) int, by ascending value: bins hold the same number.

    Examples
    --------
    >>> filled_bins(np.array([0.2, 0.9, 0.1, 0.8]), bins=2).tolist()
    [0, 1, 0, 1]
    """
    places = rankdata(values, method="ordinal") - 1
    return (places * min(bins, len(values)) // len(values)).astype(int)


def aucs(relevant: np.ndarray, irrelevant: np.ndarray) -> np.ndarray:
    """Return the AUC of each resample from its masses at ascending scores."""
    below = np.cumsum(irrelevant, axis=1) - irrelevant / 2
    total = relevant.sum(axis=1) * irrelevant.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.einsum("rb,rb->r", relevant, below) / total
