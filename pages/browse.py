"""The collection: a gallery with filters and a search by content; a click recommends."""

import streamlit as st

from mmrec_app.browse import order, results, score_range, terms
from mmrec_app.browse.view import BrowseView
from mmrec_app.frame import opening
from mmrec_app.frame.header import header
from mmrec_app.i18n import _
from mmrec_app.shared import announcement, filters, histograms, notices
from mmrec_app.state import address
from mmrec_app.words import formats
from mmrec_app.words.told import told
from mmrec_core.errors import EncoderError

bundle = opening.current_bundle()
try:
    view = filters.current(BrowseView, bundle)
    search = terms.parse(bundle, view.terms)
except address.LinkError as error:
    notices.stop(_("This link does not fit this collection"), str(error))

with header("browse"), st.popover(_("About this collection"), type="tertiary"):
    for note in bundle.manifest.notes:
        st.text(told(note))
    st.text(told(bundle.manifest.encoders.image_text.description))
if bundle.manifest.notes:
    with st.container(key="note"):
        st.caption(formats.escaped(told(bundle.manifest.notes[0])))

words, content, narrow, sorting = st.columns([2, 2.6, 0.8, 1], gap="small")
with words:
    filters.search(view)
with content:
    terms.search_line(bundle)
with narrow:
    filters.more(bundle, view)
with sorting:
    order.choice(bundle, search, view)
if view.active or search:
    with filters.chip_line():
        filters.chips(bundle, view)
        terms.chips(bundle, search)
        if search:
            score_range.chip(view)
    terms.warn_of_unread(bundle, search)

try:
    with st.spinner(_("Looking for matching pictures…"), show_time=False):
        score = score_range.number(bundle, view, search)
except EncoderError as error:
    notices.stop(_("The text encoder is not available"), str(error))
histograms.panel(bundle, view, score)
rows = filters.matching(bundle, view)
rows = score.narrowed(rows) if score else rows
if not len(rows):
    notices.empty(_("No images match these filters"))
    announcement.say(_("No images match these filters"))
    st.button(_("Clear filters"), type="primary", on_click=score_range.clear)
    st.stop()
rows = order.ordered(bundle, rows, view.sort, search)
results.results(bundle, view, search, rows)
