"""The collection as a query meets it: where the query lies in it, and its candidates."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from mmrec_core.bundle import Bundle
from mmrec_core.bundle.settings import CandidateSettings
from mmrec_core.collection.clusters import centroid_distances
from mmrec_core.collection.expansion import expand_all
from mmrec_core.collection.kept_metric import learned_of
from mmrec_core.collection.learned_space import LearnedSpace, Points
from mmrec_core.collection.moments import Moments
from mmrec_core.collection.neighbour_cells import LARGEST_EXACT
from mmrec_core.collection.neighbours import (
    LIST_LENGTH,
    NeighbourSearch,
    all_neighbours,
    visible_neighbours,
)
from mmrec_core.collection.prepared import Prepared, both_lengths
from mmrec_core.collection.shortlist import Finder, Shortlist
from mmrec_core.collection.shortlist_search import ShortlistSearch
from mmrec_core.collection.standardised import StandardisedSimilarity
from mmrec_core.collection.stored import StoredSearch
from mmrec_core.collection.training_relevance import TrainingRelevance
from mmrec_core.collection.vectors import Vectors


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
    collection : Collection
        Where it is placed.
    """

    row: int
    unit: Vectors
    lengths: tuple[float, float]
    neighbours: np.ndarray
    distances: np.ndarray
    collection: "Collection"

    @cached_property
    def similarity(self) -> StandardisedSimilarity:
        """How near all images are to it."""
        there = self.collection
        excluded = np.zeros(len(there.cluster_of), dtype=bool)
        if there.hidden is not None:
            excluded |= there.hidden
        if self.row >= 0:
            excluded[self.row] = True
        return StandardisedSimilarity.of(
            there.unit, self.unit, excluded, self.counted_row, there.moments, there.shortlist
        )

    @property
    def counted_row(self) -> int:
        """Its row if the collection's moments count it, else -1."""
        hidden = self.collection.hidden
        return -1 if hidden is not None and self.row >= 0 and hidden[self.row] else self.row

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
    learned : LearnedSpace, optional
        The images in the space learned from relevant pairs.
    prepared : Prepared, optional
        What was computed before of ``vectors``.
    """

    vectors: Vectors
    cluster_of: np.ndarray
    centroids: np.ndarray
    neighbours: np.ndarray
    hidden: np.ndarray | None = None
    training_relevance: TrainingRelevance | None = None
    learned: LearnedSpace | None = None
    prepared: Prepared | None = None

    @classmethod
    def of(
        cls,
        vectors: Vectors,
        cluster_of: np.ndarray,
        centroids: np.ndarray,
        neighbours: np.ndarray,
        pairs: pd.DataFrame | None = None,
        prepared: Prepared | None = None,
        learned: LearnedSpace | None = None,
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
        prepared : Prepared, optional
            What was computed before of the vectors.
        learned : LearnedSpace, optional
            The images in the space learned from relevant pairs.
        """
        training = None if pairs is None else TrainingRelevance.of(pairs, len(cluster_of))
        return cls(
            vectors,
            cluster_of,
            centroids,
            neighbours,
            training_relevance=training,
            learned=learned,
            prepared=prepared,
        )

    @classmethod
    def of_bundle(
        cls, bundle: Bundle, prepared: Prepared, pairs: pd.DataFrame | None = None
    ) -> "Collection":
        """Make a collection of an open bundle; ``prepared`` and ``pairs`` as of `of`."""
        return cls.of(
            Vectors(bundle.clip_image, bundle.clip_text, bundle.bert_text),
            bundle.cluster_of,
            bundle.centroids,
            bundle.neighbours,
            pairs,
            prepared,
            learned_of(bundle),
        )

    def training_queries_near(self, query: "Placed") -> np.ndarray:
        """Return the training queries nearest to a query in the learned space, which there is.

        Shape (20,), int32, nearest first; -1 fills up.
        """
        assert self.learned is not None
        point, row = self.learned.point(query.unit)[None], np.array([query.row])
        return self._training_queries.nearest(point, row, LIST_LENGTH)[0]

    @cached_property
    def _training_queries(self) -> Points:
        assert self.learned is not None
        assert self.training_relevance is not None
        return Points(self.learned, self.training_relevance.queries)

    @cached_property
    def _prepared(self) -> Prepared:
        return self.prepared or Prepared.of(self.vectors)

    @property
    def unit(self) -> Vectors:
        """The vectors scaled to length 1, float16."""
        return self._prepared.unit

    @property
    def lengths(self) -> np.ndarray:
        """Lengths of the CLIP image and BERT vectors, (n, 2) float32."""
        return self._prepared.lengths

    @property
    def shortlist(self) -> Finder | None:
        """Finds most of the nearest images quickly; None where there are few enough."""
        return self._prepared.shortlist

    @cached_property
    def moments(self) -> tuple[Moments, Moments, Moments]:
        """Of the visible images' pictures, captions by CLIP and captions by BERT."""
        if self._prepared.moments is not None:
            return self._prepared.moments
        blocks = (self.unit.clip_image, self.unit.clip_text, self.unit.bert_text)
        image, text, caption = (Moments.of(block, self.hidden) for block in blocks)
        return image, text, caption

    @cached_property
    def expanded(self) -> tuple[np.ndarray, np.ndarray]:
        """Pictures and captions drawn towards their neighbours (`expansion.expand_all`)."""
        return self._prepared.expanded or expand_all(self.unit, self.neighbours)

    @cached_property
    def search(self) -> NeighbourSearch:
        """Finds the images nearest a query, hidden ones never."""
        if stored := self._prepared.stored:
            return StoredSearch(stored, self.hidden, self.lengths)
        if isinstance(self.shortlist, Shortlist) and len(self.unit) > LARGEST_EXACT:
            return ShortlistSearch(self.unit, self.hidden, self.lengths, self.shortlist)
        return NeighbourSearch(self.unit, self.hidden, self.lengths)

    def warm(self) -> None:
        """Compute what queries share now, before threads meet in it."""
        _ = self.search, self.moments, self.expanded, self._members

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
        return replace(self, neighbours=neighbours, hidden=hidden, prepared=self._prepared.hiding())

    def with_clip_text(self, clip_text: np.ndarray) -> "Collection":
        """Return the collection with other CLIP vectors of the captions, (n, clip_dim) float32."""
        vectors = Vectors(self.vectors.clip_image, clip_text, self.vectors.bert_text)
        prepared = replace(self._prepared, expanded=self.expanded).with_clip_text(clip_text)
        return replace(self, vectors=vectors, prepared=prepared)

    def place(self, vectors: Vectors, row: int = -1) -> Placed:
        """Place a new query, given its vectors (n = 1, not normalised).

        ``row`` is the row of its picture, if that is in the collection.
        """
        unit = vectors.halved.rows(slice(None))
        image_length, text_length = both_lengths(vectors)[0]
        return Placed(
            row=row,
            unit=unit,
            lengths=(float(image_length), float(text_length)),
            neighbours=self.search.lists_of(unit, row),
            distances=centroid_distances(unit, self.centroids)[0],
            collection=self,
        )

    def place_row(self, row: int, text: bool = True) -> Placed:
        """Place the image of row ``row``; with ``text=False`` as if it had no caption."""
        unit = self.unit.rows(slice(row, row + 1))
        image_length, text_length = self.lengths[row]
        placed = Placed(
            row=row,
            unit=unit,
            lengths=(float(image_length), float(text_length)),
            neighbours=np.asarray(self.neighbours[row, :, :LIST_LENGTH]),
            distances=centroid_distances(unit, self.centroids)[0],
            collection=self,
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
        return query.similarity.nearest(size)
