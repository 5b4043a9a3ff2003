"""The overview of a bundle's clusters, computed once for all sessions."""

import streamlit as st

from mmrec_app.served.recommenders import recommender_of
from mmrec_app.shared import held_out
from mmrec_core.bundle import Bundle
from mmrec_core.collection.cluster_overview import ClusterOverview, cluster_overview


def overview(bundle: Bundle) -> ClusterOverview:
    """Return what tells the bundle's clusters apart; shared, so not to be written to."""
    return _overview(bundle.digest, bundle)


@st.cache_resource(max_entries=2, show_spinner=False)
def _overview(digest: str, _bundle: Bundle) -> ClusterOverview:
    unit = recommender_of(_bundle).collection.unit
    return cluster_overview(_bundle, unit, held_out.queries(_bundle))
