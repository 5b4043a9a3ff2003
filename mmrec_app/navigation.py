"""The pages, each under the URL that its file's stem gives.

They have no icons: Streamlit would fetch a page's icon from a font server on the internet.
"""

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page

from mmrec_app.i18n import _

FIRST = "browse"  # the page at the app's own address
_FOLDER = Path(__file__).resolve().parents[1] / "pages"


def page(name: str) -> Page:
    """Return the page of that URL; ValueError if there is none."""
    titles = {
        "browse": _("Browse"),
        "recommend": _("Recommend"),
        "map": _("Map"),
        "clusters": _("Clusters"),
        "evaluation": _("Evaluation"),
        "errors": _("Errors"),
        "about": _("About"),
    }
    if name not in titles:
        raise ValueError(f"there is no page {name!r}; there are {', '.join(titles)}.")
    path = _FOLDER / f"{name}.py"
    return st.Page(path, title=titles[name], url_path=name, default=name == FIRST)


def pages() -> list[Page]:
    """Return all pages in the order of the menu."""
    names = ("browse", "recommend", "map", "clusters", "evaluation", "errors", "about")
    return [page(name) for name in names if (_FOLDER / f"{name}.py").is_file()]
