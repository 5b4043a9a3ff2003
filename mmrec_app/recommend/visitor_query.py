"""The visitor's query: an image of the collection, a text, or a picture of their own."""

import base64
import binascii
from dataclasses import dataclass

import streamlit as st

from mmrec_app.i18n import _
from mmrec_app.recommend.view import RecommendView
from mmrec_app.shared.keyed_query import KeyedQuery, query_by_name, query_by_picture
from mmrec_app.state import address

LARGEST_PICTURE = 20 * 2**20  # bytes
_BROUGHT = "recommend.brought"


@dataclass(frozen=True)
class Brought:
    """A picture that the visitor brought, and the caption beside it; it stays in the session."""

    data: bytes
    text: str | None = None


def current(view: RecommendView) -> KeyedQuery | None:
    """Return the query: what the URL names, else the visitor's picture, else none.

    Raises
    ------
    ImageError
        If the visitor's picture cannot be decoded; the text is the reason.
    """
    if view.image or view.text:
        return query_by_name(view.image, view.text)
    there = brought()
    return query_by_picture(there.data, there.text) if there else None


def brought() -> Brought | None:
    """Return the picture that the visitor brought."""
    return st.session_state.get(_BROUGHT)


def bring(data: bytes) -> None:
    """Make a picture the query. Call it from a callback, as all that follow."""
    if len(data) > LARGEST_PICTURE:
        st.toast(_("This picture is larger than 20 MB."), icon=":material/broken_image:")
        return
    st.session_state[_BROUGHT] = Brought(data)
    _query(image=None, text=None)


def bring_encoded(data: str) -> None:
    """Make a picture the query that comes as base64 text."""
    try:
        bring(base64.b64decode(data, validate=True))
    except binascii.Error:
        st.toast(_("What you pasted is not a picture."), icon=":material/broken_image:")


def caption(text: str) -> None:
    """Put a caption beside the visitor's picture."""
    there = brought()
    if there:
        st.session_state[_BROUGHT] = Brought(there.data, text.strip() or None)
    _query()


def describe(text: str) -> None:
    """Make a text the query."""
    if text.strip():
        _query(image=None, text=text.strip())


def recaption(text: str, own: str | None) -> None:
    """Query by the same image with another caption; its own if ``text`` is that or empty."""
    text = text.strip()
    _query(text=None if text in ("", own) else text)


def forget() -> None:
    """Start over: no query, and the visitor's picture put away."""
    st.session_state.pop(_BROUGHT, None)
    _query(image=None, text=None)


def _query(**changes: str | None) -> None:
    """Change the query; what was chosen among the results of the last one is void."""
    address.change(RecommendView, **changes, result=None, by=None, against=None)
