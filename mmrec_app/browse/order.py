"""The order of the gallery: by a search's scores, or by what the catalogue says."""

import numpy as np
import pandas as pd
import streamlit as st

from mmrec_app.browse.view import BrowseView
from mmrec_app.i18n import _
from mmrec_app.served.recommenders import recommender_of
from mmrec_app.state import address
from mmrec_core.bundle import Bundle
from mmrec_core.serving.search import Term, search

MATCH, NAME, CAPTION, LABEL, CLUSTER = "match", "name", "caption", "label", "cluster"


def orders(bundle: Bundle, terms: tuple[Term, ...]) -> dict[str, str]:
    """Return the orders that make sense here with their names, the default first."""
    choices = {MATCH: _("Best match")} if terms else {"": _("As in the collection")}
    choices |= {NAME: _("File name"), CAPTION: _("Caption"), CLUSTER: _("Cluster")}
    if bundle.manifest.counts.with_label:
        choices[LABEL] = _("Category")
    return choices


def choice(bundle: Bundle, terms: tuple[Term, ...], view: BrowseView) -> None:
    """Draw the choice of the order."""
    names = orders(bundle, terms)
    st.session_state["browse.sort"] = view.sort if view.sort in names else next(iter(names))
    st.selectbox(
        _("Sort by"),
        list(names),
        key="browse.sort",
        format_func=lambda name: names.get(name, name),
        label_visibility="collapsed",
        on_change=lambda: address.change(BrowseView, sort=st.session_state["browse.sort"], page=1),
    )


@st.cache_resource(max_entries=32, show_spinner=False)
def scores(digest: str, terms: tuple[Term, ...], _bundle: Bundle) -> np.ndarray:
    """Return each image's score under the search, (n_images,) float32; shared."""
    return search(recommender_of(_bundle), terms)


@st.cache_resource(max_entries=8, show_spinner=False)
def _places(digest: str, column: str, _bundle: Bundle) -> np.ndarray:
    """Return each image's place in the order of a column, missing values last."""
    values = _bundle.items[column]
    if values.dtype == object:
        values = values.str.casefold()
    order = values.sort_values(kind="stable", na_position="last").index.to_numpy()
    places = np.empty(len(order), np.int64)
    places[order] = np.arange(len(order))
    return places


def ordered(bundle: Bundle, rows: np.ndarray, by: str, terms: tuple[Term, ...]) -> np.ndarray:
    """Return ``rows`` in an order of `orders`; an unknown one is the default."""
    if terms and by not in (NAME, CAPTION, LABEL, CLUSTER):
        values: np.ndarray | pd.Series = -scores(bundle.digest, terms, bundle)[rows]
    elif by in (NAME, CAPTION, LABEL, CLUSTER):
        column = {NAME: "image", CAPTION: "text", LABEL: "label", CLUSTER: "cluster"}[by]
        values = _places(bundle.digest, column, bundle)[rows]
    else:
        return rows
    return rows[np.argsort(values, kind="stable")]
