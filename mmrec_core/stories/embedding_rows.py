"""A query beside the nearest and one of the farthest images, with some numbers of their vectors."""

from typing import NamedTuple

import numpy as np

from mmrec_core.collection.vectors import products

SHOWN = 48
_SAMPLE = 5000
ALIKE = 0.97
"""Cosine from which on two pictures are copies, which show nothing."""


class Rows(NamedTuple):
    """Query, near and far image of one modality.

    Attributes
    ----------
    rows : tuple of int
    values : ndarray (3, n) float32
        The numbers that differ most within the collection, from -1 to 1 about its mean.
    near, far : float
        Cosines with the query.
    dimension : int
        Of the whole vectors.
    """

    rows: tuple[int, int, int]
    values: np.ndarray
    near: float
    far: float
    dimension: int


def embedding_rows(
    unit: np.ndarray, query: int, neighbours: np.ndarray, same: np.ndarray
) -> Rows | None:
    """Choose what shows how vectors compare.

    Parameters
    ----------
    unit : ndarray (images, dimension) float16
        Vectors of length 1; NaN where an image has none.
    query : int
        Its row.
    neighbours : ndarray (n,) int
        The rows nearest to it, nearest first; -1 fills up.
    same : ndarray (n,) bool
        Neighbours that are the query in other words, or a copy of it.

    Returns
    -------
    Rows or None
        None where the query has no vector, or there is nothing beside it.
    """
    sample = np.unique(np.linspace(0, len(unit) - 1, min(len(unit), _SAMPLE)).astype(int))
    seen = np.asarray(unit[sample], dtype=np.float32)
    has = ~np.isnan(seen[:, 0])
    sample, seen = sample[has], seen[has]
    near = [int(row) for row in neighbours[~same] if row >= 0 and row != query]
    if np.isnan(unit[query, 0]) or not near or len(sample) < 3:
        return None
    own = unit[query].astype(np.float32)
    cosines = products(unit[near], own[None])[0]
    nearest = next((row for row, c in zip(near, cosines, strict=True) if c < ALIKE), near[0])
    farthest = int(sample[(seen @ own).argmin()])
    rows = (query, nearest, farthest)
    spread = seen.std(axis=0)
    chosen = np.sort(np.argsort(-spread, kind="stable")[:SHOWN])
    centred = np.asarray(unit[list(rows)])[:, chosen] - seen[:, chosen].mean(axis=0)
    values = np.clip(centred / (2 * spread[chosen] + 1e-9), -1, 1)
    near_cosine, far_cosine = map(float, products(unit[[nearest, farthest]], own[None])[0])
    return Rows(rows, values.round(2), near_cosine, far_cosine, unit.shape[1])
