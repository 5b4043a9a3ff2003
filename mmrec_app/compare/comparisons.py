"""What can be compared in a bundle, computed once and shared by all sessions."""

import pandas as pd
import streamlit as st

from mmrec_app.served.recommenders import recommender_of
from mmrec_app.shared import held_out, reviews
from mmrec_core.bundle import Bundle
from mmrec_core.preferences.drawing import Drawing, draw
from mmrec_core.preferences.judged import current
from mmrec_core.preferences.query_lists import SystemLists, system_lists
from mmrec_core.preferences.store import Preferences


def lists(bundle: Bundle) -> SystemLists:
    """Return the bundle's `mmrec_core.preferences.query_lists.system_lists`."""
    return _lists(bundle.digest, bundle)


def rankers(bundle: Bundle) -> tuple[str, ...]:
    """Return the rankers that have lists to compare."""
    return tuple(lists(bundle).of)


def drawing(bundle: Bundle, systems: tuple[str, str], k: int) -> Drawing:
    """Return the queries of a comparison, in the order of their drawing."""
    return _drawing(bundle.digest, systems, k, bundle)


def store(bundle: Bundle) -> Preferences:
    """Return where preferences are kept; if that can't be read, say so and stop."""
    return Preferences(reviews.store(bundle).path)


def present(bundle: Bundle, systems: tuple[str, str], k: int) -> pd.DataFrame:
    """Return the preferences on the lists as they are now."""
    version = reviews.version_of(reviews.store(bundle))
    return _present(version, bundle.digest, systems, k, bundle)


@st.cache_resource(max_entries=4, show_spinner=False)
def _lists(digest: str, _bundle: Bundle) -> SystemLists:
    return system_lists(recommender_of(_bundle), held_out.scored(_bundle))


@st.cache_resource(max_entries=32, show_spinner=False)
def _drawing(digest: str, systems: tuple[str, str], k: int, _bundle: Bundle) -> Drawing:
    return draw(lists(_bundle).between(systems, k), _bundle.manifest.seed)


@st.cache_resource(max_entries=32, show_spinner=False)
def _present(
    version: str, digest: str, systems: tuple[str, str], k: int, _bundle: Bundle
) -> pd.DataFrame:
    return current(store(_bundle).all(), drawing(_bundle, systems, k).lists)
