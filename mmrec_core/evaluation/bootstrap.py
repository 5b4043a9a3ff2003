"""Intervals from the bootstrap over queries.

Pairs of one query are not independent, so whole queries are drawn again (percentile bootstrap;
Sakai 2006, "Evaluating evaluation metrics based on the bootstrap").
"""

import numpy as np
from scipy.sparse import csr_array
from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

RESAMPLES = 1000
_BINS = 2000


class Estimate(TypedDict):
    """A figure with its 95 % interval; None where it is not defined."""

    value: float | None
    low: float | None
    high: float | None


def draws(queries: int, seed: int) -> np.ndarray:
    """Return how often each query is drawn in each resample, shape (RESAMPLES, queries), float64.

    Counts are whole numbers; as floats they go into matrix products as they are.

    Examples
    --------
    >>> drawn = draws(4, seed=0)
    >>> drawn.shape, drawn.sum(axis=1).tolist()[:2]
    ((1000, 4), [4.0, 4.0])
    """
    generator = np.random.default_rng(seed)
    shares = np.full(queries, 1 / queries)
    return generator.multinomial(queries, shares, size=RESAMPLES).astype(float)


def estimate(value: float, resampled: np.ndarray) -> Estimate:
    """Return a figure with the middle 95 % of its resamples, NaN among them left out."""
    resampled = resampled[~np.isnan(resampled)]
    if np.isnan(value) or not len(resampled):
        return Estimate(value=None, low=None, high=None)
    low, high = np.percentile(resampled, [2.5, 97.5])
    return Estimate(value=float(value), low=float(low), high=float(high))


def mean(values: np.ndarray, drawn: np.ndarray) -> Estimate:
    """Return the mean of one value a query, NaN left out, and its interval over the draws."""
    known = ~np.isnan(values)
    if not known.any():
        return Estimate(value=None, low=None, high=None)
    sums = drawn @ np.column_stack([np.where(known, values, 0), known])
    with np.errstate(invalid="ignore", divide="ignore"):
        resampled = sums[:, 0] / sums[:, 1]
    return estimate(float(values[known].mean()), resampled)


def query_mean(values: np.ndarray, seed: int) -> Estimate:
    """Return the mean of one value a query with its bootstrap interval."""
    return mean(values, draws(len(values), seed))


def paired_difference(first: np.ndarray, second: np.ndarray, seed: int) -> Estimate:
    """Return the mean of ``first - second`` over the same queries, with its interval.

    Examples
    --------
    >>> first, second = np.array([1.0, 0.5, 0.75]), np.array([0.5, 0.25, 0.25])
    >>> difference = paired_difference(first, second, seed=0)
    >>> round(difference["value"], 3), difference["low"] >= 0.25, difference["high"] <= 0.5
    (0.417, True, True)
    """
    return query_mean(first - second, seed)


def masses(
    queries: np.ndarray, relevance: np.ndarray, scores: np.ndarray, drawn: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return how many relevant and irrelevant pairs each resample has at each score.

    Scores of more than 2,000 values are put into as many equally filled bins: a thousand resamples
    of a million pairs are then one sparse product.

    Parameters
    ----------
    queries : ndarray (n,) int
        The query of each pair, from 0.
    relevance : ndarray (n,) of 0 or 1
    scores : ndarray (n,) float
        Without NaN.
    drawn : ndarray (resamples, n_queries)
        What `draws` gives.

    Returns
    -------
    relevant, irrelevant : ndarray (resamples, bins) float64
        Bins by ascending score.
    """
    _, bins = np.unique(scores, return_inverse=True)
    count = int(bins.max()) + 1
    if count > _BINS:
        filled = np.cumsum(np.bincount(bins))
        bins = ((filled - 1) * _BINS // len(scores))[bins]
        count = _BINS
    weights = np.ascontiguousarray(drawn.T)

    def resampled(part: np.ndarray) -> np.ndarray:
        ones, shape = np.ones(int(part.sum())), (count, len(weights))
        return np.asarray(csr_array((ones, (bins[part], queries[part])), shape=shape) @ weights).T

    return resampled(relevance > 0), resampled(relevance == 0)
