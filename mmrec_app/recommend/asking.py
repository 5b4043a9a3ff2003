"""What is asked: an image of the collection, a text, or a picture that the visitor brought."""

import base64
import binascii
import hashlib
from dataclasses import dataclass

import streamlit as st
from PIL import Image

from mmrec_app.i18n import _
from mmrec_app.recommend.view import RecommendView
from mmrec_app.state import address
from mmrec_core.inputs.images import DECODED_SIDE, decode
from mmrec_core.serving.answers import Query

LARGEST_PICTURE = 20 * 2**20  # bytes
_BROUGHT = "recommend.brought"


@dataclass(frozen=True)
class Brought:
    """A picture that the visitor brought, and the caption beside it; it stays in the session."""

    data: bytes
    text: str | None = None


@dataclass(frozen=True)
class Asked:
    """A query with what tells it from others.

    Attributes
    ----------
    query : Query
    key : str
        The same for the same query.
    picture : Image or None
        The picture that the visitor brought.
    """

    query: Query
    key: str
    picture: Image.Image | None = None


def current(view: RecommendView) -> Asked | None:
    """Return what is asked: what the URL names, else the visitor's picture, else nothing.

    Raises
    ------
    ImageError
        If the visitor's picture cannot be decoded; the text is the reason.
    """
    if view.image or view.text:
        return Asked(Query(view.image, view.text), repr((view.image, view.text)))
    there = brought()
    if there is None:
        return None
    digest = hashlib.sha256(there.data).hexdigest()
    picture = _decoded(digest, there.data)
    return Asked(Query(picture, there.text), f"{digest} {there.text}", picture)


def brought() -> Brought | None:
    """Return the picture that the visitor brought."""
    return st.session_state.get(_BROUGHT)


def bring(data: bytes) -> None:
    """Make a picture the query. Call it from a callback, as all that follow."""
    if len(data) > LARGEST_PICTURE:
        st.toast(_("That picture has more than 20 MB."), icon=":material/broken_image:")
        return
    st.session_state[_BROUGHT] = Brought(data)
    _ask(address.read(RecommendView), image=None, text=None)


def bring_encoded(data: str) -> None:
    """Make a picture the query that comes as base64 text."""
    try:
        bring(base64.b64decode(data, validate=True))
    except binascii.Error:
        st.toast(_("What was pasted is no picture."), icon=":material/broken_image:")


def caption(text: str) -> None:
    """Put a caption beside the visitor's picture."""
    there = brought()
    if there:
        st.session_state[_BROUGHT] = Brought(there.data, text.strip() or None)
    _ask(address.read(RecommendView))


def choose(view: RecommendView, image: str) -> None:
    """Make an image of the collection the query."""
    _ask(view, image=image, text=None)


def describe(view: RecommendView, text: str) -> None:
    """Make a text the query."""
    if text.strip():
        _ask(view, image=None, text=text.strip())


def recaption(view: RecommendView, text: str, own: str | None) -> None:
    """Ask with the same image and another caption; its own one if ``text`` is empty or that."""
    text = text.strip()
    _ask(view, text=None if text in ("", own) else text)


def forget(view: RecommendView) -> None:
    """Start over: no query, and the visitor's picture put away."""
    st.session_state.pop(_BROUGHT, None)
    _ask(view, image=None, text=None)


def _ask(view: RecommendView, **changes: str | None) -> None:
    address.go(view, **changes, result=None, by=None, against=None)


@st.cache_resource(max_entries=32, show_spinner=False)
def _decoded(digest: str, _data: bytes) -> Image.Image:
    return decode(_data, max_side=DECODED_SIDE)
