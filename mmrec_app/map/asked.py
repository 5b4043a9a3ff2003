"""The query that the map shows: its star, its results, and how alike all images are to it."""

import hashlib
from dataclasses import dataclass

import numpy as np
import streamlit as st

from mmrec_app.i18n import _
from mmrec_app.map.view import MapView
from mmrec_app.served.recommenders import recommender_of
from mmrec_core.bundle import Bundle
from mmrec_core.collection.vectors import fused, unit
from mmrec_core.inputs.images import DECODED_SIDE, decode
from mmrec_core.serving.recommender import Query, Recommendation

RESULTS = 10
_UPLOAD = "map.upload"


@dataclass(frozen=True)
class Asked:
    """A query: the name of an image, a text, or an upload's bytes; exactly one."""

    image: str | None = None
    text: str | None = None
    upload: bytes | None = None

    @property
    def key(self) -> str:
        """What tells this query from another."""
        if self.upload is not None:
            return f"upload {hashlib.sha256(self.upload).hexdigest()}"
        return f"image {self.image}" if self.image is not None else f"text {self.text}"

    @property
    def query(self) -> Query:
        """The query as the recommender takes it; ImageError if an upload cannot be decoded."""
        if self.upload is not None:
            return Query(decode(self.upload, max_side=DECODED_SIDE))
        return Query(self.image, self.text)


def current(bundle: Bundle, view: MapView) -> Asked | None:
    """Return what is asked: a text, else the session's upload, else the marked image."""
    if view.query:
        return Asked(text=view.query)
    if uploaded := uploaded_picture():
        return Asked(upload=uploaded)
    return Asked(image=view.image) if view.image else None


def uploaded_picture() -> bytes | None:
    """Return the picture that the visitor placed on the map, None if there is none."""
    return st.session_state.get(_UPLOAD)


def keep_upload(data: bytes | None) -> None:
    """Place a picture on the map for this session, or take it away."""
    if data is None:
        st.session_state.pop(_UPLOAD, None)
    else:
        st.session_state[_UPLOAD] = data


def answer(bundle: Bundle, asked: Asked) -> Recommendation:
    """Return the query's results.

    Raises
    ------
    QueryError, ImageError, EncoderError
        If it cannot be answered; the text says why.
    """
    return _answer(bundle.digest, asked.key, bundle, asked)


@st.cache_resource(max_entries=256, show_spinner=False)
def _answer(digest: str, key: str, _bundle: Bundle, _asked: Asked) -> Recommendation:
    return recommender_of(_bundle).recommend(_asked.query, k=RESULTS)


def similarity(bundle: Bundle, asked: Asked) -> np.ndarray:
    """Return how alike each image is to the query, (n_images,) float32, shared.

    For an image of the collection the mean of CLIP's and BERT's cosines, else CLIP's cosine.
    """
    return _similarity(bundle.digest, asked.key, bundle, asked)


@st.cache_resource(max_entries=16, show_spinner=False)
def _similarity(digest: str, key: str, _bundle: Bundle, _asked: Asked) -> np.ndarray:
    recommender = recommender_of(_bundle)
    vectors = recommender.collection.unit
    if _asked.image is not None:
        row = _bundle.index_of(_asked.image)
        image = vectors.clip_image @ vectors.clip_image[row]
        return fused(image, vectors.bert_text @ vectors.bert_text[row])
    if _asked.text is not None:
        vector = recommender.encoder.text_vector(_asked.text)
    else:
        picture = decode(_asked.upload or b"", max_side=DECODED_SIDE)
        vector = recommender.encoder.image_vector(picture)
    return vectors.clip_image @ unit(vector)


def similarity_meaning(asked: Asked) -> str:
    """Return one sentence on what the similarity is."""
    if asked.image is not None:
        return _(
            "Mean of the cosines of pictures (CLIP) and captions (BERT) with the marked image."
        )
    if asked.text is not None:
        return _("Cosine of the text and each picture (CLIP).")
    return _("Cosine of your picture and each picture (CLIP).")
