"""How much of what is relevant becomes a candidate, and what that costs the list in the end."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from mmrec_core.bundle.settings import CandidateSettings
from mmrec_core.collection.candidates import Collection, Placed
from mmrec_core.collection.standardised import BERT_TEXT, IMAGE
from mmrec_core.collection.vectors import fused
from mmrec_core.evaluation.bootstrap import draws, mean, query_mean
from mmrec_core.evaluation.metrics import CUTOFF, discounted_gain, per_query
from mmrec_core.evaluation.scored_pairs import rankers_of

EXACT, CLUSTERS, COSINES = "exact", "clusters", "cosines"
METHODS = (EXACT, CLUSTERS, COSINES)
"""Exact search by the standardised similarities, the nearest clusters, and exact search by the mean
of the two cosines, which no bundle uses: it is there to compare with."""

_CLUSTERS = (1, 2, 3, 5, 8, 12)
_SIZES = (0.25, 0.5, 1, 1.5, 2, 3, 4, 6)  # in units of the bundle's own list


@threadpool_limits.wrap(limits=1, user_api="blas")
def retrieval_table(
    collection: Collection, relevant: dict[int, np.ndarray], settings: CandidateSettings
) -> pd.DataFrame:
    """Measure each query's candidate lists of several lengths.

    Parameters
    ----------
    collection : Collection
        All images.
    relevant : dict
        The rows relevant to each held-out query, in the whole collection or as judged; at least
        one each.
    settings : CandidateSettings
        The lists in use: a length of 1 in the table's ``step`` is theirs.

    Returns
    -------
    DataFrame
        One row a query, method and length: ``query`` (row), ``method`` (one of `METHODS`),
        ``step`` (the nearest clusters, or the list's length in units of the one in use), ``size``
        (images), ``recall`` (the share of the relevant images that the list holds).
    """
    rows: list[tuple[int, str, float, int, float]] = []
    for query, wanted in relevant.items():
        placed = collection.place_row(query)
        rows += [(query, CLUSTERS, *point) for point in _by_clusters(collection, placed, wanted)]
        for method, nearness in _nearness(collection, placed):
            # Among equally near images the relevant count as last.
            places = len(nearness) - np.searchsorted(np.sort(nearness), nearness[wanted])
            for step in _SIZES:
                size = max(1, round(settings.exact_size * step))
                if size < len(nearness):
                    rows.append((query, method, step, size, float((places <= size).mean())))
    table = pd.DataFrame(rows, columns=["query", "method", "step", "size", "recall"])
    return table.astype({"query": int, "step": float, "size": int, "recall": float})


def candidate_recall(
    table: pd.DataFrame, settings: CandidateSettings, seed: int
) -> dict[str, dict[str, float | None]]:
    """Return the recall of the lists as the bundle would find them by clusters and exactly.

    Parameters
    ----------
    table : DataFrame
        What `retrieval_table` gives.
    settings : CandidateSettings
    seed : int
        Seed of the bootstrap over queries.

    Returns
    -------
    dict
        For each of `METHODS` ``recall`` (mean over queries) with ``low`` and ``high``, and
        ``mean_size`` (images).
    """
    steps = {EXACT: 1.0, COSINES: 1.0, CLUSTERS: float(settings.nearest_clusters)}
    points = recall_curve(table, seed)
    return {
        method: {
            "recall": point["recall"],
            "low": point["low"],
            "high": point["high"],
            "mean_size": point["size"],
        }
        for method, step in steps.items()
        for point in points
        if (point["method"], point["step"]) == (method, step)
    }


def recall_curve(table: pd.DataFrame, seed: int) -> list[dict[str, Any]]:
    """Return recall against the length of the list.

    ``table`` is what `retrieval_table` gives. Each point has ``method``, ``step``, ``size`` (mean
    over queries), ``recall`` (mean over queries) and its 95 % interval ``low``, ``high``.
    """
    points = []
    for (method, step), lists in table.groupby(["method", "step"], sort=True):
        recall = query_mean(lists["recall"].to_numpy(), seed)
        points.append(
            {
                "method": str(method),
                "step": float(str(step)),
                "size": float(lists["size"].mean()),
                "recall": recall["value"],
                "low": recall["low"],
                "high": recall["high"],
            }
        )
    return points


def end_to_end(
    scored: pd.DataFrame, relevant: dict[int, int], seed: int, k: int = CUTOFF
) -> dict[str, Any]:
    """Measure rankers over the whole collection: what never became a candidate counts as missed.

    Parameters
    ----------
    scored : DataFrame
        What `mmrec_core.evaluation.scored_pairs.scored_pairs` gives, of candidates alone.
    relevant : dict
        How many images of the collection are relevant to each held-out query, at least one.
    seed : int
        Seed of the bootstrap over queries.
    k : int
        Places that are looked at.

    Returns
    -------
    dict
        ``queries``; ``retrieval_loss``: what the best possible order of the candidates lacks to an
        nDCG@k of 1; ``rankers``: of each ``ndcg@k``, ``recall@k`` and ``ranking_loss``, what its
        order lacks to the best possible one. All with 95 % intervals;
        ``ndcg@k + ranking_loss + retrieval_loss`` is 1.
    """
    queries = np.array(sorted(relevant), dtype=int)
    if not len(queries):
        return {}
    scored = scored[scored["query"].isin(queries)]
    totals = np.array([relevant[int(query)] for query in queries])
    asked, truth = scored["query"].to_numpy(), scored["relevance"].to_numpy()
    place = np.searchsorted(queries, np.unique(asked))
    listed = np.bincount(np.searchsorted(queries, asked), truth, minlength=len(queries))
    ideal = discounted_gain(np.minimum(totals, k))
    best = np.nan_to_num(discounted_gain(np.minimum(listed, k).astype(int))) / ideal
    drawn = draws(len(queries), seed)
    by_ranker = {}
    for ranker in rankers_of(scored):
        each = per_query(asked, truth, scored[f"{ranker}_score"].to_numpy(), k)
        ndcg, recall = np.zeros(len(queries)), np.zeros(len(queries))
        ndcg[place] = np.nan_to_num(each.ndcg) * best[place]
        recall[place] = np.nan_to_num(each.recall) * listed[place] / totals[place]
        by_ranker[ranker] = {
            f"ndcg@{k}": mean(ndcg, drawn),
            f"recall@{k}": mean(recall, drawn),
            "ranking_loss": mean(best - ndcg, drawn),
        }
    return {
        "queries": len(queries),
        "retrieval_loss": mean(1 - best, drawn),
        "rankers": by_ranker,
    }


def _by_clusters(
    collection: Collection, placed: Placed, wanted: np.ndarray
) -> Iterable[tuple[int, int, float]]:
    for number in _CLUSTERS:
        if number <= len(collection.centroids):
            rows = collection.cluster_candidates(placed, number)
            yield number, len(rows), float(np.isin(wanted, rows).mean())


def _nearness(collection: Collection, placed: Placed) -> Iterable[tuple[str, np.ndarray]]:
    sums, every = placed.similarity.sums, placed.similarity.all_cosines
    cosines = fused(every[IMAGE], every[BERT_TEXT])
    return (EXACT, sums), (COSINES, np.where(np.isneginf(sums), -np.inf, cosines))
