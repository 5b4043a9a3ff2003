"""The pages, each under the URL that its file's stem gives.

They have no icons: Streamlit would fetch a page's icon from a font server on the internet.
"""

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page

_FOLDER = Path(__file__).resolve().parents[1] / "pages"


def browse() -> Page:
    """Return the page that shows the collection."""
    return st.Page(
        _FOLDER / "browse.py",
        title="Browse",
        url_path="browse",
        default=True,
    )


def recommend() -> Page:
    """Return the page that shows one query's recommendations."""
    return st.Page(
        _FOLDER / "recommend.py",
        title="Recommend",
        url_path="recommend",
    )


def pages() -> list[Page]:
    """Return all pages in the order of the menu."""
    return [browse(), recommend()]
