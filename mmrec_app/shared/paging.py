"""Long lists in pages: which rows a page shows, and the line that turns pages."""

from typing import NamedTuple

import streamlit as st

from mmrec_app.i18n import _
from mmrec_app.state import address
from mmrec_app.words import formats


class Paging(NamedTuple):
    """A page of a list: its number from 1, how many there are, and its part of the list."""

    page: int
    pages: int
    rows: slice
    next_rows: slice

    @property
    def text(self) -> str:
        """Which page of how many this is."""
        return _("page {page} of {pages}").format(
            page=formats.whole(self.page), pages=formats.whole(self.pages)
        )


def paging(page: int, length: int, size: int) -> Paging:
    """Return the page of that number of a list, or the last if there are fewer."""
    pages = max(1, -(-length // size))
    page = min(max(page, 1), pages)
    start, end = (page - 1) * size, page * size
    return Paging(page, pages, slice(start, end), slice(end, end + size))


def pager(view: type, at: Paging, key: str) -> None:
    """Draw the line that turns pages, by the field ``page`` of a view; nothing for one page."""
    if at.pages < 2:
        return

    def turn(page: int) -> None:
        address.change(view, page=page)

    st.session_state[f"{key}.page"] = at.page
    with st.container(
        key=f"{key}.pager",
        horizontal=True,
        horizontal_alignment="center",
        vertical_alignment="center",
        gap="small",
    ):
        st.button(
            _("Previous"),
            key=f"{key}.previous",
            icon=":material/chevron_left:",
            type="tertiary",
            disabled=at.page == 1,
            on_click=turn,
            args=(at.page - 1,),
        )
        st.number_input(
            _("Page"),
            1,
            at.pages,
            key=f"{key}.page",
            label_visibility="collapsed",
            width=110,
            on_change=lambda: turn(st.session_state[f"{key}.page"]),
        )
        st.markdown(_("of {pages}").format(pages=formats.whole(at.pages)), width="content")
        st.button(
            _("Next"),
            key=f"{key}.next",
            icon=":material/chevron_right:",
            icon_position="right",
            type="tertiary",
            disabled=at.page == at.pages,
            on_click=turn,
            args=(at.page + 1,),
        )
