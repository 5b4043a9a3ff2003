"""What surrounds every page: title, navigation, the bundle switch, the style sheet."""

import streamlit as st

from mmrec_app import loading, navigation
from mmrec_app.assets import asset, asset_path


def show() -> None:
    """Draw the frame, then run the page that the URL names."""
    page = st.navigation(navigation.pages(), position="top")
    st.set_page_config(
        page_title=f"{page.title} · mmrec",
        page_icon=str(asset_path("icon.svg")),
        layout="wide",
        initial_sidebar_state="auto",
    )
    st.logo(str(asset_path("logo.svg")), size="medium")
    st.html(f"<style>{asset('frame.css')}</style>")
    loading.bundle_switch()
    page.run()


if __name__ == "__main__":
    show()
