"""A section of the page: its heading, what it means, and its table to take away."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from mmrec_app.shared.exports import downloads


def section(
    title: str, help: str, table: Callable[[], pd.DataFrame], name: str, ranker: str = ""
) -> None:
    """Draw a heading with a download at its right; a table of one ``ranker`` names it."""
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        st.header(title, anchor=False, help=help, width="content")
        downloads(
            lambda: _naming(table(), ranker) if ranker else table(),
            f"{name}-{ranker}" if ranker else name,
            f"evaluation.{name}",
        )


def _naming(table: pd.DataFrame, ranker: str) -> pd.DataFrame:
    named = table.copy()
    named.insert(0, "ranker", ranker)
    return named


def heading(text: str, help: str | None = None) -> None:
    """Draw what one figure of a section is called."""
    st.subheader(text, anchor=False, help=help)
