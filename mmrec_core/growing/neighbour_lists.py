"""Neighbour lists of a collection that grew or shrank, exactly those of a search of it all.

Lists are in the order of `mmrec_core.collection.total_order`: by similarity, then by row. An image
that no old list holds comes after all that it holds, so an old list and the new images are all that
can stand in the new list.
"""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from mmrec_core.collection.neighbours import BOTH, IMAGE, TEXT, NeighbourSearch
from mmrec_core.collection.total_order import PRODUCT_ERROR, exact_cosines, most_similar
from mmrec_core.collection.vectors import Vectors, fused

InChunks = Callable[[str, Sequence[int], Callable[[Sequence[int]], np.ndarray]], np.ndarray]


def lists_with_added(
    unit: Vectors, lists: np.ndarray, in_chunks: InChunks
) -> tuple[np.ndarray, np.ndarray]:
    """Return all neighbour lists once images were appended.

    Parameters
    ----------
    unit : Vectors
        Vectors of length 1 of all n images.
    lists : ndarray (m, 3, length) int32
        Those of the first m images among themselves.
    in_chunks : callable
        Given what is done, items and a function from some of them to lists, returns all lists.

    Returns
    -------
    lists : ndarray (n, 3, length) int32
    among_old : ndarray (n - m, 3, length) int32
        The added images' lists of the first m images alone.
    """
    length = lists.shape[-1]
    added = np.arange(len(lists), len(unit))
    hidden = np.zeros(len(unit), dtype=bool)
    hidden[added] = True
    search = NeighbourSearch(unit, hidden)
    among_old = in_chunks(
        "neighbours of the added", added.tolist(), lambda rows: search.lists(rows, length)
    )
    known = np.concatenate([lists, among_old])
    merged = in_chunks(
        "neighbours", range(len(unit)), lambda rows: _merged(unit, known, added, np.asarray(rows))
    )
    return merged, among_old


def lists_without(
    unit: Vectors, lists: np.ndarray, kept: np.ndarray, in_chunks: InChunks
) -> np.ndarray:
    """Return the neighbour lists of the images that are left.

    Parameters
    ----------
    unit : Vectors
        Vectors of length 1 of these n images.
    lists : ndarray (m, 3, length) int32
        Those of all m images before.
    kept : ndarray (n,) int
        Their rows among the m, ascending.
    in_chunks : callable
        As of `lists_with_added`.

    Returns
    -------
    ndarray (n, 3, length) int32
        By their new rows.
    """
    renumbered = np.full(len(lists) + 1, -1, dtype=np.int32)  # the last place is that of -1
    renumbered[kept] = np.arange(len(kept))
    before = np.asarray(lists[kept])
    left = renumbered[before]
    lost = ((left < 0) & (before >= 0)).any(axis=-1)
    short = np.flatnonzero((lost & (before[..., -1] >= 0)).any(axis=1))
    order = np.argsort(left < 0, axis=-1, kind="stable")
    result = np.take_along_axis(left, order, axis=-1)
    if len(short):
        search = NeighbourSearch(unit)
        result[short] = in_chunks(
            "neighbours", short.tolist(), lambda rows: search.lists(rows, lists.shape[-1])
        )
    return result


def _merged(unit: Vectors, known: np.ndarray, added: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return the lists of some rows, given their lists without the added images."""
    queries, new = unit.rows(rows), unit.rows(added)
    merged = np.array(known[rows])
    image, text = (
        _products(ours, theirs)
        for ours, theirs in (
            (queries.clip_image, new.clip_image),
            (queries.bert_text, new.bert_text),
        )
    )
    itself = np.flatnonzero(rows >= added[0])
    for modality, found in ((IMAGE, image), (TEXT, text), (BOTH, _both(image, text))):
        found[itself, rows[itself] - added[0]] = -np.inf
        last = _own_products(unit, queries, known[rows, modality, -1:], modality)[:, 0]
        reached = np.flatnonzero(found.max(axis=1) >= last - 2 * PRODUCT_ERROR)
        if not len(reached):
            continue
        listed = np.sort(known[rows[reached], modality], axis=1)  # of equals the lower row is first
        columns = np.hstack([listed, np.broadcast_to(added, (len(reached), len(added)))])
        ours = queries.rows(reached)
        similarity = np.hstack([_own_products(unit, ours, listed, modality), found[reached]])
        exact = partial(_exact, unit, ours, columns, modality)
        places = most_similar(similarity, known.shape[-1], exact)
        chosen = np.take_along_axis(columns, np.maximum(places, 0), axis=1)
        merged[reached, modality] = np.where(places >= 0, chosen, -1)
    return merged


def _products(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    found = ours @ theirs.T
    return np.where(np.isnan(found), -np.inf, found).astype(np.float32)


def _both(image: np.ndarray, text: np.ndarray) -> np.ndarray:
    return np.where(np.isneginf(text), image, (image + text) / 2).astype(np.float32)


def _own_products(unit: Vectors, queries: Vectors, listed: np.ndarray, modality: int) -> np.ndarray:
    """Return the similarities to the images that are listed, -inf where there is none."""
    near = unit.rows(listed.ravel())
    parts = []
    for ours, theirs, wanted in (
        (queries.clip_image, near.clip_image, modality != TEXT),
        (queries.bert_text, near.bert_text, modality != IMAGE),
    ):
        if wanted:
            theirs = theirs.reshape(*listed.shape, -1)
            parts.append(np.einsum("nd,nkd->nk", ours, theirs))
    found = parts[0] if len(parts) == 1 else fused(*parts)
    return np.where((listed < 0) | np.isnan(found), -np.inf, found).astype(np.float32)


def _exact(
    unit: Vectors,
    queries: Vectors,
    columns: np.ndarray,
    modality: int,
    place: int,
    chosen: np.ndarray,
) -> np.ndarray:
    near = unit.rows(columns[place, chosen])
    parts = []
    if modality != TEXT:
        parts.append(exact_cosines(near.clip_image, queries.clip_image[place]))
    if modality != IMAGE:
        parts.append(exact_cosines(near.bert_text, queries.bert_text[place]))
    return parts[0] if len(parts) == 1 else fused(*parts)
