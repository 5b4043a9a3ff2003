"""The recommender of each open bundle, one for all sessions, treated as read-only."""

from contextlib import suppress
from threading import Thread

import streamlit as st

from mmrec_app.served import workers
from mmrec_core.bundle import Bundle
from mmrec_core.errors import EncoderError
from mmrec_core.serving.one_thread import keep_products_to_one_thread
from mmrec_core.serving.pair_explainer import PairExplainer
from mmrec_core.serving.query_encoder import QueryEncoder
from mmrec_core.serving.recommender import Recommender


def recommender_of(bundle: Bundle) -> Recommender:
    """Return the recommender of this very bundle, even if its folder holds another by now."""
    return _recommender(bundle.digest, str(bundle.path), bundle)


@st.cache_resource(max_entries=4, show_spinner=False)
def _recommender(digest: str, folder: str, _bundle: Bundle) -> Recommender:
    recommender = Recommender(_bundle, workers.encoding)
    keep_products_to_one_thread()  # once what multiplies has been imported
    return recommender


def explainer_of(bundle: Bundle) -> PairExplainer:
    """Return what takes pairs of this bundle apart, with what it keeps of them."""
    return _explainer(bundle.digest, bundle)


@st.cache_resource(max_entries=4, show_spinner=False)
def _explainer(digest: str, _bundle: Bundle) -> PairExplainer:
    return PairExplainer(recommender_of(_bundle))


def load_encoders_ahead(bundle: Bundle) -> Thread:
    """Load the encoders of new queries in a thread, once a bundle, and return it.

    Where they are missing, the query that needs them says so.
    """
    return _loading(recommender_of(bundle).encoder)


@st.cache_resource(max_entries=4, show_spinner=False, hash_funcs={QueryEncoder: id})
def _loading(encoder: QueryEncoder) -> Thread:
    def load() -> None:
        with suppress(EncoderError):
            encoder.load()

    thread = Thread(target=load, daemon=True)
    thread.start()
    return thread
