"""A query with a key to cache its answers by, and pictures that visitors bring as queries."""

from dataclasses import dataclass

import streamlit as st
from PIL import Image

from mmrec_app.i18n import _
from mmrec_app.served import visitor_pictures, workers
from mmrec_app.shared import waiting
from mmrec_core.errors import ImageError
from mmrec_core.inputs.images import IMAGE_SUFFIXES
from mmrec_core.serving.answers import Query

PICTURE_TYPES = sorted(suffix.removeprefix(".") for suffix in IMAGE_SUFFIXES)


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
    with waiting.saying(_("Reading your picture…")):
        picture, shown = _decoded(name, data)
    return KeyedQuery(Query(picture, text), f"{name} {text}", shown)


@st.cache_resource(max_entries=32, show_spinner=False)
def _decoded(name: str, _data: bytes) -> tuple[Image.Image, Image.Image]:
    return workers.decoded(_data)
