"""Each query under two systems: by how much its figure and its first results moved."""

import numpy as np
import pandas as pd

from mmrec_core.bundle import Bundle
from mmrec_core.differences.figures import values_by_query
from mmrec_core.differences.matching import Matching
from mmrec_core.differences.pools import SIDES
from mmrec_core.evaluation.metrics import CUTOFF
from mmrec_core.evaluation.scored_pairs import ranks


def moved_queries(
    pairs: pd.DataFrame, matching: Matching, bundle: Bundle, ranker: str, metric: str
) -> pd.DataFrame:
    """Return one row a query, those that moved most first.

    Parameters
    ----------
    pairs : DataFrame
        What `mmrec_core.differences.pools.union_of_pools` gives.
    matching : Matching
    bundle : Bundle
        A.
    ranker : str
    metric : str
        One of `mmrec_core.differences.figures.BY_QUERY`.

    Returns
    -------
    DataFrame
        ``image`` (name of the query), ``query``, ``query_b`` (its rows in A and B), ``relevant``
        (candidates of either system that are), ``a``, ``b`` (the metric in each), ``difference``
        (B less A; these three NaN without a relevant candidate), ``overlap`` (Jaccard of the first
        5 of both; NaN where neither has any). By the size of the difference, then by how little
        the first 5 overlap, then by name.
    """
    queries, places = np.unique(pairs["query"].to_numpy(), return_inverse=True)
    a, b = values_by_query(pairs, ranker)[metric]
    table = pd.DataFrame(
        {
            "image": bundle.items["image"].to_numpy()[queries],
            "query": queries,
            "query_b": matching.row_in_b[queries],
            "relevant": np.bincount(places, pairs["relevance"]).astype(int),
            "a": a,
            "b": b,
            "difference": b - a,
            "overlap": first_overlap(pairs, places, ranker),
        }
    )
    order = np.lexsort((table["image"], table["overlap"], -table["difference"].abs()))
    return table.iloc[order].reset_index(drop=True)


def both_ends(queries: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows of `moved_queries` that got worse in B and those that got better, in order.

    Examples
    --------
    >>> worse, better = both_ends(pd.DataFrame({"difference": [-1.0, 0.5, 0.0, -0.2, np.nan]}))
    >>> worse["difference"].tolist(), better["difference"].tolist()
    ([-1.0, -0.2], [0.5])
    """
    return queries[queries["difference"] < 0], queries[queries["difference"] > 0]


def first_overlap(pairs: pd.DataFrame, places: np.ndarray, ranker: str) -> np.ndarray:
    """Return the Jaccard overlap of the first 5 of both systems, (queries,) float64.

    ``places`` says which query each pair belongs to, from 0.
    """
    first = {}
    for side, rows in zip(SIDES, ("candidate", "candidate_b"), strict=True):
        scores = pairs[f"{ranker}_{side}"].to_numpy()
        first[side] = (ranks(places, pairs[rows].to_numpy(), scores) <= CUTOFF) & ~np.isnan(scores)
    both, either = (
        np.bincount(places, shown) for shown in (first["a"] & first["b"], first["a"] | first["b"])
    )
    return np.divide(both, either, out=np.full(len(both), np.nan), where=either > 0)
