"""A popover for the controls that are seldom used; its name says how many are set."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mmrec_app.i18n import _


def seldom(key: str, n_set: int) -> DeltaGenerator:
    """Return the popover; ``n_set`` is how many of its controls are not at their default."""
    return st.popover(
        _("More ({n})").format(n=n_set) if n_set else _("More"),
        icon=":material/tune:",
        key=key,
    )
