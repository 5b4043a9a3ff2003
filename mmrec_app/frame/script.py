"""What surrounds every page: title, navigation, the tools at the top right."""

import streamlit as st

from mmrec_app import i18n
from mmrec_app.assets import asset_path
from mmrec_app.frame import navigator, toolbar, tour
from mmrec_app.i18n import _
from mmrec_app.shared import notices, reviewer
from mmrec_app.state import address, navigation
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
    name = page.url_path or navigation.FIRST
    address.arrive(name)
    st.logo(str(asset_path("logo.svg")), size="medium")
    navigator.navigator(name, page.title)
    try:
        toolbar.toolbar()
        tour.panel(name)
        page.run()
        reviewer.remember()
    except BundleError as error:  # a part that is read only when it is needed
        notices.stop(_("This bundle cannot be opened"), str(error))


if __name__ == "__main__":
    show()
