"""The neighbour lists of a query in a large collection, from a shortlist."""

import numpy as np

from mmrec_core.collection.neighbours import LIST_LENGTH, NeighbourSearch
from mmrec_core.collection.shortlist import Shortlist
from mmrec_core.collection.total_order import PRODUCT_ERROR
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
        """Return the neighbour lists of a query, (3, 20) int32: nearly those that `lists` finds.

        Where equally near images, such as those with one caption, go on beyond the end of a list,
        all images are compared: which of them are in a list is a matter of their rows.
        """
        excluded = self._hidden
        if row >= 0:
            excluded = excluded.copy()
            excluded[row] = True
        image, caption = query.clip_image[0], query.bert_text[0]
        rows = self._shortlist.nearest_by_each(image, caption, LIST_LENGTH, excluded)
        among = NeighbourSearch(self._unit.rows(rows), lengths=self._lengths[rows])
        similarities = among._similarities(among._unit, query, np.array([-1]))
        if any(_tied(each[0]) for each in similarities):
            return super().lists_of(query, row)
        # -1, where a list has no more, is the last place.
        return np.append(rows, -1)[among.lists_of(query)].astype(np.int32)


def _tied(similarities: np.ndarray) -> bool:
    """Say whether a list's last image and the next one are equally near."""
    if len(similarities) <= LIST_LENGTH:
        return False
    last, following = -np.sort(-similarities)[LIST_LENGTH - 1 : LIST_LENGTH + 1]
    return bool(np.isfinite(following) and last - following <= PRODUCT_ERROR)
