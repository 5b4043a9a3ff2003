"""What a page loads before it draws: the chosen bundle, its recommender, a query's answer.

Everything here is shared between sessions and treated as read-only.
"""

import hashlib
from pathlib import Path
from typing import NamedTuple

import streamlit as st
from PIL import Image

from mmrec_app import notices, state
from mmrec_app.bundles import bundle_folders, opened
from mmrec_core.bundle import Bundle
from mmrec_core.errors import BundleError
from mmrec_core.images import DECODED_SIDE, decode
from mmrec_core.recommend import Query, Recommendation, Recommender


class Upload(NamedTuple):
    """A picture that the visitor brought, and the caption beside it."""

    data: bytes
    text: str | None

    @property
    def digest(self) -> str:
        """SHA-256 of picture and caption."""
        return hashlib.sha256(self.data + b"\0" + (self.text or "").encode()).hexdigest()


def bundle_switch() -> None:
    """Draw the choice of the bundle in the sidebar, if there is a choice."""
    names = list(bundle_folders())
    if len(names) < 2:
        return
    current = state.bundle_name() or names[0]
    st.session_state["bundle_switch"] = current if current in names else names[0]
    st.sidebar.selectbox(
        "Bundle",
        names,
        key="bundle_switch",
        on_change=lambda: state.choose_bundle(st.session_state["bundle_switch"]),
        help="Each folder that a build wrote: its images, encoders, clusters and ranker.",
    )


def current_bundle() -> Bundle:
    """Return the bundle that the link or this session names; without one, say so and stop."""
    folders = bundle_folders()
    if not folders:
        notices.no_bundle()
    name = state.bundle_name()
    if name is not None and name not in folders:
        notices.stop(
            "This link is about another bundle",
            f"No bundle named “{name}” is served here. There is: {', '.join(folders)}.",
        )
    folder = folders[name] if name else next(iter(folders.values()))
    if len(folders) > 1:
        state.keep_bundle(folder.name)
    try:
        return opened(folder)
    except BundleError as error:
        notices.stop("This bundle cannot be opened", str(error))


@st.cache_resource(max_entries=4, show_spinner=False)
def _recommender(digest: str, folder: str) -> Recommender:
    return Recommender(opened(Path(folder)))


def recommender(bundle: Bundle) -> Recommender:
    """Return the bundle's recommender, one for all sessions."""
    return _recommender(bundle.digest, str(bundle.path))


@st.cache_resource(max_entries=512, show_spinner=False)
def _for_image(
    digest: str, _bundle: Bundle, image: str, ranker: str, k: int, collapse: float | None
) -> Recommendation:
    return recommender(_bundle).recommend(Query(image), k=k, ranker=ranker, collapse=collapse)


@st.cache_resource(max_entries=64, show_spinner=False)
def _for_upload(
    digest: str,
    upload_digest: str,
    _bundle: Bundle,
    _image: Image.Image,
    _text: str | None,
    ranker: str,
    k: int,
    collapse: float | None,
) -> Recommendation:
    query = Query(image=_image, text=_text)
    return recommender(_bundle).recommend(query, k=k, ranker=ranker, collapse=collapse)


@st.cache_resource(max_entries=32, show_spinner=False)
def _decoded(digest: str, _data: bytes) -> Image.Image:
    return decode(_data, max_side=DECODED_SIDE)


def picture_of(upload: Upload) -> Image.Image:
    """Return the uploaded picture, upright, as RGB.

    Raises
    ------
    ImageError
        If it cannot be decoded; the text is the reason.
    """
    return _decoded(hashlib.sha256(upload.data).hexdigest(), upload.data)


def recommendations(
    bundle: Bundle, query: str | Upload, view: state.RecommendView
) -> Recommendation:
    """Return the answer to a query: a catalogue image's id, or an upload.

    Raises
    ------
    QueryError
        If the ranker cannot answer this query.
    ImageError
        If an upload cannot be decoded.
    """
    collapse = state.COLLAPSE_ABOVE if view.collapse else None
    settings = (view.ranker, view.k, collapse)
    if isinstance(query, str):
        return _for_image(bundle.digest, bundle, query, *settings)
    image = picture_of(query)
    return _for_upload(bundle.digest, query.digest, bundle, image, query.text, *settings)
