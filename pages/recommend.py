"""One query: what each ranker puts beside it, why, and what was lost on the way."""

from dataclasses import replace

import streamlit as st

from mmrec_app.frame import opening
from mmrec_app.frame.header import header
from mmrec_app.i18n import _
from mmrec_app.recommend import (
    answer,
    answers,
    controls,
    finding_button,
    panel,
    place,
    set_steps,
    stages,
    start,
    two_answers,
    two_bundles,
    visitor_query,
    why_not,
)
from mmrec_app.recommend import view as views
from mmrec_app.served.recommenders import recommender_of
from mmrec_app.shared import against, copied_link, exports, notices, query_sets, waiting
from mmrec_app.state.address import LinkError
from mmrec_core.errors import EncoderError, ImageError, QueryError

bundle = opening.current_bundle()
recommender = recommender_of(bundle)
try:
    view = views.current(bundle, recommender.rankers)
    query_sets.check(bundle, view.set)
except LinkError as error:
    notices.stop(_("This link does not fit this collection"), str(error))

head = header("recommend")
with head:
    panel.paste()
try:
    query = visitor_query.current(view)
except ImageError as error:
    notices.notice(_("This picture cannot be read"), str(error), ":material/broken_image:")
    query = None
if query is None:
    start.start(bundle, view)
    st.stop()

with head:
    panel.other_query(view)
try:
    with waiting.answering(bundle, query.query, _("Processing your query…")):
        scored = answers.scored(bundle, query)
except EncoderError as error:
    notices.notice(_("The encoder for new queries is not available"), str(error))
    st.stop()

left, right = st.columns([1, 2.6], gap="large")
with left:
    set_steps.set_steps(bundle, view)
    panel.panel(bundle, query, scored.info)
with right:
    controls.controls(bundle, view, tuple(scored.scores))
    panel.caption_field(bundle, query)
    panel.warn_of_unread(bundle, query)
other = against.other_bundle(bundle, view.other)
try:
    two = two_answers.both(bundle, other, query, view) if other else None
    if two is None:
        view = replace(view, other=None, result=view.result if view.result in bundle else None)
    comparison = answers.compared(bundle, query, view)
except QueryError as error:
    notices.notice(_("No recommendations by this ranker"), str(error))
    controls.other_rankers(tuple(scored.scores))
    st.stop()

first = next(iter(comparison.answers.values()))
with head:
    exports.downloads(
        lambda: two_bundles.table(two) if two else answer.table(comparison),
        "recommendations",
        "recommend.export",
    )
    if two is None:
        finding_button.finding_button(bundle, query, comparison, "recommend.finding")
    copied_link.copy_link("recommend.copy_link")
    why_not.search(bundle, view)
why_not.why_not(bundle, view, comparison)
if two is not None:
    two_bundles.answer(view, two)
    two_bundles.footer(two)
    st.stop()
answer.agreements(comparison)
answer.answer(bundle, query, view, comparison)
st.divider()
stages.stages(bundle, query, view, comparison)
st.divider()
place.place(bundle, query, view, first, by_text=scored.by_text)
answer.footer(bundle, comparison)
