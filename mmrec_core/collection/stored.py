"""A collection whose vectors lie in a database: what a query needs of them is fetched."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from threading import Lock
from typing import Any, cast

import numpy as np

from mmrec_core.collection.neighbours import BOTH, IMAGE, LIST_LENGTH, TEXT, NeighbourSearch
from mmrec_core.collection.shortlist import longer
from mmrec_core.collection.vectors import Vectors
from mmrec_core.vector_store.store import PART, Allowed, VectorStore

_KEPT = 8192
"""Rows that a process keeps of those that it fetched: some 50 MB."""


KINDS = ("clip_image", "clip_text", "bert_text", "expanded_image", "expanded_text")
"""The vectors of length 1, and those drawn towards neighbours; NaN where there is none."""


class StoredVectors:
    """The vectors of n images in a database, as if they were arrays.

    What is searched is the three vectors of length 1 side by side. In place of a missing one stands
    the mean of the others: a product with it is what a missing similarity counts as, the average.
    So one search finds what is nearest by all similarities (`StandardisedSimilarity`).

    Parameters
    ----------
    store : VectorStore
    has_text : ndarray (n,) bool
        Images with a caption.
    clip, bert : int
        How long CLIP's and BERT's vectors are.
    """

    def __init__(self, store: VectorStore, has_text: np.ndarray, clip: int, bert: int):
        self.store = store
        self.has_text = has_text
        widths = (clip, clip, bert, clip, bert)
        ends = np.cumsum([0, *widths])
        self._columns = dict(
            zip(KINDS, (slice(a, b) for a, b in pairwise(ends.tolist())), strict=True)
        )
        self._places: dict[int, int] = {}
        self._kept = np.empty((_KEPT, ends[-1]), dtype=np.float16)
        self._lock = Lock()

    @property
    def unit(self) -> Vectors:
        """The vectors of length 1, float16."""
        image, text, caption = map(self._block, KINDS[:3])
        return Vectors(image, text, caption)

    @property
    def expanded(self) -> tuple[np.ndarray, np.ndarray]:
        """Pictures and captions drawn towards their neighbours (`expansion.expand_all`)."""
        return self._block(KINDS[3]), self._block(KINDS[4])

    def _block(self, kind: str) -> np.ndarray:
        # It does all that is asked of a memory map of them.
        return cast(np.ndarray, StoredBlock(self, kind, self._columns[kind]))

    def rows(self, rows: np.ndarray) -> np.ndarray:
        """Return all kinds of rows side by side, (..., d) float16.

        ``rows`` may be of any shape, and negative, as those of arrays.
        """
        wanted, back = np.unique(np.asarray(rows) % len(self.has_text), return_inverse=True)
        return self._fetched(wanted)[back.reshape(np.shape(rows))]

    def _fetched(self, wanted: np.ndarray) -> np.ndarray:
        if len(wanted) > _KEPT:
            return self._from_store(wanted)
        with self._lock:
            places = np.array([self._places.get(row, -1) for row in wanted.tolist()], dtype=int)
            there = places >= 0
            found = np.empty((len(wanted), self._kept.shape[1]), dtype=np.float16)
            found[there] = self._kept[places[there]]
        if not there.all():
            missing = wanted[~there]
            found[~there] = self._from_store(missing)
            self._keep(missing, found[~there])
        return found

    def _from_store(self, wanted: np.ndarray) -> np.ndarray:
        parts = [self.store.rows(wanted[a : a + PART]) for a in range(0, len(wanted), PART)]
        return np.concatenate(parts)

    def _keep(self, rows: np.ndarray, vectors: np.ndarray) -> None:
        with self._lock:
            if len(self._places) + len(rows) > _KEPT:
                self._places.clear()
            start = len(self._places)
            new = [place for place, row in enumerate(rows.tolist()) if row not in self._places]
            self._kept[start : start + len(new)] = vectors[new]
            self._places.update({row: start + at for at, row in enumerate(rows[new].tolist())})


class StoredBlock:
    """One kind of vector of all images, (n, d) float16, read as an array is."""

    ndim = 2
    dtype = np.dtype(np.float16)

    def __init__(self, vectors: StoredVectors, kind: str, columns: slice):
        self._vectors = vectors
        self._kind = kind
        self._columns = columns
        self.shape = (len(vectors.has_text), columns.stop - columns.start)
        self.size = self.shape[0] * self.shape[1]

    def __len__(self) -> int:
        """Return how many images there are."""
        return self.shape[0]

    def __getitem__(self, key: Any) -> np.ndarray:
        """Return rows, or, of a pair of keys, what an array gives of both."""
        if isinstance(key, tuple):
            rows = self[key[0]]
            return rows[(slice(None),) * (rows.ndim - 1) + key[1:]]
        if isinstance(key, slice):
            if key == slice(None):
                return np.concatenate(list(self.parts()))
            key = np.arange(*key.indices(len(self)))
        rows = np.asarray(key)
        if rows.dtype == bool:
            rows = np.flatnonzero(rows)
        return self._vectors.rows(rows)[..., self._columns]

    def take(self, rows: np.ndarray, axis: int = 0) -> np.ndarray:
        """Return rows; ``axis`` is 0, as no column is read alone."""
        return self[rows]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        """Return all, in memory."""
        return self[:].astype(dtype or self.dtype, copy=False)

    def parts(self) -> Iterator[np.ndarray]:
        """Yield all rows in their order, some at a time."""
        return self._vectors.store.parts(self._kind)


class StoredShortlist:
    """Finds most of the nearest images by a search of the database, as a `Shortlist` does."""

    def __init__(self, vectors: StoredVectors):
        self._vectors = vectors

    def nearest(
        self, query: np.ndarray, size: int, excluded: np.ndarray, without_text: float
    ) -> np.ndarray:
        """Return the images that are probably the nearest, as `Shortlist.nearest` does."""
        allowed = Allowed(None, np.flatnonzero(excluded))
        return self._vectors.store.search(query, longer(size), allowed).rows


class StoredSearch(NeighbourSearch):
    """A `NeighbourSearch` that compares a query with what the database finds for it."""

    def __init__(self, vectors: StoredVectors, hidden: np.ndarray | None, lengths: np.ndarray):
        super().__init__(vectors.unit, hidden, lengths)
        self._vectors = vectors
        self._hidden = np.zeros(0, int) if hidden is None else np.flatnonzero(hidden)
        self._lengths = lengths

    def lists_of(self, query: Vectors, row: int = -1) -> np.ndarray:
        """Return the neighbour lists of a query, (3, 20) int32, as `lists` finds them."""
        lists = np.full((3, LIST_LENGTH), -1, dtype=np.int32)
        for modality in (IMAGE, TEXT, BOTH):
            found = self.nearest(query, modality, LIST_LENGTH, row)
            lists[modality, : len(found)] = found
        return lists

    def nearest(self, query: Vectors, modality: int, size: int, row: int = -1) -> np.ndarray:
        """Return the rows of the ``size`` images nearest a query, nearest first."""
        rows = np.sort(self._probable(query, modality, longer(size), row))
        if not len(rows):
            return rows
        search = NeighbourSearch(self._unit.rows(rows), lengths=self._lengths[rows])
        return rows[search.nearest(query, modality, size)]

    def _probable(self, query: Vectors, modality: int, length: int, row: int) -> np.ndarray:
        image, caption = query.clip_image[0], query.bert_text[0]
        both = modality == BOTH and not np.isnan(caption[0])
        if np.isnan((caption if modality == TEXT else image)[0]):
            return np.zeros(0, dtype=np.int64)
        but = np.append(self._hidden, row) if row >= 0 else self._hidden
        searches: list[tuple[np.ndarray | None, np.ndarray | None, bool | None]]
        if modality == TEXT:
            searches = [(None, caption, True)]
        elif both:
            searches = [(image / 2, caption / 2, True), (image, None, False)]
        else:
            searches = [(image, None, None)]
        found = [
            self._vectors.store.search(self._query(picture, words), length, Allowed(text, but)).rows
            for picture, words, text in searches
        ]
        return np.unique(np.concatenate(found))

    def _query(self, picture: np.ndarray | None, words: np.ndarray | None) -> np.ndarray:
        clip, bert = self._unit.clip_image.shape[1], self._unit.bert_text.shape[1]
        return np.concatenate(
            [
                np.zeros(clip) if picture is None else picture,
                np.zeros(clip),
                np.zeros(bert) if words is None else words,
            ]
        ).astype(np.float32)
