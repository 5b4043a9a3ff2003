"""A shortlist of a large collection: all of the nearest are on it, found in a part of the time.

Vectors lie in memory cluster by cluster, eight bits a number. A query reads the clusters whose
means are nearest to it, as with an inverted file (Jégou, Douze and Schmid 2011, "Product
quantization for nearest neighbor search"), and what is on the shortlist is compared again in full.
Products of whole numbers are exact, so a shortlist is the same on every machine.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numkong
import numpy as np

from mmrec_core.collection.vectors import Vectors

LARGEST_SCANNED = 10_000
"""Up to so many images all vectors are compared, which takes a few milliseconds."""

SHARES = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5)
"""Of the images, how many a query may read; a build takes the least that finds enough."""

RECALL = 0.998

_LEVELS = 127
_CHUNK = 8192


def longer(size: int) -> int:
    """Return how long a shortlist is, so that the ``size`` nearest are on it."""
    return size + size // 5 + 50


class Finder(Protocol):
    """Finds most of the nearest images of a collection: a `Shortlist`, or a database's search."""

    def nearest(
        self, query: np.ndarray, size: int, excluded: np.ndarray, without_text: float
    ) -> np.ndarray:
        """Return the images that are probably the nearest, as `Shortlist.nearest` does."""
        ...


@dataclass(frozen=True, eq=False)
class Shortlist:
    """The vectors of n images side by side (picture, caption by CLIP, caption by BERT: d numbers).

    Attributes
    ----------
    codes : ndarray (n, d) int8
        By cluster. What is missing counts as 0.
    scales : ndarray (d,) float32
        ``codes * scales`` are the vectors.
    rows : ndarray (n,) int32
        The image of each code.
    starts : ndarray (n_clusters + 1,) int64
        Where each cluster begins.
    centres : ndarray (n_clusters, d) float32
        The mean of each cluster's vectors, of those that have one.
    has_text : ndarray (n,) bool
        By image.
    share : float
        Of all images, how many a query reads at least.
    """

    codes: np.ndarray
    scales: np.ndarray
    rows: np.ndarray
    starts: np.ndarray
    centres: np.ndarray
    has_text: np.ndarray
    share: float

    @classmethod
    def of(
        cls,
        unit: Vectors,
        has_text: np.ndarray,
        cluster_of: np.ndarray,
        n_clusters: int,
        codes: np.ndarray,
    ) -> "Shortlist":
        """Compress the vectors of a collection, which is read twice.

        Parameters
        ----------
        unit : Vectors
            Of length 1, n images; may be memory-mapped.
        has_text : ndarray (n,) bool
        cluster_of : ndarray (n,) int32
        n_clusters : int
        codes : ndarray (n, d) int8
            Where they are written to, such as a memory map.
        """
        rows = np.argsort(cluster_of, kind="stable").astype(np.int32)
        sizes = np.bincount(cluster_of, minlength=n_clusters)
        starts = np.concatenate([[0], np.cumsum(sizes)])
        blocks = (unit.clip_image, unit.clip_text, unit.bert_text)
        most = np.concatenate([_largest(block) for block in blocks])
        scales = np.maximum(most, np.finfo(np.float32).tiny) / np.float32(_LEVELS)
        sums = np.zeros((n_clusters, len(scales)))
        known = np.zeros((n_clusters, 3))
        for start in range(0, len(rows), _CHUNK):
            part = rows[start : start + _CHUNK]
            together = np.hstack([block[part] for block in blocks]).astype(np.float32)
            there = np.column_stack([~np.isnan(np.asarray(block[part, 0])) for block in blocks])
            together = np.nan_to_num(together)
            codes[start : start + _CHUNK] = np.rint(together / scales)
            np.add.at(sums, cluster_of[part], together)
            np.add.at(known, cluster_of[part], there)
        widths = [block.shape[1] for block in blocks]
        centres = (sums / np.maximum(np.repeat(known, widths, axis=1), 1)).astype(np.float32)
        return cls(codes, scales, rows, starts, centres, has_text, 1.0)

    def nearest(
        self, query: np.ndarray, size: int, excluded: np.ndarray, without_text: float
    ) -> np.ndarray:
        """Return the images that are probably the nearest, in no order.

        Parameters
        ----------
        query : ndarray (d,) float32
            What vectors are multiplied with.
        size : int
            How many of the nearest are wanted; the shortlist is longer.
        excluded : ndarray (n,) bool
            Images that are out of the question.
        without_text : float
            What is added to an image without a caption.

        Returns
        -------
        ndarray (m,) int64
            Rows; m is at least ``size``, if there are as many images.
        """
        places = self._places(query, size, excluded)
        scaled = query * self.scales
        unit = float(np.abs(scaled).max()) / _LEVELS or 1.0
        whole = np.rint(scaled / unit).astype(np.int8)[None]
        products = np.concatenate(
            [np.asarray(numkong.cdist(self.codes[a:b], whole, "dot"))[:, 0] for a, b in places]
        )
        rows = np.concatenate([self.rows[a:b] for a, b in places])
        products *= unit
        products[~self.has_text[rows]] += without_text
        kept = ~excluded[rows]
        products, rows = products[kept], rows[kept]
        length = longer(size)
        if length >= len(rows):
            return rows.astype(np.int64)
        return rows[np.argpartition(-products, length)[:length]].astype(np.int64)

    @cached_property
    def _cluster_of(self) -> np.ndarray:
        clusters = np.empty(len(self.rows), dtype=np.int32)
        sizes = np.diff(self.starts)
        clusters[self.rows] = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
        return clusters

    def _places(self, query: np.ndarray, size: int, excluded: np.ndarray) -> list[tuple[int, int]]:
        """Return the stretches of codes that are read: the nearest clusters, side by side."""
        out = np.flatnonzero(excluded)
        sizes = np.diff(self.starts) - np.bincount(
            self._cluster_of[out], minlength=len(self.centres)
        )
        order = np.argsort(-(self.centres @ query), kind="stable")
        wanted = max(self.share * (len(self.rows) - len(out)), 3 * size)
        taken = np.sort(order[: 1 + int(np.searchsorted(np.cumsum(sizes[order]), wanted))])
        taken = taken[sizes[taken] > 0]
        breaks = np.flatnonzero(np.diff(taken) > 1) + 1
        runs = np.split(taken, breaks)
        return [(int(self.starts[run[0]]), int(self.starts[run[-1] + 1])) for run in runs]


def _largest(block: np.ndarray) -> np.ndarray:
    most = np.zeros(block.shape[1], dtype=np.float32)
    for start in range(0, len(block), _CHUNK):
        chunk = np.abs(block[start : start + _CHUNK].astype(np.float32))
        most = np.fmax(most, np.fmax.reduce(chunk, axis=0, initial=0))
    return most
