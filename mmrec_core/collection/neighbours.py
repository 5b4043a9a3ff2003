"""Exact nearest neighbours: by image, by text, and by both.

What two images share in their neighbour lists says more than their cosine alone where the space
is unevenly dense (Jarvis and Patrick 1973, "Clustering using a similarity measure based on shared
near neighbors").
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from mmrec_core.bundle.layout import STORED_NEIGHBOURS
from mmrec_core.collection.vectors import Vectors, fused

LIST_LENGTH = STORED_NEIGHBOURS - 1  # so that a list is still whole without the query in it
DEEP = 64  # of a list this long, enough is left when some images are hidden
CHUNK = 512


class NeighbourSearch:
    """Finds neighbour lists among the images of a collection, by exact search.

    Parameters
    ----------
    unit : Vectors
        Vectors of length 1.
    """

    def __init__(self, unit: Vectors):
        import torch  # its matrix products and partial sorts are several times as fast as NumPy's

        self._image, self._text = (
            torch.from_numpy(np.nan_to_num(vectors))
            for vectors in (unit.clip_image, unit.bert_text)
        )
        self._no_image, self._no_text = (
            torch.from_numpy(np.isnan(vectors[:, 0]))
            for vectors in (unit.clip_image, unit.bert_text)
        )

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
            Rows of the nearest by image cosine, by BERT cosine and by their mean, nearest first;
            -1 where there is none.
        """
        import torch

        rows = np.asarray(rows)
        image = self._cosines(self._image, self._no_image, rows)
        text = self._cosines(self._text, self._no_text, rows)
        found = [_best(image, length), _best(text, length)]
        both = torch.where(torch.isneginf(text), image, text.add_(image).div_(2))
        both[torch.isneginf(image)] = -torch.inf
        return np.stack([*found, _best(both, length)], axis=1)

    def _cosines(self, vectors: Any, missing: Any, rows: np.ndarray) -> Any:
        import torch

        cosines = vectors[rows] @ vectors.T
        cosines[:, missing] = -torch.inf
        cosines[missing[rows]] = -torch.inf
        cosines[np.arange(len(rows)), rows] = -torch.inf
        return cosines


def all_neighbours(
    unit: Vectors, progress: Callable[[Iterable[int]], Iterable[int]] = iter, chunk: int = CHUNK
) -> np.ndarray:
    """Return each image's neighbour lists among the others, as `NeighbourSearch` finds them.

    Parameters
    ----------
    unit : Vectors
        Vectors of length 1.
    progress : callable
        Wraps the chunks' starts, to show how far it is.

    Returns
    -------
    ndarray (n, 3, 21) int32
    """
    search = NeighbourSearch(unit)
    lists = np.empty((len(unit), 3, STORED_NEIGHBOURS), dtype=np.int32)
    for start in progress(range(0, len(unit), chunk)):
        rows = np.arange(start, min(start + chunk, len(unit)))
        lists[rows] = search.lists(rows)
    return lists


def visible_neighbours(unit: Vectors, deep: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """Return the visible images' neighbour lists as if the hidden ones were not there.

    Parameters
    ----------
    unit : Vectors
        Vectors of length 1 of all n images.
    deep : ndarray (n, 3, length) int32
        Longer lists of all images among all. Where too few of one are visible, the image's lists
        are found anew.
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
            found = search.lists(rows)
            lists[rows] = np.where(found >= 0, visible[found], -1)
    return lists.astype(np.int32)


def nearest(image_cosines: np.ndarray, text_cosines: np.ndarray) -> np.ndarray:
    """Return the neighbour lists, shape (n, 3, 21), from cosines of shape (n, collection)."""
    modalities = (image_cosines, text_cosines, fused(image_cosines, text_cosines))
    return np.stack([top(cosines, STORED_NEIGHBOURS) for cosines in modalities], axis=1)


def top(scores: np.ndarray, size: int) -> np.ndarray:
    """Return the columns of the ``size`` highest scores of each row, best first.

    NaN scores are left out; -1 fills up. Shape (n, size), int32.
    """
    import torch

    known = np.where(np.isnan(scores), -np.inf, scores).astype(np.float32)
    return _best(torch.from_numpy(known), size)


def _best(scores: Any, size: int) -> np.ndarray:
    """Return the columns of the highest scores, -inf never; of equals the first comes first."""
    kept = min(size, scores.shape[1])
    values, found = (part.numpy() for part in scores.topk(kept, dim=1))
    order = np.lexsort((found, -values), axis=1)
    rows = np.take_along_axis(found, order, axis=1).astype(np.int32)
    rows[np.isneginf(np.take_along_axis(values, order, axis=1))] = -1
    return np.pad(rows, ((0, 0), (0, size - kept)), constant_values=-1)


def without(lists: np.ndarray, row: int) -> np.ndarray:
    """Return stored lists as they would be if the image ``row`` were not in the collection.

    A query of the collection stands in the lists of its candidates, a new one in none: without it
    both have the same features.

    Parameters
    ----------
    lists : ndarray (n, 3, 21) int32
    row : int
        The query; -1 if it is new.

    Returns
    -------
    ndarray (n, 3, 20) int32
    """
    order = np.argsort(lists == row if row >= 0 else np.zeros(lists.shape), axis=-1, kind="stable")
    return np.take_along_axis(lists, order, axis=-1)[..., :LIST_LENGTH]


def shared(query: np.ndarray, candidates: np.ndarray) -> np.ndarray:
    """Count what each candidate's list shares with the query's.

    Parameters
    ----------
    query : ndarray (20,) int32
    candidates : ndarray (n, 20) int32

    Returns
    -------
    ndarray (n,) float32
        0 to 20; NaN where either list is empty.
    """
    counts = (np.isin(candidates, query) & (candidates >= 0)).sum(axis=1).astype(np.float32)
    counts[candidates[:, 0] < 0] = np.nan
    return counts if query[0] >= 0 else np.full(len(candidates), np.nan, dtype=np.float32)
