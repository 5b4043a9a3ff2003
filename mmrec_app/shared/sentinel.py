"""What lies far down a page, and is costly, is drawn once the visitor comes near it."""

import streamlit as st

from mmrec_app.served.scripts import component

_component = component("sentinel")


def is_near(key: str, subject: str, height: int) -> bool:
    """Say whether the visitor has come near this place since it is about ``subject``.

    Until then the place is held free. To be called in a fragment: that runs again by itself.

    Parameters
    ----------
    key : str
        The place's.
    subject : str
        What the place is about: of another one the visitor comes near anew.
    height : int
        How much is held free, in pixels.
    """
    seen = f"{key}.near"

    def came() -> None:
        st.session_state[seen] = st.session_state[key]["near"]

    if st.session_state.get(seen) == subject:
        return True
    with st.container(height=height, border=False):
        _component(key=key, data={"subject": subject}, on_near_change=came)
    return False
