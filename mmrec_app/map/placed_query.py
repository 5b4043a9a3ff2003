"""The query that the map shows: its star, its results, and how similar all images are to it."""

import numpy as np
import streamlit as st

from mmrec_app.i18n import _
from mmrec_app.map.view import MapView
from mmrec_app.served.recommenders import recommender_of
from mmrec_app.shared.keyed_query import KeyedQuery, query_by_name, query_by_upload
from mmrec_core.bundle import Bundle
from mmrec_core.serving import similarity as of_query
from mmrec_core.serving.answers import Recommendation

RESULTS = 10


def current(view: MapView) -> KeyedQuery | None:
    """Return the query: a text, else the visitor's picture, else the marked image.

    Raises
    ------
    ImageError
        If the picture cannot be decoded, or is no longer kept.
    """
    if view.query:
        return query_by_name(None, view.query)
    if view.upload:
        return query_by_upload(view.upload)
    return query_by_name(view.image, None) if view.image else None


def answer(bundle: Bundle, query: KeyedQuery) -> Recommendation:
    """Return the query's results.

    Raises
    ------
    QueryError, EncoderError
        If it cannot be answered; the text says why.
    """
    return _answer(bundle.digest, query.key, bundle, query)


@st.cache_resource(max_entries=64, show_spinner=False)
def _answer(digest: str, key: str, _bundle: Bundle, _query: KeyedQuery) -> Recommendation:
    return recommender_of(_bundle).recommend(_query.query, k=RESULTS)


def similarity(bundle: Bundle, query: KeyedQuery) -> np.ndarray:
    """Return how similar each image is to the query (`mmrec_core.serving.similarity`), shared."""
    return _similarity(bundle.digest, query.key, bundle, query)


@st.cache_resource(max_entries=16, show_spinner=False)
def _similarity(digest: str, key: str, _bundle: Bundle, _query: KeyedQuery) -> np.ndarray:
    return of_query.similarity(recommender_of(_bundle), _query.query)


def similarity_meaning(query: KeyedQuery) -> str:
    """Return one sentence on what the similarity is."""
    if isinstance(query.query.image, str):
        return _(
            "Mean of the cosines of pictures (CLIP) and captions (BERT) with the marked image."
        )
    if query.picture is not None:
        return _("Cosine of your picture and each picture of the collection (CLIP).")
    return _("Cosine of the text and each picture (CLIP).")
