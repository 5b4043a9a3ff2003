"""The build's ranker and a new one on the same held-out queries, by relevance and by verdicts."""

import copy
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mmrec_core.evaluation.bootstrap import (
    Estimate,
    draws,
    estimate,
    masses,
    paired_difference,
    query_mean,
)
from mmrec_core.evaluation.metrics import auc, aucs, per_query
from mmrec_core.ranker.model import MODEL, Ranker
from mmrec_core.serving.recommender import Recommender
from mmrec_core.verdicts.gate import BUILD, NEW
from mmrec_core.verdicts.ranking import counted_pairs, verdict_ranking

METRICS = ("auc", "ndcg@5", "mrr")


@dataclass(frozen=True)
class RankerComparison:
    """The build's own ranker and the new one on the same held-out queries.

    ``built``, ``new`` and ``difference`` (new less built, paired by query) hold an `Estimate` for
    each of `METRICS`.
    """

    queries: int
    pairs: int
    built: dict[str, Estimate]
    new: dict[str, Estimate]
    difference: dict[str, Estimate]


def by_relevance(scored: pd.DataFrame, seed: int) -> RankerComparison:
    """Compare by the bundle's relevance of its held-out pairs.

    ``scored`` is what `mmrec_core.verdicts.gate.scores_of` gives.
    """
    queries, relevance = scored["query"].to_numpy(), scored["relevance"].to_numpy()
    scores = scored[BUILD].to_numpy(), scored[NEW].to_numpy()
    ndcg = [per_query(queries, relevance, each).ndcg for each in scores]
    return _compared(queries, relevance, scores, ndcg, seed)


def by_verdicts(
    recommender: Recommender, graded: pd.DataFrame, built: Ranker, new: Ranker
) -> RankerComparison | None:
    """Compare by verdicts on held-out queries.

    nDCG@5 has graded gains; a pair is relevant for AUC and MRR by its ``target``. None without
    queries that count (`mmrec_core.verdicts.ranking`).
    """
    bundle = recommender.bundle
    pairs = counted_pairs(bundle, graded).sort_values("query", kind="stable")
    if not len(pairs):
        return None
    scores: list[np.ndarray] = []
    ndcg: list[np.ndarray] = []
    for ranker in (built, new):
        other = copy.copy(recommender)
        other.ranker = ranker
        by_query = [
            other.score_pairs(int(str(query)), group["candidate"].to_numpy())[MODEL]
            for query, group in pairs.groupby("query", sort=True)
        ]
        scores.append(np.concatenate(by_query))
        ndcg.append(verdict_ranking(bundle, graded, other.score_pairs).per_query[MODEL])
    return _compared(
        pairs["query"].to_numpy(),
        pairs["target"].to_numpy(),
        (scores[0], scores[1]),
        ndcg,
        bundle.manifest.seed,
    )


def _compared(
    queries: np.ndarray,
    relevance: np.ndarray,
    scores: tuple[np.ndarray, np.ndarray],
    ndcg: list[np.ndarray],
    seed: int,
) -> RankerComparison:
    names, places = np.unique(queries, return_inverse=True)
    drawn = draws(len(names), seed)
    values = [auc(relevance, each) for each in scores]
    resampled = [aucs(*masses(places, relevance, each, drawn)) for each in scores]
    reciprocal = [per_query(queries, relevance, each).reciprocal_rank for each in scores]
    sides = [
        {
            "auc": estimate(values[side], resampled[side]),
            "ndcg@5": query_mean(ndcg[side], seed),
            "mrr": query_mean(reciprocal[side], seed),
        }
        for side in (0, 1)
    ]
    difference = {
        "auc": estimate(values[1] - values[0], resampled[1] - resampled[0]),
        "ndcg@5": paired_difference(ndcg[1], ndcg[0], seed),
        "mrr": paired_difference(reciprocal[1], reciprocal[0], seed),
    }
    return RankerComparison(len(names), len(queries), sides[0], sides[1], difference)


def comparison_table(title: str, comparison: RankerComparison) -> list[str]:
    """Return a comparison as lines for the terminal."""

    def cell(figure: Estimate) -> str:
        if figure["value"] is None:
            return f"{'not defined':26}"
        return f"{figure['value']:6.3f} [{figure['low']:6.3f}, {figure['high']:6.3f}]  "

    rows = {
        "build": comparison.built,
        "new": comparison.new,
        "new − build": comparison.difference,
    }
    counts = f"{comparison.queries} queries, {comparison.pairs} pairs"
    return [
        "",
        f"Held-out queries, {title}: {counts}",
        f"{'':12} {'AUC':26}{'nDCG@5':26}{'MRR':26}".rstrip(),
        *(
            f"{name:12} " + "".join(cell(row[metric]) for metric in METRICS).rstrip()
            for name, row in rows.items()
        ),
    ]
