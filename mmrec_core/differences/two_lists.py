"""One query in two bundles: where each result of either stands in the other's list."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mmrec_core.bundle.relevance import KnownRelevance
from mmrec_core.differences.matching import MatchedImages
from mmrec_core.ranker.model import FUSED, MODEL
from mmrec_core.serving.answers import Recommendation


@dataclass(frozen=True)
class TwoPlaces:
    """An image among the first k of A or of B.

    Attributes
    ----------
    image : str
        Its name.
    row_a, row_b : int or None
        Its row in each; None where a bundle has no image of that name.
    rank_a, rank_b : int or None
        Its place in each whole list; None where it is no candidate, or has no place.
    relevant : bool or None
        What A knows of its relevance to the query; None where nobody said.
    """

    image: str
    row_a: int | None
    row_b: int | None
    rank_a: int | None
    rank_b: int | None
    relevant: bool | None

    @property
    def rise(self) -> int | None:
        """How many places higher it stands in B than in A; None where one has no place for it."""
        if self.rank_a is None or self.rank_b is None:
            return None
        return self.rank_a - self.rank_b


@dataclass(frozen=True, eq=False)
class TwoLists:
    """The first k results of A and of B for one query, matched by name.

    Attributes
    ----------
    k : int
    of_a, of_b : tuple of TwoPlaces
        Each list, in its order.
    """

    k: int
    of_a: tuple[TwoPlaces, ...]
    of_b: tuple[TwoPlaces, ...]

    @property
    def shared(self) -> int:
        """How many results of A are among the first k of B as well."""
        return len(self.of_a) - len(self.only_a)

    @property
    def only_a(self) -> list[TwoPlaces]:
        """The results that A alone has among its first k."""
        return [one for one in self.of_a if one.rank_b is None or one.rank_b > self.k]

    @property
    def only_b(self) -> list[TwoPlaces]:
        """The results that B alone has among its first k."""
        return [one for one in self.of_b if one.rank_a is None or one.rank_a > self.k]


def two_lists(
    a: Recommendation, b: Recommendation, images: MatchedImages, relevance: KnownRelevance, k: int
) -> TwoLists:
    """Compare two bundles' first k results for one query.

    An image that was merged into another as its near-duplicate stands where that one does.

    Parameters
    ----------
    a, b : Recommendation
        Answers to the same query, each with at least k results where there are as many.
    images : MatchedImages
        Of both bundles.
    relevance : KnownRelevance
        Of A.
    k : int

    Examples
    --------
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.differences.matching import matched_images
    >>> from mmrec_core.differences.two_lists import two_lists
    >>> from mmrec_core.serving.answers import Query
    >>> from mmrec_core.serving.recommender import Recommender
    >>> bundle = open_bundle("artifacts/demo")
    >>> recommender = Recommender(bundle)
    >>> by_all, by_picture = (
    ...     recommender.recommend(Query("animals/birds/magpie.png"), k=5, ranker=ranker)
    ...     for ranker in ("model", "clip")
    ... )
    >>> images = matched_images(bundle, bundle)
    >>> compared = two_lists(by_all, by_picture, images, recommender.relevance, k=5)
    >>> compared.shared + len(compared.only_b)
    5
    """

    def places(image: str, row_a: int | None, row_b: int | None) -> TwoPlaces:
        return TwoPlaces(
            image=image,
            row_a=row_a,
            row_b=row_b,
            rank_a=None if row_a is None else a.rank_of(row_a),
            rank_b=None if row_b is None else b.rank_of(row_b),
            relevant=_relevant(relevance, a.query.index, row_a),
        )

    return TwoLists(
        k=k,
        of_a=tuple(
            places(result.image, result.index, _row(images.row_in_b, result.index))
            for result in a.results[:k]
        ),
        of_b=tuple(
            places(result.image, _row(images.row_in_a, result.index), result.index)
            for result in b.results[:k]
        ),
    )


def ranker_of_other(wanted: str, chosen: str, can_answer: Sequence[str]) -> str:
    """Return the ranker of B: the one that is wanted, else that of A, else B's best.

    Parameters
    ----------
    wanted : str
        Empty for none.
    chosen : str
        That of A.
    can_answer : sequence of str
        Those of B that can answer the query.
    """
    for ranker in (wanted, chosen, MODEL):
        if ranker in can_answer:
            return ranker
    return FUSED


def _row(rows: np.ndarray, row: int) -> int | None:
    there = int(rows[row])
    return None if there < 0 else there


def _relevant(relevance: KnownRelevance, query: int | None, row: int | None) -> bool | None:
    if query is None or row is None:
        return None
    known = relevance.of(query, np.array([row]))[0]
    return None if np.isnan(known) else bool(known)
