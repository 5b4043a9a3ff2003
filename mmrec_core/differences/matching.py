"""Two bundles of the same images, matched by name: which images, and which queries, both have."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from mmrec_core.bundle import Bundle
from mmrec_core.errors import ComparisonError
from mmrec_core.evaluation.scored_pairs import scored_pairs
from mmrec_core.serving.recommender import Recommender

FEWEST_QUERIES = 5
"""Fewer queries than these say nothing of a difference."""

_PICTURE = "thumbnail_sha256"


@dataclass(frozen=True, eq=False)
class System:
    """A bundle with its held-out pairs, scored by rankers that never met their queries.

    Attributes
    ----------
    bundle : Bundle
    scored : DataFrame
        What `mmrec_core.evaluation.scored_pairs.scored_pairs` gives.
    chosen : int, optional
        How many queries were named where the pairs are of these alone.

    Examples
    --------
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.differences.matching import System
    >>> from mmrec_core.serving.recommender import Recommender
    >>> system = System.of(Recommender(open_bundle("artifacts/demo")))
    >>> "model_score" in system.scored
    True
    """

    bundle: Bundle
    scored: pd.DataFrame
    chosen: int | None = None

    @classmethod
    def of(cls, recommender: Recommender) -> "System":
        """Return the system that a recommender serves."""
        return cls(recommender.bundle, scored_pairs(recommender))

    def on(self, images: Sequence[str]) -> "System":
        """Return the system with the held-out pairs of the queries of these names alone."""
        rows = pd.Index(self.bundle.items["image"]).get_indexer(list(images))
        if not len(self.scored):
            return self
        scored = self.scored[self.scored["query"].isin(rows[rows >= 0])]
        return replace(self, scored=scored, chosen=len(images))


@dataclass(frozen=True, eq=False)
class MatchedImages:
    """The images that two bundles, A and B, share by name.

    Attributes
    ----------
    row_in_b : ndarray (images of A,) int64
        The row in B of each image of A, -1 where B has none of that name.
    row_in_a : ndarray (images of B,) int64
        The other way round.
    images, only_a, only_b : int
        Images of both, of A alone, of B alone.
    redrawn : int
        Images of both whose thumbnails differ: another picture under the same name.
    """

    row_in_b: np.ndarray
    row_in_a: np.ndarray
    images: int
    only_a: int
    only_b: int
    redrawn: int


def matched_images(a: Bundle, b: Bundle) -> MatchedImages:
    """Match the images of two bundles by name.

    Examples
    --------
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.differences.matching import matched_images
    >>> bundle = open_bundle("artifacts/demo")
    >>> matched_images(bundle, bundle).only_a
    0
    """
    names_a, names_b = (pd.Index(each.items["image"]) for each in (a, b))
    row_in_b, row_in_a = names_b.get_indexer(names_a), names_a.get_indexer(names_b)
    both = np.flatnonzero(row_in_b >= 0)
    return MatchedImages(
        row_in_b=row_in_b,
        row_in_a=row_in_a,
        images=len(both),
        only_a=len(names_a) - len(both),
        only_b=len(names_b) - len(both),
        redrawn=_redrawn(a, b, both, row_in_b[both]),
    )


@dataclass(frozen=True, eq=False)
class Matching(MatchedImages):
    """What two systems, A and B, share: images, and queries with held-out pairs.

    Attributes
    ----------
    queries : ndarray (q,) int64
        Rows in A, ascending, of the queries with held-out pairs in both.
    queries_only_a, queries_only_b : int
        Queries with held-out pairs in one of them alone.
    """

    queries: np.ndarray
    queries_only_a: int
    queries_only_b: int

    @classmethod
    def of(cls, a: System, b: System) -> "Matching":
        """Match the images and held-out queries of two systems by name.

        Raises
        ------
        ComparisonError
            If one has no held-out pairs, or they share fewer than 5 held-out queries.
        """
        for system in (a, b):
            if not len(system.scored) and system.chosen is None:
                raise ComparisonError(
                    f"bundle {system.bundle.name!r} has no held-out pairs with a known relevance: "
                    "build it from captions with labels, or with judged pairs (mmrec build "
                    "--pairs)."
                )
        images = matched_images(a.bundle, b.bundle)
        queries_a, queries_b = (np.unique(each.scored["query"].to_numpy()) for each in (a, b))
        queries = np.intersect1d(queries_a, images.row_in_a[queries_b])
        if len(queries) < FEWEST_QUERIES and a.chosen is not None:
            raise too_few_chosen(
                f"{len(queries)} of the {a.chosen:,} chosen queries are held out by both bundles"
            )
        if len(queries) < FEWEST_QUERIES:
            raise ComparisonError(
                f"the bundles share {images.images:,} images by name and {len(queries)} queries "
                f"that both hold out, and at least {FEWEST_QUERIES} queries are needed: compare "
                "bundles that were built from the same folder of images."
            )
        return cls(
            **vars(images),
            queries=queries,
            queries_only_a=len(queries_a) - len(queries),
            queries_only_b=len(queries_b) - len(queries),
        )


def too_few_chosen(counted: str) -> ComparisonError:
    """Return the error of a query set that leaves too few queries; ``counted`` says how many."""
    return ComparisonError(
        f"{counted}, and at least {FEWEST_QUERIES} are needed: choose a larger query set."
    )


def _redrawn(a: Bundle, b: Bundle, rows_a: np.ndarray, rows_b: np.ndarray) -> int:
    if _PICTURE not in a.items or _PICTURE not in b.items:
        return 0
    sums_a, sums_b = (bundle.items[_PICTURE].to_numpy() for bundle in (a, b))
    return int((sums_a[rows_a] != sums_b[rows_b]).sum())
