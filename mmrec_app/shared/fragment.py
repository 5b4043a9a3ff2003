"""A part of a page that runs again by itself."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import streamlit as st

from mmrec_app.i18n import _
from mmrec_app.shared import notices
from mmrec_core.errors import BundleError

_Given = ParamSpec("_Given")


def fragment(draw: Callable[_Given, None]) -> Callable[_Given, None]:
    """Return `streamlit.fragment` of ``draw``; where a bundle is damaged, it says so in its place.

    Streamlit shows what a fragment raises by itself, so the page around it never hears of it.
    """

    @wraps(draw)
    def guarded(*given: _Given.args, **named: _Given.kwargs) -> None:
        try:
            draw(*given, **named)
        except BundleError as error:
            notices.notice(_("This bundle cannot be opened"), str(error), ":material/link_off:")

    return st.fragment(guarded)
