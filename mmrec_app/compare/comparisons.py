"""What can be compared in a bundle, or in two, computed once and shared by all sessions."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from mmrec_app.served.recommenders import recommender_of
from mmrec_app.shared import grading, held_out, reviews
from mmrec_app.words import vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.preferences.drawing import Drawing, draw
from mmrec_core.preferences.interleaving_figures import current_interleavings
from mmrec_core.preferences.interleaving_store import Interleavings
from mmrec_core.preferences.judged import current
from mmrec_core.preferences.lists_of_both import ListsOfBoth, lists_of_both
from mmrec_core.preferences.query_lists import SystemLists, system_lists
from mmrec_core.preferences.store import Preferences
from mmrec_core.preferences.systems import bundle_of, ranker_of


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two systems, and how many pictures of each list are compared.

    Attributes
    ----------
    bundle : Bundle
        The one that is open, in whose file of verdicts all is kept.
    other : Bundle or None
        The one that the second system is of; None where both are of ``bundle``.
    systems : tuple of two str
        See `mmrec_core.preferences.systems`.
    k : int
    only : tuple of str, optional
        Names of the queries that are compared; all without it.
    """

    bundle: Bundle
    other: Bundle | None
    systems: tuple[str, str]
    k: int
    only: tuple[str, ...] | None = None

    @property
    def key(self) -> str:
        """What tells it from others."""
        some = "" if self.only is None else f" {hash(self.only)}"
        return f"{' '.join(self.systems)} {self.k} {' '.join(self.digests)}{some}"

    @property
    def digests(self) -> tuple[str, str]:
        """The digest of each system's bundle."""
        return self.bundle.digest, (self.other or self.bundle).digest

    @property
    def drawing(self) -> Drawing:
        """The queries, in the order in which they are drawn."""
        return _drawing(self.key, self)

    def preferred(self) -> pd.DataFrame:
        """Return the preferences on the lists as they are now."""
        return _preferred(version(self.bundle), self.key, self)

    def interleaved(self) -> pd.DataFrame:
        """Return the clicks in interleaved lists of both as they are now."""
        return _interleaved(version(self.bundle), self.key, self)

    def place(self, query: str) -> int | None:
        """Return the place of a query in the lists, None where it is not among them."""
        at = (self.drawing.lists.names == query).nonzero()[0]
        return int(at[0]) if len(at) else None

    def digest_of(self, system: str) -> str:
        """Return the digest of a system's bundle."""
        return self.digests[self.systems.index(system)]

    def name(self, system: str) -> str:
        """Return what a system is called: a ranker, with its bundle where there are two."""
        return system_name(system, self.bundle, self.other)

    def picture(self, row: int) -> dict[str, Any]:
        """Return an image of the lists as the components show it."""
        if self.other is None or row < len(self.bundle.items):
            return grading.picture(self.bundle, row)
        return grading.picture(self.other, int(both(self.bundle, self.other).row_in_b[row]))


def own(bundle: Bundle) -> SystemLists:
    """Return the bundle's `mmrec_core.preferences.query_lists.system_lists`."""
    return _own(bundle.digest, bundle)


def both(bundle: Bundle, other: Bundle) -> ListsOfBoth:
    """Return the lists of two bundles (`mmrec_core.preferences.lists_of_both`)."""
    return _both(bundle.digest, other.digest, bundle, other)


def systems(bundle: Bundle, other: Bundle | None) -> tuple[str, ...]:
    """Return the systems that have lists to compare."""
    return tuple(own(bundle).of if other is None else both(bundle, other).lists.of)


def system_name(system: str, bundle: Bundle, other: Bundle | None) -> str:
    """Return what a system is called: a ranker, with its bundle where there is another one."""
    ranker = vocabulary.ranker_name(ranker_of(system))
    return ranker if other is None else f"{ranker} · {bundle_of(system) or bundle.path.name}"


def preferences(bundle: Bundle) -> Preferences:
    """Return where preferences are kept; if that can't be read, say so and stop."""
    return Preferences(reviews.store(bundle).path)


def interleavings(bundle: Bundle) -> Interleavings:
    """Return where clicks in interleaved lists are kept; if that can't be read, say so and stop."""
    return Interleavings(reviews.store(bundle).path)


def version(bundle: Bundle) -> str:
    """Return what changes with every judgement, to cache by."""
    return reviews.version_of(reviews.store(bundle))


@st.cache_resource(max_entries=4, show_spinner=False)
def _own(digest: str, _bundle: Bundle) -> SystemLists:
    return system_lists(recommender_of(_bundle), held_out.scored(_bundle))


@st.cache_resource(max_entries=4, show_spinner=False)
def _both(digest: str, other: str, _bundle: Bundle, _other: Bundle) -> ListsOfBoth:
    return lists_of_both(
        recommender_of(_bundle),
        held_out.scored(_bundle),
        recommender_of(_other),
        held_out.scored(_other),
        _other.path.name,
    )


@st.cache_resource(max_entries=64, show_spinner=False)
def _drawing(key: str, _of: Comparison) -> Drawing:
    known = own(_of.bundle) if _of.other is None else both(_of.bundle, _of.other).lists
    lists = known.between(_of.systems, _of.k)
    some = lists if _of.only is None else lists.among(_of.only)
    return draw(some, _of.bundle.manifest.seed)


@st.cache_resource(max_entries=64, show_spinner=False)
def _preferred(version: str, key: str, _of: Comparison) -> pd.DataFrame:
    return current(preferences(_of.bundle).all(), _of.drawing.lists)


@st.cache_resource(max_entries=64, show_spinner=False)
def _interleaved(version: str, key: str, _of: Comparison) -> pd.DataFrame:
    return current_interleavings(interleavings(_of.bundle).all(), _of.drawing.lists)
