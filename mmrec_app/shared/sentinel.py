"""What lies far down a page, and is costly, is drawn once the visitor comes near it."""

from collections.abc import Callable

import streamlit as st

from mmrec_app.served.scripts import component
from mmrec_app.shared.fragment import fragment

_component = component("sentinel")


def is_near(key: str, subject: str, height: int, title: str = "") -> bool:
    """Say whether the visitor has come near this place since it is about ``subject``.

    Until then its room is reserved. To be called in a fragment: that runs again by itself.

    Parameters
    ----------
    key : str
        Key of the place.
    subject : str
        What the place is about: for another subject the visitor has to come near again.
    height : int
        How much room is reserved, in pixels.
    title : str
        Heading of the reserved room.
    """
    seen = f"{key}.near"

    def came() -> None:
        st.session_state[seen] = subject

    near = st.session_state.get(seen) == subject
    # It stays when all is drawn: of what one run draws and the next does not, something may be left
    # where a further run begins at once.
    _component(
        key=f"{key}.sentinel",
        data={"subject": subject, "free": 0 if near else height},
        on_near_change=came,
    )
    if not near:
        room = st.container(height=height, border=False)
        if title:
            room.header(title, anchor=False)
    return near


@fragment
def when_near(key: str, subject: str, height: int, title: str, draw: Callable[[], None]) -> None:
    """Draw a part of a page, a container of that key, once `is_near`; till then its title alone."""
    with st.container(key=key):
        if is_near(key, subject, height, title):
            draw()
