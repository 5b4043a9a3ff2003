"""A row of buttons of which one is on."""

from collections.abc import Callable, Mapping

import streamlit as st


def switch(
    key: str, title: str, names: Mapping[str, str], chosen: str, take: Callable[[str], None]
) -> None:
    """Draw the buttons; ``take`` is called with another choice before the page runs again.

    Parameters
    ----------
    key : str
        The widget's.
    title : str
        What is chosen: read out, and not seen.
    names : mapping of str to str
        What each choice is called.
    chosen : str
    take : callable
    """
    st.session_state[key] = chosen
    st.segmented_control(
        title,
        list(names),
        key=key,
        required=True,
        label_visibility="collapsed",
        format_func=lambda name: names[name],
        on_change=lambda: take(st.session_state[key]),
    )
