"""What is known to be relevant to what: people's judgements, or equal labels."""

from collections.abc import Iterable
from typing import Literal

import numpy as np
import pandas as pd

from mmrec_core.bundle import Bundle
from mmrec_core.inputs.judgements import ADDED

_SIDES: tuple[Literal["left", "right"], ...] = ("left", "right")


class KnownRelevance:
    """Looks up the relevance of images to images. Read-only after it is made.

    Parameters
    ----------
    labels : Series or None
        The label of each image; images of one label are relevant to each other.
    judged : DataFrame or None
        Judged pairs: ``query``, ``candidate`` (rows) and ``relevance``. They go before labels.
    later : ndarray (n,) bool, optional
        Images that came after the build: `count` leaves them out, as the build's figures do.

    Attributes
    ----------
    source : {"judged", "labels"} or None
        Where the knowledge comes from; None if there is none.
    """

    def __init__(
        self,
        labels: pd.Series | None,
        judged: pd.DataFrame | None,
        later: np.ndarray | None = None,
    ):
        self.source: Literal["judged", "labels"] | None = None
        if judged is not None:
            self.source = "judged"
            pairs = judged.sort_values(["query", "candidate"], kind="stable")
            self._queries = pairs["query"].to_numpy()
            self._candidates = pairs["candidate"].to_numpy()
            self._judgements = pairs["relevance"].to_numpy()
        elif labels is not None:
            self.source = "labels"
            self._labels = pd.factorize(labels)[0]
            self._by_label = np.argsort(self._labels, kind="stable")
            self._sorted = self._labels[self._by_label]
            counted = (self._labels >= 0) & (True if later is None else ~later)
            self._sizes = np.bincount(self._labels[counted], minlength=self._labels.max() + 1)

    @classmethod
    def of_bundle(cls, bundle: Bundle) -> "KnownRelevance":
        """Return what a bundle knows."""
        source = bundle.manifest.relevance
        return cls(
            bundle.items["label"] if source == "labels" else None,
            bundle.pairs if source == "judged" else None,
            (bundle.items["split"] == ADDED).to_numpy(),
        )

    def of(self, query: int, rows: np.ndarray) -> np.ndarray:
        """Return the relevance of images to a query.

        Parameters
        ----------
        query : int
            A row.
        rows : ndarray (n,) int

        Returns
        -------
        ndarray (n,) float64
            1, 0, or NaN where nobody said.
        """
        relevance = np.full(len(rows), np.nan)
        if self.source == "labels" and self._labels[query] >= 0:
            theirs = self._labels[rows]
            relevance[theirs >= 0] = (theirs == self._labels[query])[theirs >= 0]
        elif self.source == "judged":
            candidates, judgements = self._pairs_of(query)
            if len(candidates):
                place = np.minimum(np.searchsorted(candidates, rows), len(candidates) - 1)
                known = candidates[place] == rows
                relevance[known] = judgements[place[known]]
        return relevance

    def relevant(self, query: int) -> np.ndarray:
        """Return the rows known to be relevant to a query, ascending, without itself."""
        rows = np.zeros(0, dtype=np.int64)
        if self.source == "labels" and self._labels[query] >= 0:
            label = self._labels[query]
            first, last = np.searchsorted(self._sorted, [label, label + 1])
            rows = self._by_label[first:last]
        elif self.source == "judged":
            candidates, judgements = self._pairs_of(query)
            rows = candidates[judgements == 1].astype(np.int64)
        return rows[rows != query]

    def relevant_to(self, queries: Iterable[int]) -> dict[int, np.ndarray]:
        """Return the `relevant` rows of each query that has any."""
        found = {int(query): self.relevant(int(query)) for query in queries}
        return {query: rows for query, rows in found.items() if len(rows)}

    def count(self, queries: np.ndarray) -> np.ndarray:
        """Return how many images are known to be `relevant` to each query, (n,) int64."""
        if self.source == "labels":
            labels = self._labels[queries]
            others = np.append(self._sizes - 1, 0)  # the last place is that of -1
            return np.maximum(others[labels], 0)
        if self.source == "judged":
            relevant = (self._judgements == 1) & (self._candidates != self._queries)
            before = np.concatenate([[0], np.cumsum(relevant)])
            first, last = (np.searchsorted(self._queries, queries, side) for side in _SIDES)
            return before[last] - before[first]
        return np.zeros(len(queries), dtype=np.int64)

    def _pairs_of(self, query: int) -> tuple[np.ndarray, np.ndarray]:
        first, last = np.searchsorted(self._queries, [query, query + 1])
        return self._candidates[first:last], self._judgements[first:last]
