"""How well the rankers order the pairs that people graded."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.metrics import ndcg_score

from mmrec_core.bundle import Bundle
from mmrec_core.evaluation.bootstrap import Estimate, query_mean
from mmrec_core.inputs.judgements import TEST
from mmrec_core.verdicts.judged_pairs import rows_of

CUTOFF = 5

Scores = Callable[[int, np.ndarray], dict[str, np.ndarray]]
"""Scores of (query, rows) pairs under every ranker: `Recommender.score_pairs`."""


@dataclass(frozen=True, eq=False)
class VerdictRanking:
    """nDCG on verdicts.

    Attributes
    ----------
    queries, pairs, verdicts : int
        Held-out queries that count (two or more graded candidates, one at least of them above
        "not relevant"), their graded pairs, the verdicts on these.
    elsewhere : int
        Verdicts that do not count: on queries that are not held out, or with too few grades.
    ndcg : dict of Estimate
        Mean nDCG@5 of each ranker, with its 95 % interval.
    per_query : dict of ndarray (queries,)
        nDCG@5 of each ranker by ascending row of the query.
    """

    queries: int
    pairs: int
    verdicts: int
    elsewhere: int
    ndcg: dict[str, Estimate]
    per_query: dict[str, np.ndarray]


def verdict_ranking(bundle: Bundle, pairs: pd.DataFrame, scores: Scores) -> VerdictRanking:
    """Measure every ranker on the graded pairs of held-out queries.

    The gain of a candidate is its mean grade less 1, so 0 to 3. Only graded candidates are ordered:
    these are pairs that people chose to look at, and no sample of all pairs.

    Parameters
    ----------
    bundle : Bundle
    pairs : DataFrame
        What `mmrec_core.verdicts.judged_pairs.pairs_of_verdicts` gives.
    scores : callable
        Scores a query's rows under every ranker; a score of NaN ranks last.

    Notes
    -----
    nDCG with graded gains and a logarithmic discount: Järvelin and Kekäläinen 2002, "Cumulated
    gain-based evaluation of IR techniques"; equal scores share their places' discounts (McSherry
    and Najork 2008).
    """
    counted = counted_pairs(bundle, pairs)
    ndcg: dict[str, list[float]] = {}
    for query, group in counted.groupby("query", sort=True):
        gains = group["grade"].to_numpy() - 1
        for name, values in scores(int(str(query)), group["candidate"].to_numpy()).items():
            ndcg.setdefault(name, []).append(_ndcg(gains, values))
    per_query = {name: np.array(each) for name, each in ndcg.items()}
    verdicts = int(counted["verdicts"].sum())
    return VerdictRanking(
        queries=int(counted["query"].nunique()),
        pairs=len(counted),
        verdicts=verdicts,
        elsewhere=int(pairs["verdicts"].sum()) - verdicts,
        ndcg={name: query_mean(each, bundle.manifest.seed) for name, each in per_query.items()},
        per_query=per_query,
    )


def counted_pairs(bundle: Bundle, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the graded pairs on which rankers can be compared, as rows of the bundle."""
    rows = rows_of(pairs, bundle)
    held_out = bundle.items["split"].to_numpy()[rows["query"]] == TEST
    rows = rows[held_out]
    grades = rows.groupby("query")["grade"]
    return rows[(grades.transform("size") >= 2) & (grades.transform("max") > 1)]


def _ndcg(gains: np.ndarray, scores: np.ndarray) -> float:
    known = scores[~np.isnan(scores)]
    last = (known.min() if len(known) else 0.0) - 1
    return float(ndcg_score([gains], [np.where(np.isnan(scores), last, scores)], k=CUTOFF))
