"""Where two systems differ: the mean difference in each group of queries that share a property."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mmrec_core.bundle import Bundle
from mmrec_core.evaluation.slices import query_slices, slice_means

BY_CHANCE = 0.05
"""The share of 95 % intervals that leave 0 out where nothing differs."""


@dataclass(frozen=True, eq=False)
class SliceDifferences:
    """Slices of at least 5 queries and not all, those that differ most first.

    Attributes
    ----------
    table : DataFrame
        ``kind``, ``value`` (as `mmrec_core.evaluation.slices.query_slices` has them, of A),
        ``queries``, ``difference`` (mean of B less A) with ``low``, ``high``; those whose interval
        leaves 0 out come first, then by the size of the difference.
    beyond : int
        How many of their intervals leave 0 out.
    by_chance : float
        How many would be expected to if A and B did not differ: many slices are compared at once.
    """

    table: pd.DataFrame
    beyond: int
    by_chance: float


def slice_differences(bundle: Bundle, queries: pd.DataFrame, seed: int) -> SliceDifferences:
    """Average the differences of queries over the slices of A.

    Parameters
    ----------
    bundle : Bundle
        A.
    queries : DataFrame
        What `mmrec_core.differences.queries.moved_queries` gives.
    seed : int
        Seed of the bootstrap over queries.
    """
    differences = queries.set_index("query")["difference"].sort_index()
    slices = query_slices(bundle, differences.index.to_numpy())
    table = slice_means(differences, slices, seed)
    part = ~table["small"] & (table["queries"] < len(differences))
    table = table.loc[part, ["kind", "value", "queries", "mean", "low", "high"]]
    table = table.rename(columns={"mean": "difference"})
    beyond = ((table["low"] > 0) | (table["high"] < 0)).to_numpy()
    order = np.lexsort((-table["difference"].abs(), ~beyond))
    return SliceDifferences(
        table=table.iloc[order].reset_index(drop=True),
        beyond=int(beyond.sum()),
        by_chance=BY_CHANCE * len(table),
    )
