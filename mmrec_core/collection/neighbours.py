"""Exact nearest neighbours: by image, by text, and by both.

What two images share in their neighbour lists says more than their cosine alone where the space
is unevenly dense (Jarvis and Patrick 1973, "Clustering using a similarity measure based on shared
near neighbors").
"""

from collections.abc import Sequence
from functools import cached_property, partial

import numpy as np

from mmrec_core.bundle.layout import STORED_NEIGHBOURS
from mmrec_core.collection.total_order import exact_cosines, most_similar, place_of
from mmrec_core.collection.vectors import Vectors, fused, products

LIST_LENGTH = STORED_NEIGHBOURS - 1  # so that a list is still whole without the query in it
DEEP = 64  # of a list this long, enough is left when some images are hidden
CHUNK = 512
IMAGE, TEXT, BOTH = range(3)
FEW = 512  # of more rows than this, equal vectors are multiplied once


class NeighbourSearch:
    """Finds the nearest images of a collection, by exact search, in the order of `total_order`.

    Parameters
    ----------
    unit : Vectors
        Vectors of length 1, float16.
    hidden : ndarray (n,) bool, optional
        Images that nothing finds.
    lengths : ndarray (n, 2) float32, optional
        Of the vectors before they were scaled, NaN or 0 where there is none: spares reading all.
    """

    def __init__(
        self, unit: Vectors, hidden: np.ndarray | None = None, lengths: np.ndarray | None = None
    ):
        self._unit = unit
        missing = (
            np.isnan(np.column_stack([unit.clip_image[:, 0], unit.bert_text[:, 0]]))
            if lengths is None
            else ~(lengths > 0)
        )
        if hidden is not None:
            missing |= hidden[:, None]
        self._no_image, self._no_text = map(np.flatnonzero, missing.T)

    def lists(
        self, rows: Sequence[int] | np.ndarray, length: int = STORED_NEIGHBOURS
    ) -> np.ndarray:
        """Return the neighbour lists of some images among all others.

        Parameters
        ----------
        rows : (m,) int
            Some hundreds at a time are fastest, and need 12 bytes an image of the collection each.
        length : int
            How long the lists are.

        Returns
        -------
        ndarray (m, 3, length) int32
            Rows of the nearest by image cosine, by BERT cosine and by their mean, nearest first,
            of equally near ones the lower row; -1 where there is none.
        """
        rows = np.asarray(rows)
        return self._lists(self._single, self._single.rows(rows), rows, length)

    def lists_among(self, queries: Vectors, own: np.ndarray, length: int) -> np.ndarray:
        """Return the lists of several queries, (m, 3, length) int32, as `lists` finds them.

        Parameters
        ----------
        queries : Vectors
            Vectors of length 1, n = m.
        own : ndarray (m,) int
            Row of each if it is an image of the collection; else -1.
        length : int
            How long the lists are.
        """
        return self._lists(self._single, queries, own, length)

    def lists_of(self, query: Vectors, row: int = -1) -> np.ndarray:
        """Return the neighbour lists of a query, (3, 20) int32, as `lists` finds them.

        Parameters
        ----------
        query : Vectors
            Vectors of length 1, n = 1.
        row : int
            Its row if it is an image of the collection, which is not its own neighbour; else -1.
        """
        return self._lists(self._unit, query, np.array([row]), LIST_LENGTH)[0]

    def nearest(self, query: Vectors, modality: int, size: int, row: int = -1) -> np.ndarray:
        """Return the rows of the ``size`` images nearest a query, nearest first.

        Parameters
        ----------
        query : Vectors
            Vectors of length 1, n = 1.
        modality : int
            `IMAGE`, `TEXT` or `BOTH`.
        size : int
            At least 1.
        row : int
            Its row if it is an image of the collection, else -1.

        Returns
        -------
        ndarray (at most size,) int64
        """
        similarities = self._similarities(self._unit, query, np.array([row]))[modality]
        rows = most_similar(similarities, size, partial(self._exact, query, modality))[0]
        return rows[rows >= 0].astype(np.int64)

    def place_of(self, query: Vectors, modality: int, row: int) -> int | None:
        """Return which place an image has in the order of `nearest`, from 1.

        None where there is nothing to compare. Parameters are those of `nearest`, but for the
        image ``row``.
        """
        similarities = self._similarities(self._unit, query, np.array([-1]))[modality][0]
        return place_of(similarities, row, partial(self._exact, query, modality, 0))

    @cached_property
    def _single(self) -> Vectors:
        """The vectors in single precision: of many queries, products are faster by far."""
        image, caption = (
            np.asarray(block, dtype=np.float32)
            for block in (self._unit.clip_image, self._unit.bert_text)
        )
        return Vectors(image, self._unit.clip_text, caption)

    def _lists(
        self, vectors: Vectors, queries: Vectors, own: np.ndarray, length: int
    ) -> np.ndarray:
        similarities = self._similarities(vectors, queries, own)
        return np.stack(
            [
                most_similar(
                    similarities[modality], length, partial(self._exact, queries, modality)
                )
                for modality in (IMAGE, TEXT, BOTH)
            ],
            axis=1,
        )

    def _similarities(
        self, vectors: Vectors, queries: Vectors, own: np.ndarray
    ) -> tuple[np.ndarray, ...]:
        """Return the similarities by modality, each (m, n) float32, -inf where there is none."""
        image = similarities(queries.clip_image, vectors.clip_image, own, self._no_image)
        text = similarities(queries.bert_text, vectors.bert_text, own, self._no_text)
        both = image + text
        both /= 2
        both[:, self._no_text] = image[:, self._no_text]
        without_text = np.isnan(queries.bert_text[:, 0])
        both[without_text] = image[without_text]
        return image, text, both

    def _exact(self, queries: Vectors, modality: int, place: int, rows: np.ndarray) -> np.ndarray:
        def of(vectors: np.ndarray, query: np.ndarray, copies: str) -> np.ndarray:
            if len(rows) <= FEW:
                return exact_cosines(vectors[rows], query)
            firsts, back = np.unique(getattr(self, copies)[rows], return_inverse=True)
            return exact_cosines(vectors[firsts], query)[back]

        parts = []
        if modality != TEXT:
            parts.append(of(self._unit.clip_image, queries.clip_image[place], "_image_copies"))
        if modality != IMAGE:
            parts.append(of(self._unit.bert_text, queries.bert_text[place], "_text_copies"))
        return parts[0] if len(parts) == 1 else fused(*parts)

    @cached_property
    def _image_copies(self) -> np.ndarray:
        return first_copies(self._unit.clip_image)

    @cached_property
    def _text_copies(self) -> np.ndarray:
        return first_copies(self._unit.bert_text)


def similarities(
    queries: np.ndarray, vectors: np.ndarray, own: np.ndarray, missing: np.ndarray
) -> np.ndarray:
    """Return the cosines of queries with vectors, -inf where `most_similar` shall list none.

    Parameters
    ----------
    queries : ndarray (m, d) float32
        Of length 1; NaN where there is none.
    vectors : ndarray (n, d)
        Likewise; of one query also in half precision.
    own : ndarray (m,) int
        The place of each query among the vectors, if it is one of them; else -1.
    missing : ndarray (k,) int
        Places of vectors that are out of the question.

    Returns
    -------
    ndarray (m, n) float32
    """
    if len(queries) == 1:
        found = products(vectors, queries)
    else:
        import torch  # its matrix products are several times as fast as NumPy's

        found = (torch.from_numpy(queries) @ torch.from_numpy(vectors).T).numpy()
    found[:, missing] = -np.inf
    found[np.isnan(queries[:, 0])] = -np.inf
    known = np.flatnonzero(own >= 0)
    found[known, own[known]] = -np.inf
    return found


def first_copies(vectors: np.ndarray) -> np.ndarray:
    """Return the first row that holds the same vector, for each row."""
    rows = np.ascontiguousarray(vectors)
    as_bytes = rows.view(np.dtype((np.void, rows.strides[0]))).ravel()
    _, first, back = np.unique(as_bytes, return_index=True, return_inverse=True)
    return first[back]


def all_neighbours(
    unit: Vectors, chunk: int = CHUNK, length: int = STORED_NEIGHBOURS
) -> np.ndarray:
    """Return each image's neighbour lists among the others, as `NeighbourSearch` finds them.

    Parameters
    ----------
    unit : Vectors
        Vectors of length 1.
    chunk : int
        How many images' lists are computed at a time.
    length : int
        How long the lists are.

    Returns
    -------
    ndarray (n, 3, length) int32
    """
    search = NeighbourSearch(unit)
    lists = np.empty((len(unit), 3, length), dtype=np.int32)
    for start in range(0, len(unit), chunk):
        rows = np.arange(start, min(start + chunk, len(unit)))
        lists[rows] = search.lists(rows, length)
    return lists


def visible_neighbours(unit: Vectors, deep: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """Return the visible images' neighbour lists as if the hidden ones were not there.

    Parameters
    ----------
    unit : Vectors
        Vectors of length 1 of all n images.
    deep : ndarray (n, 3, length) int32
        Longer lists of all images among all. Where too few of one are visible, the image's lists
        are computed anew.
    hidden : ndarray (n,) bool

    Returns
    -------
    ndarray (visible, 3, 21) int32
        Rows of the whole collection.
    """
    visible = np.flatnonzero(~hidden)
    deep = np.asarray(deep[visible])
    kept = (deep >= 0) & ~hidden[deep]
    order = np.argsort(~kept, axis=-1, kind="stable")[..., :STORED_NEIGHBOURS]
    lists = np.where(
        np.take_along_axis(kept, order, axis=-1), np.take_along_axis(deep, order, axis=-1), -1
    )
    cut = (deep[..., -1] >= 0) & (kept.sum(axis=-1) < STORED_NEIGHBOURS)
    short = np.flatnonzero(cut.any(axis=1))
    if len(short):
        search = NeighbourSearch(unit.rows(visible))
        for start in range(0, len(short), CHUNK):
            rows = short[start : start + CHUNK]
            anew = search.lists(rows)
            lists[rows] = np.where(anew >= 0, visible[anew], -1)
    return lists.astype(np.int32)


def without(lists: np.ndarray, row: int) -> np.ndarray:
    """Return stored lists as they would be if the image ``row`` were not in the collection.

    A query of the collection stands in the lists of its candidates, a new one in none: without it
    both have the same features.

    Parameters
    ----------
    lists : ndarray (…, 21) int32
    row : int
        The query; -1 if it is new.

    Returns
    -------
    ndarray (…, 20) int32
    """
    kept = np.array(lists[..., :LIST_LENGTH])
    if row >= 0:
        for *of, place in np.argwhere(kept == row):
            kept[(*of, slice(place, None))] = lists[(*of, slice(place + 1, None))]
    return kept


def shared(query: np.ndarray, candidates: np.ndarray, images: int) -> np.ndarray:
    """Count what each candidate's list shares with the query's.

    Parameters
    ----------
    query : ndarray (20,) int32
    candidates : ndarray (n, 20) int32
    images : int
        How many images the collection has.

    Returns
    -------
    ndarray (n,) float32
        0 to 20; NaN where either list is empty.
    """
    listed = np.zeros(images + 1, dtype=bool)  # the last place is that of -1
    listed[query] = True
    listed[-1] = False
    counts = listed[candidates].sum(axis=1).astype(np.float32)
    counts[candidates[:, 0] < 0] = np.nan
    return counts if query[0] >= 0 else np.full(len(candidates), np.nan, dtype=np.float32)
