"""The neighbour lists of a query in a large collection, from a shortlist."""

import numpy as np

from mmrec_core.collection.neighbours import LIST_LENGTH, NeighbourSearch
from mmrec_core.collection.shortlist import Shortlist
from mmrec_core.collection.vectors import Vectors


class ShortlistSearch(NeighbourSearch):
    """A `NeighbourSearch` that looks for a query's lists among what a shortlist finds.

    Parameters
    ----------
    unit, hidden, lengths
        As of `NeighbourSearch`.
    shortlist : Shortlist
        Of the same images.
    """

    def __init__(
        self,
        unit: Vectors,
        hidden: np.ndarray | None,
        lengths: np.ndarray,
        shortlist: Shortlist,
    ):
        super().__init__(unit, hidden, lengths)
        self._hidden = np.zeros(len(unit), dtype=bool) if hidden is None else hidden
        self._lengths, self._shortlist = lengths, shortlist

    def lists_of(self, query: Vectors, row: int = -1) -> np.ndarray:
        """Return the neighbour lists of a query, (3, 20) int32, as `lists` finds nearly all."""
        excluded = self._hidden
        if row >= 0:
            excluded = excluded.copy()
            excluded[row] = True
        rows = self._shortlist.nearest_by_each(
            query.clip_image[0], query.bert_text[0], LIST_LENGTH, excluded
        )
        among = NeighbourSearch(self._unit.rows(rows), lengths=self._lengths[rows])
        lists = among.lists_of(query)
        return np.where(lists >= 0, rows[lists], -1).astype(np.int32)
