"""From query to query of a query set: which of them this is, and links to those beside it."""

import streamlit as st

from mmrec_app.i18n import _
from mmrec_app.recommend.view import RecommendView
from mmrec_app.shared import query_sets
from mmrec_app.words import formats
from mmrec_core.bundle import Bundle


def set_steps(bundle: Bundle, view: RecommendView) -> None:
    """Draw the place in the set that the view names; nothing where the query is not in it."""
    if not view.set or view.image is None:
        return
    names = query_sets.known(bundle, view.set)
    if view.image not in names:
        return
    at = names.index(view.image)
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key="recommend.set"
    ):
        _step(view, names, at - 1, _("Previous query"), ":material/arrow_back:")
        place = _("{set}: {at} of {queries}").format(
            set=view.set, at=formats.whole(at + 1), queries=formats.whole(len(names))
        )
        st.text(place, width="content")
        _step(view, names, at + 1, _("Next query"), ":material/arrow_forward:")


def _step(view: RecommendView, names: list[str], to: int, title: str, icon: str) -> None:
    there = 0 <= to < len(names)
    st.link_button(
        title,
        view.link_to(names[to]) if there else "#",
        icon=icon,
        type="tertiary",
        disabled=not there,
        help=title,
    )
