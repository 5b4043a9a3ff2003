"""A shortlist of a large collection: all of the nearest are on it, found in a part of the time.

Vectors lie in memory cluster by cluster, eight bits a number. A query reads the clusters whose
means are nearest to it, as with an inverted file (Jégou, Douze and Schmid 2011, "Product
quantization for nearest neighbor search"), and what is on the shortlist is compared again in full.
Products of whole numbers are exact, so a shortlist is the same on every machine.
"""

from collections.abc import Sequence
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

_OF_SHARE = 0.25
"""The part of a query's share that its short neighbour lists are found in."""


_LEVELS = 127
_CHUNK = 8192
_SAMPLED = 8
_AMPLE = 1.25  # times as many as wanted, so that what a sample says is seldom too little


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
        out = np.flatnonzero(excluded)
        wanted = max(self.share * (len(self.rows) - len(out)), 3 * size)
        near = [self._near(query, wanted, out)]
        rows, lacks_text, products = self._products(query[None], near)
        products = products[:, 0]
        products += without_text * lacks_text
        products[np.isin(rows, out)] = -np.inf
        return first_rows(rows, products, longer(size))

    def nearest_by_each(
        self, image: np.ndarray, caption: np.ndarray, size: int, excluded: np.ndarray
    ) -> np.ndarray:
        """Return the images that are probably nearest by picture, by caption or by their mean.

        A short list needs less than a long one: a part of the ``share`` is read, and what is near
        by one is compared by all.

        Parameters
        ----------
        image, caption : ndarray (clip_dim,), (bert_dim,) float
            A query's vectors of length 1; NaN where it has none.
        size : int
            How many of the nearest are wanted by each.
        excluded : ndarray (n,) bool
            Images that are out of the question.

        Returns
        -------
        ndarray (m,) int64
            Rows, ascending.
        """
        queries = np.zeros((2, len(self.scales)), dtype=np.float32)
        queries[0, : len(image)] = np.nan_to_num(image)
        queries[1, len(self.scales) - len(caption) :] = np.nan_to_num(caption)
        wanted = max(self.share * _OF_SHARE, SHARES[0]) * len(self.rows)
        there = queries[queries.any(axis=1)]
        searched = there if len(there) < len(queries) else [*queries, queries.sum(axis=0)]
        out = np.flatnonzero(excluded)
        near = [self._near(query, wanted, out) for query in searched]
        rows, lacks_text, products = self._products(queries, near)
        kept = ~excluded[rows]
        rows, (by_image, by_caption) = rows[kept], products[kept].T
        has_text = ~lacks_text[kept]
        both = np.where(has_text, (by_image + by_caption) / 2, by_image)
        lists = [first_rows(rows, by_image, longer(size)), first_rows(rows, both, longer(size))]
        lists.append(first_rows(rows[has_text], by_caption[has_text], longer(size)))
        return np.unique(np.concatenate(lists))

    def _products(
        self, queries: np.ndarray, clusters: Sequence[np.ndarray]
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the images of clusters, (m,), whether each lacks a caption, and their products.

        Products with queries are (m, q).
        """
        taken = np.unique(np.concatenate(clusters))
        follow = np.split(taken, np.flatnonzero(np.diff(taken) > 1) + 1)
        runs = [slice(self.starts[each[0]], self.starts[each[-1] + 1]) for each in follow]
        scaled = queries * self.scales
        units = np.abs(scaled).max(axis=1, keepdims=True) / _LEVELS
        units[units == 0] = 1
        whole = np.rint(scaled / units).astype(np.int8)
        products = np.concatenate(
            [np.asarray(numkong.cdist(self.codes[run], whole, "dot")) for run in runs]
        )
        products *= units[:, 0]
        rows, lacks_text = (
            np.concatenate([by_code[run] for run in runs])
            for by_code in (self.rows, self._lacks_text)
        )
        return rows, lacks_text, products

    @cached_property
    def _lacks_text(self) -> np.ndarray:
        """Whether the image of each code has no caption, (n,) bool."""
        return ~self.has_text[self.rows]

    @cached_property
    def _cluster_of(self) -> np.ndarray:
        clusters = np.empty(len(self.rows), dtype=np.int32)
        sizes = np.diff(self.starts)
        clusters[self.rows] = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
        return clusters

    def _near(self, query: np.ndarray, wanted: float, out: np.ndarray) -> np.ndarray:
        """Return the clusters nearest to a query that hold so many images but those ``out``."""
        sizes = np.diff(self.starts) - np.bincount(
            self._cluster_of[out], minlength=len(self.centres)
        )
        order = np.argsort(-(self.centres @ query), kind="stable")
        taken = order[: 1 + int(np.searchsorted(np.cumsum(sizes[order]), wanted))]
        there = taken[sizes[taken] > 0]
        return there if len(there) else taken


def first_rows(rows: np.ndarray, products: np.ndarray, length: int) -> np.ndarray:
    """Return the rows of the highest products, (at most length,) int64, in no order.

    ``length`` is at least 1. No product is NaN; those that are -inf are left out.
    """
    if length < len(rows):
        least = _below_the_first(products, length)
        near = np.flatnonzero(products >= least)
        first = np.argpartition(products[near], len(near) - length)[-length:]
        rows, products = rows[near[first]], products[near[first]]
    return rows[products > -np.inf].astype(np.int64)


def _below_the_first(products: np.ndarray, length: int) -> float:
    """Return a number that at least ``length`` products reach: a sample says which, mostly."""
    sample = products[::_SAMPLED]
    place = len(sample) - round(_AMPLE * length / _SAMPLED)
    if 0 < place < len(sample):
        least = np.partition(sample, place)[place]
        if np.count_nonzero(products >= least) >= length:
            return float(least)
    return -np.inf


def _largest(block: np.ndarray) -> np.ndarray:
    most = np.zeros(block.shape[1], dtype=np.float32)
    for start in range(0, len(block), _CHUNK):
        chunk = np.abs(block[start : start + _CHUNK].astype(np.float32))
        most = np.fmax(most, np.fmax.reduce(chunk, axis=0, initial=0))
    return most
