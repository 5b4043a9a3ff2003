"""Above all views: which two rankers, and how many pictures of each."""

import streamlit as st

from mmrec_app.compare.comparisons import rankers, system_name
from mmrec_app.compare.view import LENGTHS, CompareView, compared, pairs_of
from mmrec_app.i18n import _
from mmrec_app.shared import filters, query_sets, reviewer
from mmrec_app.state import address
from mmrec_core.bundle import Bundle


def controls(bundle: Bundle, view: CompareView) -> None:
    """Draw the choices of a comparison, and the field for the reviewer's name."""
    known = rankers(bundle)
    with st.container(
        horizontal=True, gap="small", vertical_alignment="bottom", key="compare.line"
    ):
        st.session_state["compare.rankers"] = compared(view, known)
        st.selectbox(
            _("Rankers"),
            pairs_of(known),
            key="compare.rankers",
            width=300,
            format_func=pair_name,
            on_change=_take_pair,
        )
        st.session_state["compare.k"] = view.k
        st.segmented_control(
            _("Pictures"),
            LENGTHS,
            key="compare.k",
            required=True,
            on_change=lambda: address.change(CompareView, k=st.session_state["compare.k"]),
        )
        reviewer.ask("compare")
    if view.set:
        with filters.chip_line():
            query_sets.chip(view.set, CompareView)


def pair_name(pair: tuple[str, str]) -> str:
    """Return what a comparison is called."""
    return _("{first} or {second}").format(first=system_name(pair[0]), second=system_name(pair[1]))


def _take_pair() -> None:
    first, second = st.session_state["compare.rankers"]
    address.change(CompareView, first=first, second=second)
