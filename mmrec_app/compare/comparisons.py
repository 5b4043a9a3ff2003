"""What can be compared in a bundle, computed once and shared by all sessions."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from mmrec_app.compare.view import CompareView, compared
from mmrec_app.served.recommenders import recommender_of
from mmrec_app.shared import held_out, query_sets, reviews
from mmrec_app.words import vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.preferences.drawing import Drawing, draw
from mmrec_core.preferences.interleaving_figures import current_interleavings
from mmrec_core.preferences.interleaving_store import Interleavings
from mmrec_core.preferences.judged import current
from mmrec_core.preferences.query_lists import SystemLists, system_lists
from mmrec_core.preferences.store import Preferences


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two systems, and how many pictures of each list are compared.

    Attributes
    ----------
    bundle : Bundle
        The one that is open, in whose file of verdicts all is kept.
    systems : tuple of two str
    k : int
    only : tuple of str, optional
        Names of the queries that are compared; all without it.
    """

    bundle: Bundle
    systems: tuple[str, str]
    k: int
    only: tuple[str, ...] | None = None

    @property
    def key(self) -> str:
        """What tells it from others."""
        some = "" if self.only is None else f" {hash(self.only)}"
        return f"{' '.join(self.systems)} {self.k} {self.bundle.digest}{some}"

    @property
    def drawing(self) -> Drawing:
        """The queries, in the order in which they are drawn."""
        return _drawing(self.key, self)

    @property
    def digests(self) -> tuple[str, str]:
        """The digest of each system's bundle."""
        return self.bundle.digest, self.bundle.digest

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


def comparison(bundle: Bundle, view: CompareView) -> Comparison:
    """Return what a view compares."""
    only = query_sets.kept(bundle)[view.set].images if view.set else None
    return Comparison(bundle, compared(view, rankers(bundle)), view.k, only)


def rankers(bundle: Bundle) -> tuple[str, ...]:
    """Return the rankers that have lists to compare."""
    return tuple(_lists(bundle.digest, bundle).of)


def system_name(system: str) -> str:
    """Return what a system is called."""
    return vocabulary.ranker_name(system)


def ranker_of(system: str) -> str:
    """Return the ranker of a system."""
    return system


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
def _lists(digest: str, _bundle: Bundle) -> SystemLists:
    return system_lists(recommender_of(_bundle), held_out.scored(_bundle))


@st.cache_resource(max_entries=32, show_spinner=False)
def _drawing(key: str, _of: Comparison) -> Drawing:
    lists = _lists(_of.bundle.digest, _of.bundle).between(_of.systems, _of.k)
    some = lists if _of.only is None else lists.among(_of.only)
    return draw(some, _of.bundle.manifest.seed)


@st.cache_resource(max_entries=32, show_spinner=False)
def _preferred(version: str, key: str, _of: Comparison) -> pd.DataFrame:
    return current(preferences(_of.bundle).all(), _of.drawing.lists)


@st.cache_resource(max_entries=32, show_spinner=False)
def _interleaved(version: str, key: str, _of: Comparison) -> pd.DataFrame:
    return current_interleavings(interleavings(_of.bundle).all(), _of.drawing.lists)
