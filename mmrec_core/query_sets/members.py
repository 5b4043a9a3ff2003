"""What a bundle has of a query set: some names it may not know, others it cannot measure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mmrec_core.bundle import Bundle
from mmrec_core.errors import InputError
from mmrec_core.evaluation.scored_pairs import held_out_pairs
from mmrec_core.query_sets.store import QuerySet


@dataclass(frozen=True, eq=False)
class Members:
    """A query set in one bundle.

    Attributes
    ----------
    name : str
    size : int
        Queries of the set.
    rows : ndarray (m,) int64
        Ascending rows of those that the bundle holds out.
    unknown : int
        Names that no image of the bundle has.
    not_held_out : int
        Images of the bundle that are no held-out query.
    """

    name: str
    size: int
    rows: np.ndarray
    unknown: int
    not_held_out: int

    @property
    def as_json(self) -> dict[str, Any]:
        """The counts and the name, as the commands print them."""
        return {
            "name": self.name,
            "size": self.size,
            "measured": len(self.rows),
            "unknown": self.unknown,
            "not_held_out": self.not_held_out,
        }

    @property
    def sentence(self) -> str:
        """How many queries of the set figures are of, and what is left out."""
        said = f"Query set {self.name!r}: {len(self.rows):,} of {self.size:,} queries"
        left_out = []
        if self.unknown:
            are = "is no image" if self.unknown == 1 else "are no images"
            left_out.append(f"{self.unknown:,} {are} of this bundle")
        if self.not_held_out:
            are = "is" if self.not_held_out == 1 else "are"
            left_out.append(f"{self.not_held_out:,} {are} not held out with a known relevance")
        return f"{said}; {', '.join(left_out)}." if left_out else f"{said}."


def members_of(queries: QuerySet, bundle: Bundle) -> Members:
    """Return what a bundle holds out of a query set."""
    pairs = held_out_pairs(bundle.pairs, bundle.cross_fitted)
    return members(queries.name, queries.images, bundle.items, pairs["query"].unique())


def members(name: str, images: Sequence[str], items: pd.DataFrame, held_out: np.ndarray) -> Members:
    """Find a set's queries among those that a bundle holds out.

    Parameters
    ----------
    name : str
        Of the set.
    images : sequence of str
        Names of its queries.
    items : DataFrame
        The bundle's catalogue.
    held_out : ndarray (q,) int
        Rows of the queries that have held-out pairs.

    Examples
    --------
    >>> items = pd.DataFrame({"image": ["a.png", "b.png"]})
    >>> members("Birds", ("b.png", "gone.png"), items, np.array([0, 1])).rows.tolist()
    [1]
    """
    rows = pd.Index(items["image"]).get_indexer(list(images))
    known = np.unique(rows[rows >= 0])
    measured = np.intersect1d(known, held_out)
    return Members(
        name=name,
        size=len(images),
        rows=measured.astype(np.int64),
        unknown=int((rows < 0).sum()),
        not_held_out=len(known) - len(measured),
    )


def check_any(found: Members) -> None:
    """Raise InputError if the bundle holds out no query of the set."""
    if not len(found.rows):
        raise InputError(
            f"nothing to measure on. {found.sentence} Choose queries that this bundle holds out."
        )
