"""What a figure counts is a step away: by links, and by a click on a point of a plot."""

import html
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from mmrec_app.state import address


def turn_on_point(
    key: str, page: str, params: Callable[[int, int], dict[str, Any] | None]
) -> Callable[[], None]:
    """Return a callback that turns to what the chosen point of a plot counts.

    Parameters
    ----------
    key : str
        The plot's.
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

    return chosen


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
