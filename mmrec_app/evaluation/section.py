"""A section of the page: its heading, what it means, and its table to take away."""

import html
from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from mmrec_app.shared.exports import downloads


def section(title: str, help: str, table: Callable[[], pd.DataFrame], name: str) -> None:
    """Draw a heading with a download at its right."""
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        st.subheader(title, anchor=False, help=help, width="content")
        downloads(table, name, f"evaluation.{name}")


def heading(text: str, help: str | None = None) -> None:
    """Draw what one figure of a section is called."""
    st.markdown(f"**{text}**", help=help)


def figures(head: Sequence[str], rows: Sequence[Sequence[str]], kind: str = "") -> None:
    """Draw a table of figures: cells are HTML of our own, as `plain` makes it.

    A table of the ``kind`` rankers drops the notes of its first column on a small screen.
    """
    top = "".join(f"<th>{html.escape(cell)}</th>" for cell in head)
    lines = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    table = f"<table class='figures'><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
    st.html(f"<div class='figures-wrap {kind}'>{table}</div>")


def plain(text: str, note: str = "") -> str:
    """Return a text, with a fainter note under it, as a cell."""
    under = f"<small>{html.escape(note)}</small>" if note else ""
    return f"<span>{html.escape(text)}</span>{under}"
