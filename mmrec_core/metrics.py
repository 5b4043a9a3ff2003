"""Ranking metrics on held-out queries, with bootstrap intervals over queries.

AUC pools all pairs. nDCG@5 and the reciprocal rank are means over the queries that have a relevant
item among their pairs. Intervals resample whole queries (percentile bootstrap; Sakai 2006,
"Evaluating evaluation metrics based on the bootstrap"), since pairs of one query are not
independent.
"""

from typing import TypedDict

import numpy as np
import pandas as pd

RESAMPLES = 1000


class Estimate(TypedDict):
    """A figure with its 95 % interval; None where it is not defined."""

    value: float | None
    low: float | None
    high: float | None


def ranking_metrics(
    queries: np.ndarray, relevance: np.ndarray, scores: np.ndarray, seed: int
) -> dict[str, Estimate]:
    """Measure one ranker.

    Parameters
    ----------
    queries : ndarray (n,) int
        The query of each pair.
    relevance : ndarray (n,) of 0 or 1
    scores : ndarray (n,) float
        Higher is better; NaN (the ranker has no opinion) ranks last.
    seed : int
        Seed of the bootstrap: the same seed draws the same queries for every ranker.

    Returns
    -------
    dict
        ``auc``, ``ndcg@5``, ``mrr``.
    """
    scores = np.where(np.isnan(scores), -np.inf, scores)
    names, queries = np.unique(queries, return_inverse=True)
    draws = _draws(len(names), seed)
    order = np.argsort(scores, kind="stable")
    _, starts = np.unique(scores[order], return_index=True)
    auc = _estimate(
        _auc(starts, relevance[order], np.ones(len(order))),
        np.array([_auc(starts, relevance[order], draw[queries[order]]) for draw in draws]),
    )
    ndcg, reciprocal = per_query(queries, relevance, scores)
    return {"auc": auc, "ndcg@5": mean(ndcg, draws), "mrr": mean(reciprocal, draws)}


def per_query(
    queries: np.ndarray, relevance: np.ndarray, scores: np.ndarray, k: int = 5
) -> tuple[np.ndarray, np.ndarray]:
    """Return nDCG@k and reciprocal rank of each query, in ascending order of query.

    NaN for a query without a relevant item. Among equal scores the irrelevant come first, so that
    a ranker gains nothing by not deciding.

    Notes
    -----
    nDCG with binary gains and a logarithmic discount: Järvelin and Kekäläinen 2002, "Cumulated
    gain-based evaluation of IR techniques".
    """
    order = np.lexsort((relevance, -scores, queries))
    queries, relevance = queries[order], relevance[order].astype(float)
    _, starts, sizes = np.unique(queries, return_index=True, return_counts=True)
    place = np.arange(len(queries)) - np.repeat(starts, sizes)
    gains = np.where(place < k, relevance / np.log2(place + 2), 0)
    relevant = np.add.reduceat(relevance, starts).astype(int)
    ideal = np.concatenate([[np.nan], np.cumsum(1 / np.log2(np.arange(k) + 2))])
    ndcg = np.add.reduceat(gains, starts) / ideal[np.minimum(relevant, k)]
    first = np.minimum.reduceat(np.where(relevance > 0, place + 1.0, np.inf), starts)
    return ndcg, np.where(relevant > 0, 1 / first, np.nan)


def mean(values: np.ndarray, draws: np.ndarray) -> Estimate:
    """Return the mean of one value a query, NaN left out, and its interval over ``draws``."""
    known = ~np.isnan(values)
    if not known.any():
        return Estimate(value=None, low=None, high=None)
    weights = draws[:, known]
    with np.errstate(invalid="ignore", divide="ignore"):
        resampled = weights @ values[known] / weights.sum(axis=1)
    return _estimate(float(values[known].mean()), resampled)


def query_mean(values: np.ndarray, seed: int) -> Estimate:
    """Return the mean of one value a query with its bootstrap interval."""
    return mean(values, _draws(len(values), seed))


def paired_difference(first: np.ndarray, second: np.ndarray, seed: int) -> Estimate:
    """Return the mean of ``first - second`` over the same queries, with its interval."""
    return query_mean(first - second, seed)


def calibration_error(relevance: np.ndarray, probability: np.ndarray, bins: int = 10) -> float:
    """Return the expected calibration error over equally filled bins (Naeini et al. 2015)."""
    groups = pd.qcut(pd.Series(probability).rank(method="first"), min(bins, len(probability)))
    frame = pd.DataFrame({"relevance": relevance, "probability": probability})
    parts = frame.groupby(groups.to_numpy(), observed=True)
    gap = (parts["relevance"].mean() - parts["probability"].mean()).abs()
    return float((gap * parts.size()).sum() / len(frame))


def _draws(queries: int, seed: int) -> np.ndarray:
    """Return how often each query is drawn in each resample, shape (RESAMPLES, queries)."""
    generator = np.random.default_rng(seed)
    return generator.multinomial(queries, np.full(queries, 1 / queries), size=RESAMPLES)


def _auc(starts: np.ndarray, relevance: np.ndarray, weights: np.ndarray) -> float:
    """Return the weighted AUC of pairs in ascending order of score; ties count half.

    ``starts`` (m,) are the places where a new score begins.
    """
    positive, negative = weights * relevance, weights * (1 - relevance)
    ups, downs = np.add.reduceat(positive, starts), np.add.reduceat(negative, starts)
    below = np.cumsum(downs) - downs
    total = positive.sum() * negative.sum()
    return float((ups * (below + downs / 2)).sum() / total) if total else float("nan")


def _estimate(value: float, resampled: np.ndarray) -> Estimate:
    resampled = resampled[~np.isnan(resampled)]
    if np.isnan(value) or not len(resampled):
        return Estimate(value=None, low=None, high=None)
    low, high = np.percentile(resampled, [2.5, 97.5])
    return Estimate(value=float(value), low=float(low), high=float(high))
