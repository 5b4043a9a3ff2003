"""The pages, each under the URL that its file's stem gives."""

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page

_FOLDER = Path(__file__).resolve().parents[1] / "pages"


def browse() -> Page:
    """Return the page that shows the collection."""
    return st.Page(
        _FOLDER / "browse.py",
        title="Browse",
        icon=":material/grid_view:",
        url_path="browse",
        default=True,
    )


def recommend() -> Page:
    """Return the page that shows one query's recommendations."""
    return st.Page(
        _FOLDER / "recommend.py",
        title="Recommend",
        icon=":material/image_search:",
        url_path="recommend",
    )


def pages() -> list[Page]:
    """Return all pages in the order of the menu."""
    return [browse(), recommend()]
