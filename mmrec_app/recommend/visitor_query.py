"""The visitor's query: an image of the collection, a text, or a picture of their own."""

import base64
import binascii

import streamlit as st

from mmrec_app.i18n import _
from mmrec_app.recommend.view import RecommendView
from mmrec_app.served import rights, visitor_pictures
from mmrec_app.shared.keyed_query import KeyedQuery, query_by_name, query_by_upload
from mmrec_app.state import address


def current(view: RecommendView) -> KeyedQuery | None:
    """Return the query that the URL names; None without one.

    Raises
    ------
    ImageError
        If the visitor's picture cannot be decoded, or is no longer kept; the text is the reason.
    """
    if view.upload:
        return query_by_upload(view.upload, view.text)
    return query_by_name(view.image, view.text) if view.image or view.text else None


def bring(data: bytes) -> None:
    """Make a picture the query. Call it from a callback, as all that follow."""
    if not rights.may_write():
        return
    if len(data) > visitor_pictures.LARGEST:
        st.toast(_("This picture is larger than 20 MB."), icon=":material/broken_image:")
        return
    _query(upload=visitor_pictures.keep(data), image=None, text=None)


def bring_encoded(data: str) -> None:
    """Make a picture the query that comes as base64 text."""
    try:
        bring(base64.b64decode(data, validate=True))
    except binascii.Error:
        st.toast(_("What you pasted is not a picture."), icon=":material/broken_image:")


def caption(text: str) -> None:
    """Put a caption beside the visitor's picture."""
    _query(text=text.strip() or None)


def describe(text: str) -> None:
    """Make a text the query."""
    if text.strip():
        _query(upload=None, image=None, text=text.strip())


def recaption(text: str, own: str | None) -> None:
    """Query by the same image with another caption; its own if ``text`` is that or empty."""
    text = text.strip()
    _query(text=None if text in ("", own) else text)


def forget() -> None:
    """Start over: no query."""
    _query(upload=None, image=None, text=None)


def _query(**changes: str | None) -> None:
    """Change the query; what was chosen among the results of the last one is void."""
    chosen = dict.fromkeys(("result", "by", "against", "missing"))
    address.change(RecommendView, **changes, **chosen, seek="", region="")
