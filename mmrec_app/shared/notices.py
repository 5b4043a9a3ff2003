"""What a page says when it has nothing to show: short, plain, with the next step."""

from typing import NoReturn

import streamlit as st

from mmrec_app.i18n import _
from mmrec_app.state import address


def notice(title: str, text: str, icon: str = ":material/info:") -> None:
    """Draw a quiet box. ``text`` may be untrusted: it is set as text, never rendered."""
    with st.container(border=True):
        st.markdown(f"{icon} **{title}**")
        st.text(text)


def empty(title: str, text: str = "", icon: str = ":material/search_off:") -> None:
    """Draw the empty state of a list, centred: what is missing, and what to do."""
    with st.container(border=True, horizontal_alignment="center"):
        st.markdown(f"{icon} **{title}**", width="content")
        if text:
            st.text(text, width="content")


def stop(title: str, text: str) -> NoReturn:
    """Draw a notice with a way out, and end the page here."""
    notice(title, text, ":material/link_off:")
    st.button(_("Start over"), icon=":material/restart_alt:", on_click=address.forget)
    st.stop()
