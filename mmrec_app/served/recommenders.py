"""The recommender of each open bundle, one for all sessions, treated as read-only."""

import streamlit as st

from mmrec_core.bundle import Bundle
from mmrec_core.serving.recommender import Recommender


def recommender_of(bundle: Bundle) -> Recommender:
    """Return the recommender of this very bundle, even if its folder holds another by now."""
    return _recommender(bundle.digest, str(bundle.path), bundle)


@st.cache_resource(max_entries=4, show_spinner=False)
def _recommender(digest: str, folder: str, _bundle: Bundle) -> Recommender:
    return Recommender(_bundle)
