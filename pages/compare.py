"""Two rankers' lists side by side, not knowing whose they are; and what reviewers prefer."""

import streamlit as st

from mmrec_app.compare import comparisons, figures, session
from mmrec_app.compare.view import FIGURES, CompareView, view_names
from mmrec_app.frame import opening
from mmrec_app.frame.header import header
from mmrec_app.i18n import _
from mmrec_app.shared import notices, query_sets
from mmrec_app.shared.query_set_editor import editor
from mmrec_app.shared.switch import switch
from mmrec_app.state import address

bundle = opening.current_bundle()
view = address.read(CompareView)
try:
    query_sets.check(bundle, view.set)
except address.LinkError as error:
    notices.stop(_("This link does not fit this collection"), str(error))

with header("compare"):
    switch(
        "compare.view",
        _("View"),
        view_names(),
        view.view,
        lambda name: address.change(CompareView, view=name),
    )
    editor(bundle, CompareView, view.set)
with st.spinner(_("Looking for queries on which the rankers differ…"), show_time=False):
    rankers = comparisons.rankers(bundle)
if len(rankers) < 2:
    notices.empty(
        _("There are no two rankers to compare"),
        _("This bundle has lists of one ranker at most."),
        icon=":material/compare:",
    )
elif view.view == FIGURES:
    figures.figures(bundle)
else:
    session.session(bundle)
