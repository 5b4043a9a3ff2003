"""The collection as a query meets it: where the query lies in it, and its candidates."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from mmrec_core.bundle.settings import CandidateSettings
from mmrec_core.collection.clusters import centroid_distances
from mmrec_core.collection.neighbours import (
    LIST_LENGTH,
    NeighbourSearch,
    all_neighbours,
    visible_neighbours,
)
from mmrec_core.collection.standardised import StandardisedSimilarity
from mmrec_core.collection.training_relevance import TrainingRelevance
from mmrec_core.collection.vectors import Vectors, lengths


@dataclass(frozen=True, eq=False)
class Placed:
    """A query placed in a collection.

    Attributes
    ----------
    row : int
        Its row if it is an image of the collection (then never its own candidate), else -1.
    unit : Vectors
        Its vectors, of length 1, n = 1.
    lengths : tuple of float
        Lengths of its CLIP image vector and BERT vector before they were scaled to 1.
    neighbours : ndarray (3, 20) int32
        Its neighbour lists in the collection.
    distances : ndarray (n_clusters,) float32
        Its distance to each centroid.
    images : Vectors
        Those of the collection, of length 1, n images.
    excluded : ndarray (n,) bool
        Images that it cannot find: hidden ones, and itself.
    """

    row: int
    unit: Vectors
    lengths: tuple[float, float]
    neighbours: np.ndarray
    distances: np.ndarray
    images: Vectors
    excluded: np.ndarray

    @cached_property
    def similarity(self) -> StandardisedSimilarity:
        """How near all images are to it."""
        return StandardisedSimilarity.of(self.images, self.unit, self.excluded)

    @property
    def has_text(self) -> bool:
        """Whether the query has a caption."""
        return not np.isnan(self.unit.bert_text[0, 0])

    @property
    def cluster(self) -> int:
        """The nearest cluster."""
        return int(self.distances.argmin())


@dataclass(frozen=True, eq=False)
class Collection:
    """All that candidates and pair features need to know of the images.

    Attributes
    ----------
    vectors : Vectors
        As the encoders gave them, n images.
    cluster_of, centroids, neighbours
        As in a `Bundle`.
    hidden : ndarray (n,) bool, optional
        Images that no query finds.
    training_relevance : TrainingRelevance, optional
        The judged pairs of training queries.
    """

    vectors: Vectors
    cluster_of: np.ndarray
    centroids: np.ndarray
    neighbours: np.ndarray
    hidden: np.ndarray | None = None
    training_relevance: TrainingRelevance | None = None

    @classmethod
    def of(
        cls,
        vectors: Vectors,
        cluster_of: np.ndarray,
        centroids: np.ndarray,
        neighbours: np.ndarray,
        pairs: pd.DataFrame | None = None,
    ) -> "Collection":
        """Make a collection of the arrays that a bundle, or a build under way, holds.

        Parameters
        ----------
        vectors : Vectors
            As the encoders gave them, n images; may be memory-mapped.
        cluster_of : ndarray (n,) int32
            The cluster of each image.
        centroids : ndarray (n_clusters, clip_dim + bert_dim) float32
        neighbours : ndarray (n, 3, 21) int32
        pairs : DataFrame, optional
            Pairs with ``query``, ``candidate`` (rows), ``relevance`` and ``split``, from which
            those of training queries are taken. Without it the collection has no
            `training_relevance`.
        """
        training = None if pairs is None else TrainingRelevance.of(pairs, len(cluster_of))
        return cls(vectors, cluster_of, centroids, neighbours, training_relevance=training)

    @cached_property
    def unit(self) -> Vectors:
        """The vectors scaled to length 1, in memory."""
        return self.vectors.normalised

    @cached_property
    def lengths(self) -> tuple[np.ndarray, np.ndarray]:
        """Lengths of the CLIP image and BERT vectors, each (n,) float32."""
        return (
            lengths(self.vectors.clip_image),
            lengths(self.vectors.bert_text),
        )

    @cached_property
    def search(self) -> NeighbourSearch:
        """Finds the images nearest a query, hidden ones never."""
        return NeighbourSearch(self.unit, self.hidden)

    def warm(self) -> None:
        """Compute what queries share now, before threads meet in it."""
        _ = self.search, self.lengths, self._members

    @cached_property
    def _members(self) -> list[np.ndarray]:
        order = np.argsort(self.cluster_of, kind="stable")
        if self.hidden is not None:
            order = order[~self.hidden[order]]
        sizes = np.bincount(self.cluster_of[order], minlength=len(self.centroids))
        return np.split(order, np.cumsum(sizes)[:-1])

    def hiding(self, rows: np.ndarray, deep: np.ndarray | None = None) -> "Collection":
        """Return the collection as if the images ``rows``, (m,) int, were not in it.

        Rows keep their numbers; a hidden row is nobody's candidate and nobody's neighbour. Finding
        all neighbours anew takes minutes for 125,000 images; given longer lists,
        ``deep`` (images, 3, length), it takes a second.
        """
        hidden = np.zeros(len(self.cluster_of), dtype=bool)
        hidden[rows] = True
        visible = np.flatnonzero(~hidden)
        neighbours = np.full_like(self.neighbours, -1)
        if deep is None:
            lists = all_neighbours(self.unit.rows(visible))
            neighbours[visible] = np.where(lists >= 0, visible[lists], -1)
        else:
            neighbours[visible] = visible_neighbours(self.unit, deep, hidden)
        return replace(self, neighbours=neighbours, hidden=hidden)

    def place(self, vectors: Vectors, row: int = -1) -> Placed:
        """Place a new query, given its vectors (n = 1, not normalised).

        ``row`` is the row of its picture, if that is in the collection.
        """
        unit = vectors.normalised
        return Placed(
            row=row,
            unit=unit,
            lengths=(
                float(np.linalg.norm(vectors.clip_image)),
                float(np.linalg.norm(vectors.bert_text)),
            ),
            neighbours=self.search.lists_of(unit, row),
            distances=centroid_distances(unit, self.centroids)[0],
            images=self.unit,
            excluded=self._excluded(row),
        )

    def place_row(self, row: int, text: bool = True) -> Placed:
        """Place the image of row ``row``; with ``text=False`` as if it had no caption."""
        here = slice(row, row + 1)
        placed = Placed(
            row=row,
            unit=self.unit.rows(here),
            lengths=(float(self.lengths[0][row]), float(self.lengths[1][row])),
            neighbours=np.asarray(self.neighbours[row, :, :LIST_LENGTH]),
            distances=centroid_distances(self.unit.rows(here), self.centroids)[0],
            images=self.unit,
            excluded=self._excluded(row),
        )
        return placed if text else self._without_text(placed)

    def _without_text(self, placed: Placed) -> Placed:
        unit = placed.unit.without_text(np.array([0]))
        image_list = placed.neighbours[0]
        return replace(
            placed,
            unit=unit,
            lengths=(placed.lengths[0], float("nan")),
            neighbours=np.stack([image_list, np.full_like(image_list, -1), image_list]),
            distances=centroid_distances(unit, self.centroids)[0],
        )

    def nearest_clusters(self, query: Placed, n_clusters: int) -> np.ndarray:
        """Return the ``n_clusters`` nearest clusters, nearest first, shape (n_clusters,)."""
        return np.argsort(query.distances, kind="stable")[:n_clusters]

    def candidates(self, query: Placed, settings: CandidateSettings) -> np.ndarray:
        """Return the rows of the query's candidates, ascending, shape (n,), int64."""
        if settings.method == "exact":
            return self.exact_candidates(query, settings.exact_size)
        return self.cluster_candidates(query, settings.nearest_clusters)

    def cluster_candidates(self, query: Placed, n_clusters: int) -> np.ndarray:
        """Return the rows of all images of the nearest clusters but the query, ascending."""
        members = [self._members[c] for c in self.nearest_clusters(query, n_clusters)]
        rows = np.sort(np.concatenate(members))
        return rows[rows != query.row]

    def exact_candidates(self, query: Placed, size: int) -> np.ndarray:
        """Return the rows of the ``size`` images of highest standardised similarity, ascending."""
        return np.sort(query.similarity.nearest(size))

    def _excluded(self, row: int) -> np.ndarray:
        excluded = np.zeros(len(self.cluster_of), dtype=bool)
        if self.hidden is not None:
            excluded |= self.hidden
        if row >= 0:
            excluded[row] = True
        return excluded
