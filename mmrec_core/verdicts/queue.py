"""The queue of queries to grade: which, in what order, and each ranker's first candidates."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from mmrec_core.evaluation.scored_pairs import per_query_table, score_pairs, scored_pairs
from mmrec_core.inputs.judgements import TEST, may_pair
from mmrec_core.serving.answers import ScoredQuery
from mmrec_core.serving.recommender import Recommender

HELD_OUT, TRAINING, ALL = "held-out", "training", "all"
DISAGREEMENT, NDCG, PRECISION = "disagreement", "ndcg", "ap"


class QueuedCandidate(NamedTuple):
    """A candidate to grade: its row, raw score, probability and known relevance, None without."""

    row: int
    score: float
    probability: float | None
    relevant: bool | None


def all_queries(recommender: Recommender) -> pd.DataFrame:
    """Return `per_query_table` of all queries of a bundle, those that were trained on included.

    Where the build cross-fitted, no query's figures are of a ranker that met it.
    """
    bundle = recommender.bundle
    if bundle.cross_fitted is not None:
        return per_query_table(scored_pairs(recommender))
    return per_query_table(score_pairs(bundle.pairs, recommender.ranker))


def queue(queries: pd.DataFrame, splits: np.ndarray, scope: str, order: str) -> pd.DataFrame:
    """Return the queries of a scope in the order in which they are to be graded.

    Parameters
    ----------
    queries : DataFrame
        What `all_queries` gives.
    splits : ndarray (n_images,) of str
        Each image's part of the split.
    scope : str
        ``held-out``, ``training`` (validation included) or ``all``.
    order : str
        ``disagreement``, most first; ``ndcg`` or ``ap``, by the best ranker there is, worst first.
    """
    held_out = splits[queries["query"]] == TEST
    table = {HELD_OUT: queries[held_out], TRAINING: queries[~held_out], ALL: queries}[scope]
    if order == DISAGREEMENT:
        return table.sort_values(order, ascending=False, kind="stable")
    best = next(column for column in table.columns if column.endswith(f"_{order}"))
    return table.sort_values(best, kind="stable")


def first_candidates(
    recommender: Recommender, scored: ScoredQuery, ranker: str, n: int
) -> list[QueuedCandidate]:
    """Return a ranker's first candidates that may be paired with the query, ``n`` at most.

    A query of the training part meets no held-out image, so that its verdicts can be trained on.
    """
    splits, query = recommender.bundle.items["split"].to_numpy(), scored.info.index
    scores = scored.scores[ranker].astype(float)
    if query is not None:
        scores = np.where(may_pair(splits[query], splits[scored.candidates]), scores, np.nan)
    order = np.argsort(-np.where(np.isnan(scores), -np.inf, scores), kind="stable")[:n]
    order = order[~np.isnan(scores[order])]
    rows, scores = scored.candidates[order], scores[order]
    known = np.full(len(rows), np.nan) if query is None else recommender.relevance.of(query, rows)
    trained = recommender.ranker
    probabilities = trained.calibration[ranker].probability(scores) if trained else None
    return [
        QueuedCandidate(
            int(row),
            float(scores[place]),
            None if probabilities is None else float(probabilities[place]),
            None if np.isnan(known[place]) else bool(known[place]),
        )
        for place, row in enumerate(rows)
    ]
