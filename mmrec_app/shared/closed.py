"""What stands where somebody would write who may not."""

import streamlit as st

from mmrec_app.served import rights


def said() -> None:
    """Say why this visitor may not write; nothing where they may."""
    if not rights.may_write():
        st.caption(rights.why_not())
