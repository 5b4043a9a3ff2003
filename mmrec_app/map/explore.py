"""The map and what stands around it: one fragment, so that a click redraws nothing else."""

import numpy as np
import streamlit as st

from mmrec_app.assets import asset
from mmrec_app.i18n import _
from mmrec_app.map import asked, canvas, colours, controls, selection
from mmrec_app.map.asked import Asked
from mmrec_app.map.colours import Colouring
from mmrec_app.map.panel import panel
from mmrec_app.map.view import CLUSTER, MapView, checked, isolating
from mmrec_app.shared import filters, notices
from mmrec_app.state import address
from mmrec_app.words import formats
from mmrec_core.bundle import Bundle
from mmrec_core.errors import MmrecError
from mmrec_core.serving.recommender import Recommendation


@st.fragment
def explore(bundle: Bundle) -> None:
    """Draw the controls, the map, and the panel beside it."""
    address.pending_turn()
    try:
        view = checked(bundle, address.read(MapView))
    except address.LinkError as error:
        notices.stop(_("This link does not fit this collection"), str(error))
    st.html(f"<style>{asset('map_page.css')}</style>")
    with st.container(key="map-controls"):
        controls.controls(bundle, view)
    query = asked.current(bundle, view)
    found = _answer(bundle, query)
    colouring = _colouring(bundle, view)
    left, right = st.columns([2.4, 1], gap="small")
    with left:
        canvas.canvas(
            bundle,
            view,
            colouring,
            found,
            on_picked=lambda row: _mark(bundle, row),
            on_lassoed=_select,
            on_isolated=_isolate,
        )
    with right, st.container(key="map-panel"):
        panel(bundle, view, query, found, selected(bundle, view, colouring))


def selected(bundle: Bundle, view: MapView, colouring: Colouring) -> np.ndarray | None:
    """Return the rows that the lasso, the legend and the filter choose; None if none of them does.

    Ascending, int64.
    """
    if not (view.lasso or view.isolate or view.active):
        return None
    rows = colouring.coloured(filters.matching(bundle, view), view.isolated)
    if view.lasso:
        frame, points = canvas.gridded(bundle)
        rows = rows[selection.inside(view.polygon, points[rows], frame)]
    return rows


def _answer(bundle: Bundle, query: Asked | None) -> Recommendation | None:
    if query is None:
        return None
    try:
        with st.spinner(_("Looking for its place …"), show_time=False):
            return asked.answer(bundle, query)
    except MmrecError as error:
        notices.notice(_("This cannot be placed on the map"), str(error))
        return None


def _colouring(bundle: Bundle, view: MapView) -> Colouring:
    try:
        return colours.colouring(bundle, view)
    except MmrecError as error:
        st.caption(formats.escaped(str(error)))
        return colours.colouring(bundle, MapView(colour=CLUSTER))


def _mark(bundle: Bundle, row: int) -> None:
    view = address.read(MapView)
    if row < 0:
        asked.keep_upload(None)
        address.go(view, image=None, query="")
    else:
        address.go(view, image=bundle.image(row))


def _select(corners: list[list[float]]) -> None:
    polygon = tuple((float(x), float(y)) for x, y in corners)
    address.go(address.read(MapView), lasso=selection.written(polygon), page=1)


def _isolate(names: list[str]) -> None:
    address.go(address.read(MapView), isolate=isolating(names), page=1)
