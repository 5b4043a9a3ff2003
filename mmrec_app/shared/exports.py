"""Tables to take away, as CSV, JSON or Parquet, made when they are asked for."""

import io
from collections.abc import Callable
from functools import partial

import pandas as pd
import streamlit as st

from mmrec_app.i18n import _
from mmrec_core.csv_text import csv_text


def downloads(table: Callable[[], pd.DataFrame], name: str, key: str, label: str = "") -> None:
    """Draw a popover that offers a table in each format.

    Parameters
    ----------
    table : callable
        Makes the table once a button is pressed.
    name : str
        The file's name without its ending.
    key : str
        Prefix of the buttons' keys.
    label : str
        What the popover is called; "Export" by default.
    """
    with st.popover(label or _("Export"), icon=":material/download:", type="tertiary"):
        for ending, mime, write in _FORMATS:
            st.download_button(
                ending.upper(),
                data=partial(_written, write, table),
                file_name=f"{name}.{ending}",
                mime=mime,
                key=f"{key}.{ending}",
                on_click="ignore",
                width="stretch",
            )


def _written(write: Callable[[pd.DataFrame], bytes], table: Callable[[], pd.DataFrame]) -> bytes:
    return write(table())


def _csv(table: pd.DataFrame) -> bytes:
    return csv_text(table).encode("utf-8-sig")


def _json(table: pd.DataFrame) -> bytes:
    return table.to_json(orient="records", force_ascii=False, indent=1).encode()


def _parquet(table: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False)
    return buffer.getvalue()


_FORMATS = (
    ("csv", "text/csv", _csv),
    ("json", "application/json", _json),
    ("parquet", "application/vnd.apache.parquet", _parquet),
)
