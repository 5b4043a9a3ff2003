"""Neighbour lists of a large collection: an image looks only where its neighbours can be.

Exact lists compare all images with all others: hours for a million. Here k-means cuts the images
into cells, once for each similarity, as an inverted file does (Jégou, Douze and Schmid 2011,
"Product quantization for nearest neighbor search", section 4). All images of a cell search the
cells nearest to theirs together, so that the work is matrix products, and what they find is put in
the order of `total_order`. How many cells have to be searched is measured on exact lists.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from scipy.sparse import csr_array

from mmrec_core.bundle.layout import STORED_NEIGHBOURS
from mmrec_core.collection.clusters import faiss_centroids
from mmrec_core.collection.neighbours import (
    BOTH,
    CHUNK,
    DEEP,
    FEW,
    IMAGE,
    TEXT,
    all_neighbours,
    first_copies,
)
from mmrec_core.collection.total_order import exact_cosines, most_similar
from mmrec_core.collection.vectors import Vectors, fused

LARGEST_EXACT = 50_000
"""Up to so many images, lists are exact."""

RECALL = 0.995
"""The share of exact lists, as long as a build needs them, that cells are searched for."""

_ITERATIONS = 8
_POINTS_A_CELL = 64
_SAMPLE = 512  # images with exact lists to choose by, and as many to measure on
_ROWS = 8192


def cut(unit: Vectors, modality: int, fitted: np.ndarray, seed: int) -> np.ndarray:
    """Cut the images into some 2√n cells by k-means.

    Parameters
    ----------
    unit : Vectors
        Vectors of length 1, n images.
    modality : {`IMAGE`, `TEXT`, `BOTH`}
        What counts. By both, images without a caption have cells of their own.
    fitted : ndarray (n,) bool
        Images that k-means may see.
    seed : int

    Returns
    -------
    ndarray (n,) int32
        The cell of each image, -1 for those that this similarity never finds.
    """
    image, text = (~np.isnan(v[:, 0]) for v in (unit.clip_image, unit.bert_text))
    parts = {
        IMAGE: [(image, [unit.clip_image])],
        TEXT: [(text, [unit.bert_text])],
        BOTH: [
            (image & text, [unit.clip_image, unit.bert_text]),
            (image & ~text, [unit.clip_image]),
        ],
    }
    cell_of, cells = np.full(len(unit), -1, dtype=np.int32), 0
    for here, blocks in parts[modality]:
        rows = np.flatnonzero(here)
        centroids = _cell_centroids(blocks, np.flatnonzero(here & fitted), len(rows), seed)
        cell_of[rows] = cells + _nearest_centroid(blocks, rows, centroids)
        cells += len(centroids)
    return cell_of


def lists_by_cells(unit: Vectors, fitted: np.ndarray, seed: int) -> np.ndarray:
    """Return the neighbour lists of all images, (n, 3, `DEEP`) int32.

    Parameters are those of `cut`; lists are ordered as those of `NeighbourSearch.lists`.
    """
    lists = np.full((len(unit), 3, DEEP), -1, dtype=np.int32)
    for modality in (IMAGE, TEXT, BOTH):
        search = CellSearch(unit, modality, cut(unit, modality, fitted, seed), fitted)
        lists[search.asking, modality] = search.lists(search.asking)
    take_lists_without_text(unit, lists)
    return lists


def long_lists(unit: Vectors, fitted: np.ndarray, seed: int) -> np.ndarray:
    """Return the neighbour lists of all images, exact or by cells, as a build of them finds them.

    Parameters and shape are those of `lists_by_cells`.
    """
    if len(unit) > LARGEST_EXACT:
        return lists_by_cells(unit, fitted, seed)
    return all_neighbours(unit, length=DEEP)


def take_lists_without_text(unit: Vectors, lists: np.ndarray) -> None:
    """Give images without a caption the list by their picture as that by both, in place."""
    without_text = np.isnan(unit.bert_text[:, 0])
    lists[without_text, BOTH] = lists[without_text, IMAGE]


def _cell_centroids(
    blocks: list[np.ndarray], rows: np.ndarray, images: int, seed: int
) -> np.ndarray:
    cells = max(1, min(len(rows), round(2 * math.sqrt(images))))
    if not len(rows):
        return np.zeros((1, sum(block.shape[1] for block in blocks)), dtype=np.float32)
    some = np.random.default_rng(seed).permutation(len(rows))[: cells * _POINTS_A_CELL]
    return faiss_centroids(_points(blocks, rows[np.sort(some)]), cells, seed, _ITERATIONS)


def _nearest_centroid(
    blocks: list[np.ndarray], rows: np.ndarray, centroids: np.ndarray
) -> np.ndarray:
    import faiss

    index = faiss.IndexFlatL2(centroids.shape[1])
    index.add(centroids)
    parts = [
        index.search(_points(blocks, rows[start : start + _ROWS]), 1)[1][:, 0]
        for start in range(0, len(rows), _ROWS)
    ]
    return np.concatenate(parts or [np.zeros(0, dtype=int)])


def _points(blocks: list[np.ndarray], rows: np.ndarray) -> np.ndarray:
    return np.hstack([np.asarray(block[rows], dtype=np.float32) for block in blocks])


@dataclass(frozen=True, eq=False)
class CellSearch:
    """Finds neighbours by one similarity among the images of near cells.

    Attributes
    ----------
    unit : Vectors
        Vectors of length 1, n images.
    modality : {`IMAGE`, `TEXT`, `BOTH`}
    cell_of : ndarray (n,) int32
        As `cut` gives it.
    fitted : ndarray (n,) bool
        Images of which the means of cells are taken, and lists that decide how much is searched:
        what is found for them depends on no others.
    """

    unit: Vectors
    modality: int
    cell_of: np.ndarray
    fitted: np.ndarray

    @cached_property
    def asking(self) -> np.ndarray:
        """Rows of the images that have a list, cell by cell, (m,) int64.

        By both similarities these are the images with a caption: the lists of others are those by
        the picture.
        """
        asks = self.cell_of >= 0
        if self.modality == BOTH:
            asks &= ~np.isnan(self.unit.bert_text[:, 0])
        rows = np.flatnonzero(asks)
        return rows[np.argsort(self.cell_of[rows], kind="stable")]

    def lists(self, rows: Sequence[int] | np.ndarray, length: int = DEEP) -> np.ndarray:
        """Return the lists of some images, of `asking`, best in its order.

        Returns
        -------
        ndarray (m, length) int32
            Nearest first, of equally near ones the lower row; -1 where there is none.
        """
        rows = np.asarray(rows)
        found = np.full((len(rows), length), -1, dtype=np.int32)
        cells = self.cell_of[rows]
        for cell in np.unique(cells):
            here, images = np.flatnonzero(cells == cell), self._searched(cell)
            for start in range(0, len(here), CHUNK):
                part = here[start : start + CHUNK]
                found[part] = self._lists(rows[part], images, length)
        return found

    @cached_property
    def recall(self) -> float:
        """The share of exact lists, as long as a bundle keeps them, that is found.

        Of images that did not decide how many cells are searched.
        """
        places = self._places[1][:, :STORED_NEIGHBOURS]
        return float((places < self.searched).mean()) if places.size else 1.0

    @cached_property
    def searched(self) -> int:
        """How many cells are searched for each image."""
        places = np.sort(self._places[0].ravel())
        if not len(places):
            return len(self._sizes)
        return int(places[math.ceil(RECALL * len(places)) - 1]) + 1

    @cached_property
    def _places(self) -> np.ndarray:
        """In the how-manieth cell a sample's exact neighbours lie, (2, samples, DEEP) int."""
        rows = self.asking[self.fitted[self.asking]]
        if np.count_nonzero(self.fitted & (self.cell_of >= 0)) <= DEEP:
            return np.zeros((2, 0, DEEP), dtype=int)
        some = np.random.default_rng(0).permutation(len(rows))[: 2 * _SAMPLE]
        rows = rows[some[: len(some) // 2 * 2]]
        near = self.exact_lists(rows)
        place = np.argsort(self._order, axis=1)
        places = place[self.cell_of[rows][:, None], self.cell_of[near]]
        return places.reshape(2, -1, near.shape[1])

    def exact_lists(self, rows: np.ndarray) -> np.ndarray:
        """Return the nearest fitted images of some, (m, DEEP), equals in any order."""
        import torch

        known = np.flatnonzero(self.fitted & (self.cell_of >= 0))
        best, near = torch.full((len(rows), DEEP), -np.inf), np.zeros((len(rows), DEEP), int)
        queries = self._of(rows)
        for start in range(0, len(known), _ROWS):
            images = known[start : start + _ROWS]
            found = self._similarities(queries, rows, self._of(images), images)
            every = torch.cat([best, torch.from_numpy(found)], dim=1)
            best, places = every.topk(DEEP, dim=1)
            named = np.concatenate([near, np.broadcast_to(images, (len(rows), len(images)))], 1)
            near = np.take_along_axis(named, places.numpy(), axis=1)
        return near

    def _lists(self, rows: np.ndarray, images: np.ndarray, length: int) -> np.ndarray:
        queries, theirs = self._of(rows), self._of(images)

        @cache
        def copies(block: int) -> np.ndarray:
            return first_copies(theirs[block])

        def cosines(block: int, place: int, columns: np.ndarray) -> np.ndarray:
            query = queries[block][place]
            if len(columns) <= FEW:
                return exact_cosines(theirs[block][columns], query)
            firsts, back = np.unique(copies(block)[columns], return_inverse=True)
            return exact_cosines(theirs[block][firsts], query)[back]

        def exact(place: int, columns: np.ndarray) -> np.ndarray:
            parts = [cosines(block, place, columns) for block in range(len(theirs))]
            return parts[0] if len(parts) == 1 else fused(*parts)

        found = most_similar(self._similarities(queries, rows, theirs, images), length, exact)
        return np.where(found >= 0, images[found], -1).astype(np.int32)

    def _of(self, rows: np.ndarray) -> list[np.ndarray]:
        return [np.asarray(block[rows], dtype=np.float32) for block in self._blocks]

    @property
    def _blocks(self) -> list[np.ndarray]:
        blocks = (self.unit.clip_image, self.unit.bert_text)
        return [*blocks] if self.modality == BOTH else [blocks[self.modality]]

    def _similarities(
        self,
        queries: list[np.ndarray],
        rows: np.ndarray,
        theirs: list[np.ndarray],
        images: np.ndarray,
    ) -> np.ndarray:
        """Return similarities (m, k) float32, -inf for an image and itself; ``images`` ascend."""
        import torch

        parts = [
            (torch.from_numpy(query) @ torch.from_numpy(block).T).numpy()
            for query, block in zip(queries, theirs, strict=True)
        ]
        found = parts[0]
        if len(parts) == 2:
            without = np.isnan(theirs[1][:, 0])
            alone = found[:, without]
            found += parts[1]
            found /= 2
            found[:, without] = alone
        place = np.minimum(np.searchsorted(images, rows), len(images) - 1)
        own = np.flatnonzero(images[place] == rows)
        found[own, place[own]] = -np.inf
        return found

    def _searched(self, cell: int) -> np.ndarray:
        """Return the rows of the images that a cell searches, ascending."""
        order = self._order[cell]
        enough = np.searchsorted(np.cumsum(self._sizes[order]), 2 * DEEP) + 1
        near = order[: max(self.searched, int(enough))]
        return np.sort(np.concatenate([self._members[other] for other in near]))

    @cached_property
    def _sizes(self) -> np.ndarray:
        return np.bincount(self.cell_of[self.cell_of >= 0])

    @cached_property
    def _members(self) -> list[np.ndarray]:
        known = np.flatnonzero(self.cell_of >= 0)
        order = known[np.argsort(self.cell_of[known], kind="stable")]
        return np.split(order, np.cumsum(self._sizes)[:-1])

    @cached_property
    def _order(self) -> np.ndarray:
        """The cells by their distance from each, the nearest first, (cells, cells) int."""
        nearness = [
            means @ means.T - (means**2).sum(axis=1) / 2 for means in map(self._means, self._blocks)
        ]
        if len(nearness) == 2:
            nearness = [fused(*nearness)]
        return np.argsort(-np.nan_to_num(nearness[0]), axis=1, kind="stable")

    def _means(self, block: np.ndarray) -> np.ndarray:
        """Return the mean of the fitted images of each cell, NaN where these have no vectors."""
        known = np.flatnonzero(self.fitted & (self.cell_of >= 0))
        sums = np.zeros((len(self._sizes), block.shape[1]), dtype=np.float32)
        for start in range(0, len(known), _ROWS):
            rows = known[start : start + _ROWS]
            ones, places = np.ones(len(rows), np.float32), np.arange(len(rows))
            member = csr_array((ones, (self.cell_of[rows], places)), (len(sums), len(rows)))
            sums += member @ np.asarray(block[rows], dtype=np.float32)
        counts = np.bincount(self.cell_of[known], minlength=len(sums))
        return sums / np.maximum(counts, 1)[:, None]
