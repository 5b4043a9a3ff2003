"""Every held-out query with its figures under each ranker: a table to sort and to narrow."""

import numpy as np
import pandas as pd

from mmrec_core.bundle.relevance import KnownRelevance
from mmrec_core.evaluation.metrics import CUTOFF, per_query
from mmrec_core.evaluation.scored_pairs import rankers_of
from mmrec_core.ranker.model import MODEL, RANKERS
from mmrec_core.serving.recommender import Recommender

RECALL = "candidate_recall"
DIFFERENCE = "difference"
NDCG, RECIPROCAL_RANK, PRECISION, RECALL_AT = METRICS = ("ndcg", "rr", "ap", "recall")


def query_figures(recommender: Recommender, scored: pd.DataFrame, k: int = CUTOFF) -> pd.DataFrame:
    """Return one row a held-out query, by ascending row of its image.

    Parameters
    ----------
    recommender : Recommender
        Whose images the queries are.
    scored : DataFrame
        What `mmrec_core.evaluation.scored_pairs.scored_pairs` gives.
    k : int
        Places that nDCG and recall look at.

    Returns
    -------
    DataFrame
        ``query`` (row of the image), ``image``, ``label``, ``text`` (as the catalogue has them),
        ``pairs`` (with a known relevance), ``relevant`` (images of the collection),
        ``candidate_recall`` (share of these that are candidates; NaN without any),
        and for each ranker ``{ranker}_ndcg`` (nDCG@k), ``{ranker}_rr`` (reciprocal rank),
        ``{ranker}_ap`` (average precision), ``{ranker}_recall`` (recall@k), all 0 to 1 and NaN for
        a query without a relevant pair.

    Examples
    --------
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.evaluation.query_figures import query_figures
    >>> from mmrec_core.evaluation.scored_pairs import scored_pairs
    >>> from mmrec_core.serving.recommender import Recommender
    >>> recommender = Recommender(open_bundle("artifacts/demo"))
    >>> table = query_figures(recommender, scored_pairs(recommender))
    >>> len(table), bool(table["candidate_recall"].dropna().between(0, 1).all())
    (526, True)
    """
    queries, truth = scored["query"].to_numpy(), scored["relevance"].to_numpy()
    names, pairs = np.unique(queries, return_counts=True)
    items = recommender.bundle.items
    table = {
        "query": names,
        **{column: items[column].to_numpy()[names] for column in ("image", "label", "text")},
        "pairs": pairs,
        "relevant": recommender.relevance.count(names),
        RECALL: candidate_recall(scored, recommender.relevance),
    }
    for ranker in rankers_of(scored):
        each = per_query(queries, truth, scored[f"{ranker}_score"].to_numpy(), k)
        table |= {
            f"{ranker}_{NDCG}": each.ndcg,
            f"{ranker}_{RECIPROCAL_RANK}": each.reciprocal_rank,
            f"{ranker}_{PRECISION}": each.average_precision,
            f"{ranker}_{RECALL_AT}": each.recall,
        }
    return pd.DataFrame(table)


def candidate_recall(scored: pd.DataFrame, relevance: KnownRelevance) -> np.ndarray:
    """Return which share of each query's relevant images are candidates, by ascending query.

    Parameters
    ----------
    scored : DataFrame
        What `mmrec_core.evaluation.scored_pairs.scored_pairs` gives; without a column ``listed``
        all pairs are of candidates.
    relevance : KnownRelevance
        What is relevant in the whole collection.

    Returns
    -------
    ndarray (queries,) float64
        0 to 1, NaN for a query without a relevant image.
    """
    names, place = np.unique(scored["query"].to_numpy(), return_inverse=True)
    found = scored["relevance"].to_numpy() > 0
    if "listed" in scored:
        found = found & scored["listed"].to_numpy(bool)
    total = relevance.count(names)
    with np.errstate(invalid="ignore"):
        return np.bincount(place, found, minlength=len(names)) / np.where(total > 0, total, np.nan)


def best_single(table: pd.DataFrame) -> str | None:
    """Return which ranker but ``model`` has the highest mean nDCG; None where none is known."""
    means = {
        name: table[f"{name}_{NDCG}"].mean()
        for name in RANKERS
        if name != MODEL and f"{name}_{NDCG}" in table
    }
    known = {name: mean for name, mean in means.items() if not np.isnan(mean)}
    return max(known, key=lambda name: known[name]) if known else None


def with_difference(table: pd.DataFrame, other: str | None) -> pd.DataFrame:
    """Add ``difference``, by how much nDCG of ``model`` is above another ranker's, where both are.

    Parameters
    ----------
    table : DataFrame
        What `query_figures` gives.
    other : str or None
        A ranker; None adds nothing.
    """
    if other is None or f"{MODEL}_{NDCG}" not in table or other == MODEL:
        return table
    return table.assign(**{DIFFERENCE: table[f"{MODEL}_{NDCG}"] - table[f"{other}_{NDCG}"]})


def ordered(table: pd.DataFrame, column: str, descending: bool = False) -> pd.DataFrame:
    """Sort by a column; what has no value comes last in either direction, ties stay in order."""
    return table.sort_values(column, ascending=not descending, kind="stable", na_position="last")
