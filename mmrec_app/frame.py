"""What surrounds every page: title, navigation, the tools at the top right, the style sheet."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mmrec_app import i18n, navigation, notices, state, toolbar, tour
from mmrec_app.assets import asset, asset_path
from mmrec_app.i18n import _
from mmrec_core.errors import BundleError


def show() -> None:
    """Draw the frame, then run the page that the URL names."""
    i18n.greet()
    page = st.navigation(navigation.pages(), position="top")
    st.set_page_config(
        page_title=f"{page.title} · mmrec",
        page_icon=str(asset_path("icon.svg")),
        layout="wide",
        initial_sidebar_state="collapsed",
    )
    state.pending_turn()
    st.logo(str(asset_path("logo.svg")), size="medium")
    st.html(f"<style>{asset('frame.css')}</style>")
    try:
        toolbar.toolbar()
        tour.panel(page.url_path or navigation.FIRST)
        page.run()
    except BundleError as error:  # a part that is read only when it is needed
        notices.stop(_("This bundle cannot be opened"), str(error))


def title(text: str, help: str | None = None) -> DeltaGenerator:
    """Draw a page's title; the container that it returns lies at its right, for actions."""
    with st.container(
        key="page-head",
        horizontal=True,
        vertical_alignment="center",
        horizontal_alignment="distribute",
    ):
        st.title(text, anchor=False, width="content", help=help)
        return st.container(
            horizontal=True,
            horizontal_alignment="right",
            vertical_alignment="center",
            width="content",
        )


if __name__ == "__main__":
    show()
