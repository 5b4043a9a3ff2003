"""The head of a page: its title, and its actions at the right."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mmrec_app.i18n import _
from mmrec_app.state.navigation import PAGES


def header(page: str, text: str = "") -> DeltaGenerator:
    """Draw a page's heading, or ``text`` instead; the container returned is for its actions."""
    words = PAGES[page]
    with st.container(
        key="page-head",
        horizontal=True,
        vertical_alignment="center",
        horizontal_alignment="distribute",
    ):
        st.title(
            text or _(words.heading or words.title),
            anchor=False,
            width="content",
            help=_(words.help) if words.help and not text else None,
        )
        return st.container(
            key=f"head-{page}",
            horizontal=True,
            horizontal_alignment="right",
            vertical_alignment="center",
            width="content",
        )
