"""Captions in the language that the visitor reads them in, where the collection has several.

The captions file may bring columns ``text_ru``, ``text_de``, … beside ``text``: the same captions
in other languages.
"""

from collections.abc import Callable

import streamlit as st

from mmrec_app.i18n import LANGUAGES, _, language
from mmrec_core.bundle import Bundle

_CHOSEN = "captions.language"
_PREFIX = "text_"


def column(bundle: Bundle) -> str:
    """Return the column that the visitor reads: chosen, else of the interface's language."""
    there = bundle.caption_columns
    chosen = st.session_state.get(_CHOSEN)
    if chosen in there:
        return chosen
    own = _PREFIX + language()
    return own if own in there else "text"


def no_caption() -> str:
    """Return what stands where an image has no caption."""
    return _("no caption")


def caption(bundle: Bundle, row: int) -> str | None:
    """Return an image's caption as the visitor reads it, in any language rather than none."""
    return reader(bundle)(row)


def reader(bundle: Bundle) -> Callable[[int], str | None]:
    """Return `caption` for many images of one bundle: the language is looked up once."""
    texts, otherwise = (bundle.columns[name] for name in (column(bundle), "text"))

    def read(row: int) -> str | None:
        text = texts[row] or otherwise[row]
        return str(text) if text else None

    return read


def choose(name: str) -> None:
    """Show captions from this column from now on."""
    st.session_state[_CHOSEN] = name


def column_name(name: str) -> str:
    """Return the name of a column of captions for people."""
    if name == "text":
        return _("Original")
    code = name.removeprefix(_PREFIX)
    return LANGUAGES.get(code, code)
