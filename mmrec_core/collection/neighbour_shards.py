"""Neighbour lists of a collection in shards, of which one at a time is in memory."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mmrec_core.collection.neighbours import BOTH, IMAGE, TEXT, NeighbourSearch
from mmrec_core.collection.total_order import exact_cosines
from mmrec_core.collection.vectors import Vectors, fused

SHARD = 65_536
"""Rows: some 300 MB of vectors in single precision."""


@dataclass(frozen=True)
class ShardedSearch:
    """Finds the lists of `NeighbourSearch.lists` shard by shard.

    Attributes
    ----------
    shards : sequence of (int, int, callable)
        First row, last row + 1, and what gives the shard's vectors of length 1; in their order.
    length : int
        How long the lists are.
    """

    shards: Sequence[tuple[int, int, Callable[[], Vectors]]]
    length: int

    @classmethod
    def of(
        cls,
        unit: Vectors,
        share: Callable[[Vectors], Callable[[], Vectors]],
        length: int,
        size: int = SHARD,
    ) -> "ShardedSearch":
        """Cut a collection into shards of ``size`` rows, each given to ``share``."""
        starts = range(0, len(unit), size)
        ends = [min(start + size, len(unit)) for start in starts]
        shards = [
            (start, end, share(unit.rows(slice(start, end))))
            for start, end in zip(starts, ends, strict=True)
        ]
        return cls(shards, length)

    def __call__(self, rows: Sequence[int]) -> np.ndarray:
        """Return the lists of ascending rows, (m, 3, length) int32."""
        own = np.asarray(rows)
        return merged_lists(self._vectors(own), own, self._parts(), self.length)

    def _vectors(self, rows: np.ndarray) -> Vectors:
        found = []
        for first, end, shard in self.shards:
            here = rows[(first <= rows) & (rows < end)]
            if len(here):
                found.append(shard().rows(here - first))
        return Vectors(
            np.vstack([part.clip_image for part in found]),
            np.vstack([part.clip_text for part in found]),
            np.vstack([part.bert_text for part in found]),
        )

    def _parts(self) -> Iterator[tuple[int, Vectors]]:
        for first, _, shard in self.shards:
            yield first, shard()


def merged_lists(
    queries: Vectors, own: np.ndarray, parts: Iterable[tuple[int, Vectors]], length: int
) -> np.ndarray:
    """Return the neighbour lists of some images among all parts of a collection.

    Each part is searched alone, and the lists are merged by exact cosines, of equal ones the lower
    row first: the order of `total_order`, so that the lists don't depend on the parts.

    Parameters
    ----------
    queries : Vectors
        Vectors of length 1 of m images.
    own : ndarray (m,) int
        Their rows in the collection.
    parts : iterable of (int, Vectors)
        Row of the first image and vectors of length 1.
    length : int
        How long the lists are.

    Returns
    -------
    ndarray (m, 3, length) int32
        As `NeighbourSearch.lists` returns them.
    """
    best = np.full((len(own), 3, length), -1, dtype=np.int32)
    similarities = np.full(best.shape, -np.inf)
    for first, part in parts:
        within = np.where((own >= first) & (own < first + len(part)), own - first, -1)
        lists = NeighbourSearch(part).lists_among(queries, within, length)
        rows = np.concatenate([best, np.where(lists >= 0, lists + first, -1)], axis=-1)
        exact = np.concatenate([similarities, _exact(queries, part, lists)], axis=-1)
        order = np.lexsort((rows, -exact), axis=-1)[..., :length]
        best = np.take_along_axis(rows, order, axis=-1).astype(np.int32)
        similarities = np.take_along_axis(exact, order, axis=-1)
    return best


def _exact(queries: Vectors, part: Vectors, lists: np.ndarray) -> np.ndarray:
    """Return the exact similarities of what is listed, -inf where nothing is."""
    similarities = np.full(lists.shape, -np.inf)
    for place, rows in enumerate(lists):
        image = exact_cosines(part.clip_image[rows.ravel()], queries.clip_image[place])
        text = exact_cosines(part.bert_text[rows.ravel()], queries.bert_text[place])
        image, text = image.reshape(rows.shape), text.reshape(rows.shape)
        similarities[place, IMAGE] = image[IMAGE]
        similarities[place, TEXT] = text[TEXT]
        similarities[place, BOTH] = fused(image[BOTH], text[BOTH])
    similarities[lists < 0] = -np.inf
    return similarities
