"""The threshold that costs least where a miss and a false alarm do not cost the same.

A ratio says how many false alarms a miss costs. A right decision costs nothing. By the Bayes risk a
pair is called relevant where that is cheaper to expect, ``(1 - p) < ratio * p``: from a probability
of ``1 / (1 + ratio)`` on (Elkan 2001, "The foundations of cost-sensitive learning", equation 2).
That holds as far as probabilities are calibrated, so the threshold is chosen by what it costs on
the validation queries; the other is there to compare with.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from mmrec_core.evaluation.bootstrap import Estimate, draws, mean
from mmrec_core.evaluation.scored_pairs import score_pairs
from mmrec_core.inputs.judgements import VALIDATION
from mmrec_core.ranker.query_weights import query_weights
from mmrec_core.serving.recommender import Recommender

_GRID = np.arange(1, 100) / 100  # thresholds are whole hundredths, as a ranker's own


class CostOfThreshold(NamedTuple):
    """What a way to call pairs relevant costs on held-out queries.

    Attributes
    ----------
    threshold : float or None
        Probability; None for calling no pair relevant, or all.
    cost : Estimate
        Of a pair, in false alarms: the mean over queries, with its 95 % interval.
    above : Estimate
        By how much it costs more than the cheapest threshold on the same queries.
    """

    threshold: float | None
    cost: Estimate
    above: Estimate


class Costs(NamedTuple):
    """The threshold chosen on validation queries, and what it costs on held-out ones.

    Attributes
    ----------
    ratio : float
        How many false alarms a miss costs.
    bayes : float
        The threshold that calibrated probabilities would have.
    validation_queries, queries : int
        On how many queries it was chosen and measured; the two have none in common.
    cheapest, present, none, all : CostOfThreshold
        At the threshold of the least cost on validation queries, at the present one, and where no
        pair is called relevant, or every one.
    """

    ratio: float
    bayes: float
    validation_queries: int
    queries: int
    cheapest: CostOfThreshold
    present: CostOfThreshold
    none: CostOfThreshold
    all: CostOfThreshold


def validation_pairs(recommender: Recommender) -> pd.DataFrame:
    """Return the pairs of the validation queries, scored by the bundle's own ranker.

    The columns are those of `mmrec_core.evaluation.scored_pairs.score_pairs`.
    """
    pairs = recommender.bundle.pairs
    return score_pairs(pairs[pairs["split"] == VALIDATION], recommender.ranker)


def costs(
    validation: pd.DataFrame,
    held_out: pd.DataFrame,
    ranker: str,
    ratio: float,
    present: float,
    seed: int,
) -> Costs:
    """Choose a ranker's threshold by cost on validation queries, and measure it on the others.

    Parameters
    ----------
    validation : DataFrame
        What `validation_pairs` gives.
    held_out : DataFrame
        What `mmrec_core.evaluation.scored_pairs.scored_pairs` gives. Where the build cross-fitted,
        validation queries are among it, held out in another fold: they are left out here.
    ranker : str
    ratio : float
        How many false alarms a miss costs, above 0.
    present : float
        Another threshold, to compare with.
    seed : int
        Seed of the bootstrap over queries.
    """
    chosen = cheapest_threshold(
        validation["query"].to_numpy(),
        validation["relevance"].to_numpy(),
        validation[f"{ranker}_probability"].to_numpy(),
        ratio,
    )
    rest = held_out[~held_out["query"].isin(validation["query"].unique())]
    queries, relevance = rest["query"].to_numpy(), rest["relevance"].to_numpy()
    probability = rest[f"{ranker}_probability"].to_numpy()
    names = np.unique(queries)
    drawn = draws(len(names), seed)

    def each(called: np.ndarray) -> np.ndarray:
        return cost_of_queries(queries, relevance, called, ratio)

    least = each(probability >= chosen)

    def measured(threshold: float | None, of_queries: np.ndarray) -> CostOfThreshold:
        return CostOfThreshold(threshold, mean(of_queries, drawn), mean(of_queries - least, drawn))

    return Costs(
        ratio,
        1 / (1 + ratio),
        validation["query"].nunique(),
        len(names),
        measured(chosen, least),
        measured(present, each(probability >= present)),
        measured(None, each(np.zeros(len(rest), dtype=bool))),
        measured(None, each(np.ones(len(rest), dtype=bool))),
    )


def cheapest_threshold(
    queries: np.ndarray, relevance: np.ndarray, probability: np.ndarray, ratio: float
) -> float:
    """Return the threshold, in whole hundredths, at which calling pairs relevant costs least.

    Parameters
    ----------
    queries : ndarray (n,) int
        The query of each pair; every query counts the same, as when thresholds are trained.
    relevance : ndarray (n,) of 0 or 1
    probability : ndarray (n,) float
        NaN where the ranker has none: such a pair is never called relevant.
    ratio : float
        How many false alarms a miss costs, above 0.

    Returns
    -------
    float
        From 0.01 to 0.99; of equally cheap ones the nearest to ``1 / (1 + ratio)``.

    Examples
    --------
    >>> queries, relevance = np.zeros(4, int), np.array([1, 0, 1, 0])
    >>> probability = np.array([0.9, 0.6, 0.4, 0.1])
    >>> cheapest_threshold(queries, relevance, probability, ratio=0.5)
    0.67
    >>> cheapest_threshold(queries, relevance, probability, ratio=4)
    0.2
    """
    weights = query_weights(queries)
    ranked = np.where(np.isnan(probability), -np.inf, probability)

    def below(part: np.ndarray) -> np.ndarray:
        order = np.argsort(ranked[part], kind="stable")
        mass = np.concatenate([[0.0], np.cumsum(weights[part][order])])
        return mass[np.searchsorted(ranked[part][order], _GRID, side="left")]

    relevant = relevance > 0
    false_alarms = weights[~relevant].sum() - below(~relevant)
    cost = (ratio * below(relevant) + false_alarms).round(9)
    distance = np.abs(_GRID - 1 / (1 + ratio))
    return float(_GRID[np.lexsort((distance, cost))[0]])


def cost_of_queries(
    queries: np.ndarray, relevance: np.ndarray, called: np.ndarray, ratio: float
) -> np.ndarray:
    """Return what a pair of each query costs on average, in false alarms, by ascending query.

    Parameters
    ----------
    queries : ndarray (n,) int
    relevance : ndarray (n,) of 0 or 1
    called : ndarray (n,) bool
        Whether a pair is called relevant.
    ratio : float
        How many false alarms a miss costs.

    Returns
    -------
    ndarray (queries,) float64

    Examples
    --------
    >>> queries, relevance = np.array([0, 0, 1]), np.array([1, 0, 1])
    >>> cost_of_queries(queries, relevance, np.array([True, True, False]), ratio=3).tolist()
    [0.5, 3.0]
    """
    _, place, pairs = np.unique(queries, return_inverse=True, return_counts=True)
    relevant = relevance > 0
    cost = ratio * (relevant & ~called) + (~relevant & called)
    return np.bincount(place, cost, minlength=len(pairs)) / pairs
