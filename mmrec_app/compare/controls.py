"""Above both views: which two rankers, and how many pictures of each."""

import streamlit as st

from mmrec_app.compare.view import LENGTHS, CompareView, compared, pairs_of
from mmrec_app.i18n import _
from mmrec_app.shared import reviewer
from mmrec_app.state import address
from mmrec_app.words import vocabulary


def controls(view: CompareView, rankers: tuple[str, ...]) -> None:
    """Draw the choices of a comparison, and the field for the reviewer's name."""
    with st.container(
        horizontal=True, gap="small", vertical_alignment="bottom", key="compare.line"
    ):
        st.session_state["compare.rankers"] = compared(view, rankers)
        st.selectbox(
            _("Rankers"),
            pairs_of(rankers),
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


def pair_name(pair: tuple[str, str]) -> str:
    """Return what a comparison is called."""
    return _("{first} or {second}").format(
        first=vocabulary.ranker_name(pair[0]), second=vocabulary.ranker_name(pair[1])
    )


def _take_pair() -> None:
    first, second = st.session_state["compare.rankers"]
    address.change(CompareView, first=first, second=second)
