"""A query with a key to cache its answers by, and pictures that visitors bring as queries."""

from dataclasses import dataclass

import streamlit as st
from PIL import Image

from mmrec_app.i18n import _
from mmrec_app.served import visitor_pictures
from mmrec_core.errors import ImageError
from mmrec_core.inputs.images import DECODED_SIDE, IMAGE_SUFFIXES, decode
from mmrec_core.serving.answers import Query

PICTURE_TYPES = sorted(suffix.removeprefix(".") for suffix in IMAGE_SUFFIXES)
_MOST_BYTES = 2**28  # of memory to decode a picture: visitors share the process


@dataclass(frozen=True, eq=False)
class KeyedQuery:
    """A query with what distinguishes it from others.

    Attributes
    ----------
    query : Query
    key : str
        The same for the same query.
    picture : PIL.Image.Image, optional
        The visitor's picture as it is shown: a pale one without a background on a grey ground.
    """

    query: Query
    key: str
    picture: Image.Image | None = None


def query_by_name(image: str | None, text: str | None) -> KeyedQuery:
    """Return a query by an image of the collection, a text, or both."""
    return KeyedQuery(Query(image, text), repr((image, text)))


def query_by_upload(name: str, text: str | None = None) -> KeyedQuery:
    """Return a query by a visitor's picture and, if there is one, its caption.

    Parameters
    ----------
    name : str
        As `mmrec_app.served.visitor_pictures.keep` returned it.
    text : str, optional

    Raises
    ------
    ImageError
        If the picture cannot be decoded, or is no longer kept; the text is the reason.
    """
    data = visitor_pictures.find(name)
    if data is None:
        raise ImageError(
            _("It is gone: the server keeps visitors' pictures for a while. Bring it once more.")
        )
    picture, shown = _decoded(name, data)
    return KeyedQuery(Query(picture, text), f"{name} {text}", shown)


@st.cache_resource(max_entries=32, show_spinner=False)
def _decoded(name: str, _data: bytes) -> tuple[Image.Image, Image.Image]:
    picture, shown = (
        decode(_data, max_side=DECODED_SIDE, to_be_seen=seen, max_bytes=_MOST_BYTES)
        for seen in (False, True)
    )
    return picture, shown
