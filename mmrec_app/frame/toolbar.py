"""The tools at the top right of every page: bundle, tour, saved views, languages, reviewer."""

import streamlit as st

from mmrec_app import i18n
from mmrec_app.frame import opening, saved_views, tour
from mmrec_app.i18n import LANGUAGES, _
from mmrec_app.served import rights
from mmrec_app.served.bundles import bundle_folders
from mmrec_app.shared import captions, closed, reviewer
from mmrec_app.shared.switch import switch
from mmrec_app.state import address


def toolbar() -> None:
    """Draw the tools; a style sheet puts them into the header."""
    with st.container(key="toolbar", horizontal=True, gap="small", width="content"):
        bundle_switch()
        tour.start_button()
        saved_views.saved_views()
        _language_switch()
        with st.popover(_("Settings"), icon=":material/tune:", type="tertiary", help=_("Settings")):
            _caption_language()
            if rights.may_write() and not rights.must_sign_in():
                reviewer.field()
            closed.said("toolbar")
            closed.person()
            st.caption(_("Light or dark theme: in the ⋮ menu at the far right."))


def bundle_switch() -> None:
    """Draw the choice of the bundle, if there is a choice."""
    names = list(bundle_folders())
    if len(names) < 2:
        return
    current = address.bundle_name() or names[0]
    st.session_state["bundle_switch"] = current if current in names else names[0]
    st.selectbox(
        _("Bundle"),
        names,
        key="bundle_switch",
        label_visibility="collapsed",
        width=170,
        on_change=lambda: address.choose_bundle(st.session_state["bundle_switch"]),
        help=_("What a build wrote: images, encoders, clusters and ranker."),
    )


def _language_switch() -> None:
    switch(
        "toolbar.language",
        _("Interface language"),
        {name: name.upper() for name in LANGUAGES},
        i18n.language(),
        i18n.choose_language,
    )


def _caption_language() -> None:
    bundle = opening.bundle_at_hand()
    if bundle is None:
        return
    there = bundle.caption_columns
    if len(there) < 2:
        return
    st.session_state["toolbar.captions"] = captions.column(bundle)
    st.segmented_control(
        _("Caption language"),
        there,
        key="toolbar.captions",
        required=True,
        format_func=captions.column_name,
        on_change=lambda: captions.choose(st.session_state["toolbar.captions"]),
        help=_("Changes only what is shown: the embeddings come from the original captions."),
    )
