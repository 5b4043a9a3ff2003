"""The lists of two bundles of the same images, on the queries that both can answer fairly."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mmrec_core.differences.matching import MatchedImages, matched_images
from mmrec_core.preferences.query_lists import (
    SystemLists,
    are_stored,
    drawn,
    fair_queries,
    system_lists,
)
from mmrec_core.preferences.systems import system_of
from mmrec_core.serving.recommender import Recommender


@dataclass(frozen=True, eq=False)
class ListsOfBoth:
    """The first candidates of each query by every ranker of two bundles, A and B.

    Attributes
    ----------
    lists : SystemLists
        Rows are those of A; images that only B has come after them. Rankers of B are called
        `mmrec_core.preferences.systems.system_of` with the name of B.
    row_in_b : ndarray (images,) int64
        The row in B of each of the lists' images, -1 where only A has it.
    images : MatchedImages
    queries_only_a, queries_only_b : int
        Queries that one of them alone can answer fairly.
    """

    lists: SystemLists
    row_in_b: np.ndarray
    images: MatchedImages
    queries_only_a: int
    queries_only_b: int


def lists_of_both(
    a: Recommender, scored_a: pd.DataFrame, b: Recommender, scored_b: pd.DataFrame, name: str
) -> ListsOfBoth:
    """Return the lists of two bundles on the queries that both hold out, matched by name.

    Each query is answered in either bundle as `mmrec_core.preferences.query_lists.system_lists`
    does; where one of them did not keep its lists, at most 200 queries of both are drawn at random.

    Parameters
    ----------
    a, b : Recommender
    scored_a, scored_b : DataFrame
        What `mmrec_core.evaluation.scored_pairs.scored_pairs` gives of each.
    name : str
        What B is called.
    """
    matched = matched_images(a.bundle, b.bundle)
    fair_a, fair_b = fair_queries(a, scored_a), fair_queries(b, scored_b)
    common = np.intersect1d(fair_a, matched.row_in_a[fair_b])
    queries = common
    if not (are_stored(a, scored_a) and are_stored(b, scored_b)):
        queries = drawn(common, a.bundle.manifest.seed)
    of_a = system_lists(a, scored_a, queries)
    there = matched.row_in_b[queries]
    of_b = system_lists(b, scored_b, np.sort(there))
    only_b = np.flatnonzero(matched.row_in_a < 0)
    place = matched.row_in_a.copy()
    place[only_b] = len(matched.row_in_b) + np.arange(len(only_b))
    order = np.searchsorted(of_b.queries, there)
    lists = of_a.of | {
        system_of(ranker, name): np.where(rows >= 0, place[rows], -1)[order]
        for ranker, rows in of_b.of.items()
    }
    images = np.concatenate([of_a.images, of_b.images[only_b]])
    return ListsOfBoth(
        lists=SystemLists(queries, of_a.names, lists, images),
        row_in_b=np.concatenate([matched.row_in_b, only_b]),
        images=matched,
        queries_only_a=len(fair_a) - len(common),
        queries_only_b=len(fair_b) - len(common),
    )
