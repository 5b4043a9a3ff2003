"""What a figure counts is a step away: by links, and by a click on a point of a plot."""

import html
from collections.abc import Callable, Sequence
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from mmrec_app.state import address


def plot(
    figure: go.Figure,
    key: str,
    page: str,
    params: Callable[[int, int], dict[str, Any] | None],
    *,
    alt: str,
) -> None:
    """Draw a plot; a click on a point turns to what it counts.

    Parameters
    ----------
    figure : Figure
    key, alt : str
        The widget's, and what it shows.
    page : str
        Where its points lead.
    params : callable
        Takes the number of the trace and of the point in it, and returns the page's parameters;
        None leads nowhere.
    """

    def chosen() -> None:
        points = st.session_state[key]["selection"]["points"]
        target = params(points[0]["curve_number"], points[0]["point_index"]) if points else None
        if target is not None:
            address.turn_to(page, **target)

    st.plotly_chart(
        figure,
        key=key,
        config={"displayModeBar": False},
        on_select=chosen,
        selection_mode="points",
        alt=alt,
    )


def listed(title: str, links: Sequence[tuple[str, str]]) -> None:
    """Draw links, text and address, in a list that ``title`` opens: a plot's, for the keyboard."""
    rows = "".join(f"<li>{_link(*link)}</li>" for link in links)
    st.html(
        f"<details class='leads'><summary>{html.escape(title)}</summary><ul>{rows}</ul></details>"
    )


def line(links: Sequence[tuple[str, str]], before: str = "") -> None:
    """Draw links, text and address, in one line, after a few words."""
    shown = " · ".join(_link(*link) for link in links)
    st.html(f"<p class='leads'>{html.escape(before)} {shown}</p>")


def _link(text: str, address: str) -> str:
    return f"<a href='{html.escape(address)}'>{html.escape(text)}</a>"
