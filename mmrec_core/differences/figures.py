"""Figures of two systems over the same queries, and whether they differ beyond chance."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from mmrec_core.differences.pools import SIDES
from mmrec_core.evaluation.bootstrap import Estimate, draws, estimate, masses, mean
from mmrec_core.evaluation.metrics import CUTOFF, auc, aucs, per_query

NDCG, MRR, RECALL, AUC = METRICS = (f"ndcg@{CUTOFF}", "mrr", f"recall@{CUTOFF}", "auc")
BY_QUERY = (NDCG, MRR, RECALL)
"""Metrics of which each query has a value; AUC is of all pairs together."""


@dataclass(frozen=True)
class PairedFigure:
    """One metric of one ranker in both systems.

    Attributes
    ----------
    ranker, metric : str
    a, b : Estimate
        With 95 % intervals.
    difference : Estimate
        B less A over the same queries, with a paired interval.
    better, equal, worse : int or None
        Queries that B ranks better, as well and worse than A; None for AUC.
    p_value : float or None
        Of the two-sided sign test on ``better`` and ``worse``; None for AUC.
    """

    ranker: str
    metric: str
    a: Estimate
    b: Estimate
    difference: Estimate
    better: int | None
    equal: int | None
    worse: int | None
    p_value: float | None

    @property
    def is_worse(self) -> bool:
        """Whether the interval of the difference lies wholly below 0."""
        return self.difference["high"] is not None and self.difference["high"] < 0


def values_by_query(pairs: pd.DataFrame, ranker: str) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return each of `BY_QUERY` in A and in B, (q,) each by ascending query.

    ``pairs`` is what `mmrec_core.differences.pools.union_of_pools` gives. NaN for a query without a
    relevant candidate in either pool; 0 where only the system's own pool has none.
    """
    queries, relevance = pairs["query"].to_numpy(), pairs["relevance"].to_numpy()
    a, b = (
        per_query(
            queries,
            relevance,
            pairs[f"{ranker}_{side}"].to_numpy(),
            listed=pairs[f"listed_{side}"].to_numpy(),
        )
        for side in SIDES
    )
    return {
        NDCG: (a.ndcg, b.ndcg),
        MRR: (a.reciprocal_rank, b.reciprocal_rank),
        RECALL: (a.recall, b.recall),
    }


def paired_figures(pairs: pd.DataFrame, ranker: str, seed: int) -> list[PairedFigure]:
    """Measure one ranker in both systems by each of `METRICS`.

    Parameters
    ----------
    pairs : DataFrame
        What `mmrec_core.differences.pools.union_of_pools` gives.
    ranker : str
    seed : int
        Seed of the bootstrap over queries: the same draws serve both systems.

    Notes
    -----
    The sign test leaves equal queries out (Conover 1999, "Practical nonparametric statistics").
    """
    names, places = np.unique(pairs["query"].to_numpy(), return_inverse=True)
    drawn = draws(len(names), seed)
    figures = []
    for metric, (a, b) in values_by_query(pairs, ranker).items():
        better, worse = int((b > a).sum()), int((b < a).sum())
        figures.append(
            PairedFigure(
                ranker=ranker,
                metric=metric,
                a=mean(a, drawn),
                b=mean(b, drawn),
                difference=mean(b - a, drawn),
                better=better,
                equal=int((b == a).sum()),
                worse=worse,
                p_value=sign_test(better, worse),
            )
        )
    return [*figures, _auc(pairs, ranker, places, drawn)]


def sign_test(better: int, worse: int) -> float:
    """Return the two-sided probability of so uneven a division, were either as likely.

    Examples
    --------
    >>> sign_test(5, 0), sign_test(0, 0)
    (0.0625, 1.0)
    """
    return float(binomtest(better, better + worse).pvalue) if better + worse else 1.0


def _auc(pairs: pd.DataFrame, ranker: str, places: np.ndarray, drawn: np.ndarray) -> PairedFigure:
    """Compare AUC: what has no score, or is not in the pool, scores below all that has one."""
    relevance = pairs["relevance"].to_numpy()
    values, resampled = [], []
    for side in SIDES:
        scores = pairs[f"{ranker}_{side}"].fillna(-np.inf).to_numpy()
        values.append(auc(relevance, scores))
        resampled.append(aucs(*masses(places, relevance, scores, drawn)))
    return PairedFigure(
        ranker=ranker,
        metric=AUC,
        a=estimate(values[0], resampled[0]),
        b=estimate(values[1], resampled[1]),
        difference=estimate(values[1] - values[0], resampled[1] - resampled[0]),
        better=None,
        equal=None,
        worse=None,
        p_value=None,
    )
