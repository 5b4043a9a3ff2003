"""Rates with their intervals, for which whole queries are drawn again."""

from math import sqrt

import numpy as np
import pandas as pd
from scipy.stats import norm

from mmrec_core.evaluation.bootstrap import Estimate, draws, estimate
from mmrec_core.preferences.drawing import Drawing
from mmrec_core.preferences.judged import TIE

SIGNIFICANCE = 0.05
_NONE = Estimate(value=None, low=None, high=None)


def rates(by_query: pd.Series, drawing: Drawing, seed: int) -> tuple[Estimate, Estimate]:
    """Return the win rate of all queries that can be compared, and of the judged ones alone.

    Parameters
    ----------
    by_query : Series of float64
        The mean score of each judged query, by its place in the drawing's lists.
    drawing : Drawing
    seed : int
        For the bootstrap.
    """
    scores, judged = by_query.to_numpy(dtype=float), by_query.index.to_numpy(dtype=int)
    weights = 1 / drawing.inclusion(judged) if len(judged) else np.ones(0)
    identical = float((drawing.sizes == 0).mean()) if len(drawing.sizes) else 0.0
    among_all = win_rate(scores, weights, seed, identical)
    return among_all, win_rate(scores, np.ones(len(scores)), seed)


def win_rate(
    scores: np.ndarray, weights: np.ndarray, seed: int, identical: float = 0.0
) -> Estimate:
    """Return the weighted mean score with its interval (Hájek's estimator).

    Hájek 1971, in "Foundations of Statistical Inference", divides Horvitz and Thompson's sum by the
    sum of the weights. Where all queries have the same score, no resample differs, and the interval
    is Wilson's.

    Parameters
    ----------
    scores : ndarray (n,) float64
        0 to 1 for each judged query.
    weights : ndarray (n,) float64
        1 / the probability with which it was drawn.
    seed : int
    identical : float
        Share of all queries whose lists are the same.
    """
    if not len(scores):
        return _NONE
    drawn = draws(len(scores), seed)
    rate = float(weights @ scores / weights.sum())
    if np.ptp(scores) > 0:
        found = estimate(rate, (drawn @ (weights * scores)) / (drawn @ weights))
    else:
        least, most = wilson(rate, len(scores))
        found = Estimate(value=rate, low=least, high=most)
    low, high = found["low"], found["high"]

    def among_all(value: float | None) -> float | None:
        return None if value is None else (1 - identical) * value + identical * TIE

    return Estimate(value=among_all(rate), low=among_all(low), high=among_all(high))


def wilson(rate: float, n: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a rate of n (1927, "Probable inference")."""
    z = float(norm.ppf(1 - SIGNIFICANCE / 2))
    middle = (rate + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z / (1 + z**2 / n) * sqrt(rate * (1 - rate) / n + z**2 / (4 * n**2))
    return max(0.0, middle - reach), min(1.0, middle + reach)


def share(parts: np.ndarray, of: np.ndarray, queries: np.ndarray, seed: int) -> Estimate:
    """Return the sum of parts over that of wholes, drawing whole queries again for its interval.

    Where it is 0 or 1, no resample differs, and the interval is Wilson's, over queries.

    Parameters
    ----------
    parts, of : ndarray (n,) float64
    queries : ndarray (n,) int
        Which query each belongs to.
    seed : int
    """
    known = of > 0
    if not known.any():
        return _NONE
    _query, at = np.unique(queries[known], return_inverse=True)
    part, whole = np.bincount(at, parts[known]), np.bincount(at, of[known])
    drawn, rate = draws(len(whole), seed), float(part.sum() / whole.sum())
    if rate in (0, 1):
        low, high = wilson(rate, len(whole))
        return Estimate(value=rate, low=low, high=high)
    return estimate(rate, (drawn @ part) / (drawn @ whole))
