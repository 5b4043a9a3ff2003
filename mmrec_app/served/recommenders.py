"""The recommender of each open bundle, one for all sessions, treated as read-only."""

from pathlib import Path

import streamlit as st

from mmrec_app.served.bundles import opened
from mmrec_core.bundle import Bundle
from mmrec_core.serving.recommender import Recommender


def recommender_of(bundle: Bundle) -> Recommender:
    """Return the bundle's recommender, one for all sessions."""
    return _recommender(bundle.digest, str(bundle.path))


@st.cache_resource(max_entries=4, show_spinner=False)
def _recommender(digest: str, folder: str) -> Recommender:
    return Recommender(opened(Path(folder)))
