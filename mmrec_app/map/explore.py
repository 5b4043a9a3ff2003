"""The map and what stands around it: one fragment, so that a click redraws nothing else."""

from dataclasses import replace

import numpy as np
import streamlit as st

from mmrec_app.i18n import _
from mmrec_app.map import canvas, colours, controls, placed_query, selection
from mmrec_app.map.colours import Colouring
from mmrec_app.map.panel import panel
from mmrec_app.map.view import CLUSTER, WINS, MapView, checked, isolating
from mmrec_app.map.who_wins import Wins, wins
from mmrec_app.served import map_levels
from mmrec_app.shared import against, filters, histograms, notices, waiting
from mmrec_app.shared.fragment import fragment
from mmrec_app.shared.keyed_query import KeyedQuery
from mmrec_app.state import address
from mmrec_app.words import formats
from mmrec_core.bundle import Bundle
from mmrec_core.collection.map_grid import NO_CODE
from mmrec_core.collection.map_selection import inside
from mmrec_core.errors import BundleError, ComparisonError, MmrecError
from mmrec_core.serving.recommender import Recommendation


@fragment
def explore(bundle: Bundle) -> None:
    """Draw the controls, the map, and the panel beside it."""
    address.pending_turn()
    try:
        view = _with_other(bundle, checked(bundle, address.read(MapView)))
    except address.LinkError as error:
        notices.stop(_("This link does not fit this collection"), str(error))
    with st.container(key="map-controls"):
        controls.controls(bundle, view)
        if view.colour == WINS:
            controls.other(bundle, view)
    query, answer = _answered(bundle, view)
    won = _wins(bundle, view)
    colouring = won.colouring if won else _colouring(bundle, view)
    left, right = st.columns([2.4, 1], gap="small")
    with left:
        canvas.canvas(
            bundle,
            view,
            colouring,
            answer,
            on_picked=lambda row: _pick(bundle, won, row, view.against),
            on_lassoed=_select,
            on_isolated=_isolate,
            on_brushed=_brush,
        )
    with right, st.container(key="map-panel"):
        histograms.panel(bundle, view)
        panel(bundle, view, query, answer, selected(bundle, view, colouring))


def _with_other(bundle: Bundle, view: MapView) -> MapView:
    """Return the view with the other bundle of `WINS` where there is but one."""
    if view.colour != WINS or view.against is not None:
        return view
    others = against.others(bundle)
    return replace(view, against=others[0]) if len(others) == 1 else view


def selected(bundle: Bundle, view: MapView, colouring: Colouring) -> np.ndarray | None:
    """Return the rows that the lasso, the legend and the filter choose; None if none of them does.

    Ascending, int64.
    """
    if not (view.lasso or view.isolate or view.between or view.active):
        return None
    rows = colouring.coloured(filters.matching(bundle, view), view.isolated, view.between)
    if view.lasso:
        points, order = map_levels.levels(bundle)
        within = order[inside(view.polygon, points, map_levels.frame(bundle))]
        rows = np.intersect1d(rows, within, assume_unique=True)
    return rows


def _answered(bundle: Bundle, view: MapView) -> tuple[KeyedQuery | None, Recommendation | None]:
    """Return the query and its results; say so where it cannot be placed."""
    query = None
    try:
        query = placed_query.current(view)
        if query is None:
            return None, None
        with waiting.answering(bundle, query.query, _("Looking for its place…")):
            return query, placed_query.answer(bundle, query)
    except MmrecError as error:
        notices.notice(_("This cannot be placed on the map"), str(error))
        return query, None


def _colouring(bundle: Bundle, view: MapView) -> Colouring:
    if view.colour == WINS:
        view = replace(view, colour=CLUSTER)
    try:
        return colours.colouring(bundle, view)
    except MmrecError as error:
        st.caption(formats.escaped(str(error)))
        return colours.colouring(bundle, MapView(colour=CLUSTER))


def _wins(bundle: Bundle, view: MapView) -> Wins | None:
    """Return what colours the queries by who wins; say so where there is nothing to compare."""
    if view.colour != WINS:
        return None
    other = against.other_bundle(bundle, view.against)
    if other is None:
        st.caption(_("Choose a bundle to compare with: until then the colours are the clusters'."))
        return None
    try:
        with st.spinner(_("Measuring on the held-out queries…")):
            return wins(bundle, other, view)
    except ComparisonError:
        against.say_incomparable()
    except BundleError as error:
        notices.notice(_("This bundle cannot be opened"), str(error))
    return None


def _pick(bundle: Bundle, won: Wins | None, row: int, other: str | None) -> None:
    """Mark an image; open a query whose colour says who wins in both bundles."""
    if won is None or row < 0 or won.colouring.numbers[row] == NO_CODE:
        _mark(bundle, row)
        return
    address.turn_to("recommend", image=bundle.image(row), ranker=won.ranker, other=other)


def _mark(bundle: Bundle, row: int) -> None:
    if row < 0:
        address.change(MapView, image=None, query="", upload=None)
    else:
        address.change(MapView, image=bundle.image(row))


def _select(corners: list[list[float]]) -> None:
    polygon = tuple((float(x), float(y)) for x, y in corners)
    address.change(MapView, lasso=selection.written(polygon), page=1)


def _isolate(names: list[str]) -> None:
    address.change(MapView, isolate=isolating(names), page=1)


def _brush(ends: list[int]) -> None:
    address.change(MapView, levels="-".join(str(int(end)) for end in ends), page=1)
