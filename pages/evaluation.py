"""How well the bundle recommends, on held-out queries alone."""

from functools import partial

import streamlit as st

from mmrec_app.evaluation import (
    importance_panel,
    slice_panel,
    stage_panel,
    summary,
    threshold_panel,
)
from mmrec_app.evaluation.build_history import build_history
from mmrec_app.evaluation.curve_panel import curve_panel
from mmrec_app.evaluation.new_sets import sources
from mmrec_app.evaluation.query_view import queries
from mmrec_app.evaluation.recipe_panel import recipe_panel
from mmrec_app.evaluation.two_systems import two_systems
from mmrec_app.evaluation.view import (
    BUILDS,
    QUERIES,
    SYSTEMS,
    EvaluationView,
    current,
    has_pairs,
    in_focus,
    view_names,
)
from mmrec_app.frame import opening
from mmrec_app.frame.header import header
from mmrec_app.i18n import _
from mmrec_app.served.recommenders import recommender_of
from mmrec_app.shared import filters, held_out, notices, query_sets
from mmrec_app.shared.query_set_editor import editor
from mmrec_app.shared.sentinel import when_near
from mmrec_app.shared.switch import switch
from mmrec_app.state import address

bundle = opening.current_bundle()
head = header("evaluation")
if not has_pairs(bundle):
    notices.empty(
        _("Nothing to measure on"),
        _(
            "This bundle has no held-out pairs with a known relevance. Build it from captions "
            "with labels, or with judged pairs: mmrec build --pairs."
        ),
        ":material/straighten:",
    )
    st.stop()
recommender = recommender_of(bundle)
try:
    filters.current(EvaluationView, bundle)
    view = current(recommender.rankers)
    chosen = query_sets.found(bundle, view.set)
except address.LinkError as error:
    notices.stop(_("This link does not fit this collection"), str(error))
ranker = in_focus(view, recommender.rankers)

with head:
    switch(
        "evaluation.view",
        _("View"),
        view_names(),
        view.view,
        lambda name: address.change(EvaluationView, view=name, slice=None, page=1),
    )
    editor(bundle, EvaluationView, view.set, *sources(bundle, view), page=1)
held_out.record(bundle)
if view.view == BUILDS:
    build_history(bundle)
    st.stop()
if chosen is not None and not len(chosen.rows):
    query_sets.chip(view.set, EvaluationView, page=1)
    query_sets.nothing_left(chosen)
    st.stop()
if view.view == QUERIES:
    queries(bundle)
    st.stop()
if view.view == SYSTEMS:
    two_systems(bundle)
    st.stop()
with st.spinner(_("Measuring on the held-out queries…")):
    rows = None if chosen is None else chosen.rows
    held_out.measured(bundle, view.k, rows)
    held_out.curves_of(bundle, ranker, rows)
    held_out.slices(bundle, ranker, view.k, rows)
summary.lead(bundle, view)
if chosen is not None:
    with filters.chip_line():
        query_sets.chip(view.set, EvaluationView)
summary.controls(view, recommender.rankers)
if chosen is None:
    rankers, whole = st.columns([2, 1.1], gap="large")
    with rankers:
        summary.rankers_table(bundle, view)
    with whole:
        stage_panel.end_to_end_table(bundle)
    stage_panel.stage_panel(bundle, view)
else:
    summary.rankers_table(bundle, view)
curve_panel(bundle, view, ranker)
when_near(
    "evaluation.threshold_part",
    bundle.digest,
    1250,
    threshold_panel.title(ranker),
    partial(threshold_panel.threshold_panel, bundle),
)
if recommender.ranker and chosen is None:
    when_near(
        "evaluation.importance_part",
        bundle.digest,
        600,
        importance_panel.title(),
        partial(importance_panel.importance_panel, bundle),
    )
when_near(
    "evaluation.slices_part",
    bundle.digest,
    700,
    slice_panel.title(ranker),
    partial(slice_panel.slice_panel, bundle),
)
if chosen is None:
    recipe_panel(bundle)
