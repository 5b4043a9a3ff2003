"""Whether the server keeps visitors' pictures: said where they are asked for."""

import streamlit as st

from mmrec_app.i18n import _
from mmrec_app.served import visitor_pictures


def say_how_long() -> None:
    """Say where a picture will be, for how long, and who can see it."""
    if visitor_pictures.are_stored():
        text = _(
            "Your picture is stored on this server until newer ones take its place. "
            "Whoever has the link can see it."
        )
    else:
        text = _(
            "Your picture is not stored. It stays in this server's memory for a while; "
            "whoever has the link can see it."
        )
    st.caption(text)
