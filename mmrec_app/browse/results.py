"""The gallery of Browse: pages of pictures, and what can be done with those that are chosen."""

import numpy as np
import pandas as pd
import streamlit as st

from mmrec_app.browse import order, terms
from mmrec_app.browse.view import BrowseView
from mmrec_app.i18n import _, ngettext
from mmrec_app.shared import exports, gallery, reviews
from mmrec_app.state import address
from mmrec_app.words import formats
from mmrec_core.bundle import Bundle
from mmrec_core.serving.search import Term

PAGE_SIZE = 48
_CHOSEN = "browse.chosen"


@st.fragment
def results(bundle: Bundle, view: BrowseView, asked: tuple[Term, ...], rows: np.ndarray) -> None:
    """Draw a page of pictures; paging and choosing redraw nothing else."""
    address.pending_turn()
    view = address.read(BrowseView)
    pages = max(1, -(-len(rows) // PAGE_SIZE))
    page = min(view.page, pages)
    chosen: list[str] = [i for i in st.session_state.get(_CHOSEN, []) if i in bundle]
    _bar(bundle, view, asked, rows, page, pages, chosen)
    score = order.scores(bundle.digest, asked, bundle) if asked else None
    shown = rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    gallery.gallery(
        bundle,
        [
            gallery.Card(int(r), value=None if score is None else formats.digits(float(score[r])))
            for r in shown
        ],
        label=_("{images}, page {page} of {pages}").format(
            images=_images(len(rows)), page=page, pages=pages
        ),
        key="browse.gallery",
        on_picked=lambda image: address.turn_to("recommend", image=image),
        next_rows=rows[page * PAGE_SIZE : (page + 1) * PAGE_SIZE].tolist(),
        choose=_("Choose"),
        chosen=chosen,
        on_chosen=_choose,
    )
    _pager(view, page, pages)


def export(bundle: Bundle, asked: tuple[Term, ...], rows: np.ndarray, key: str) -> None:
    """Draw the downloads of a table of images."""

    def table() -> pd.DataFrame:
        found = bundle.items.iloc[rows].drop(columns=["thumbnail", "thumbnail_sha256"])
        if asked:
            found = found.assign(score=order.scores(bundle.digest, asked, bundle)[rows])
        return found

    exports.downloads(table, f"{bundle.name}-images", key)


def _bar(
    bundle: Bundle,
    view: BrowseView,
    asked: tuple[Term, ...],
    rows: np.ndarray,
    page: int,
    pages: int,
    chosen: list[str],
) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="browse-bar"):
        if not chosen:
            summary = f"**{_images(len(rows))}**"
            if pages > 1:
                summary += " · " + _("page {page} of {pages}").format(page=page, pages=pages)
            st.markdown(summary, width="content")
            export(bundle, asked, rows, "browse.export")
            return
        n = len(chosen)
        text = ngettext("{n} image chosen", "{n} images chosen", n).format(n=f"{n:,}")
        st.markdown(f"**{text}**", width="content")
        st.button(
            _("Search with these"),
            icon=":material/image_search:",
            key="chosen.search",
            help=_("Look for pictures like all of them"),
            on_click=lambda: terms.add(view, asked, *(Term(1.0, image=i) for i in chosen)),
        )
        with st.popover(_("Tag"), icon=":material/sell:", type="tertiary"):
            reviews.tag_editor(bundle, chosen, "chosen.tags")
        some = np.array([bundle.index_of(image) for image in chosen])
        export(bundle, asked, some, "chosen.export")
        st.button(
            _("Choose the whole page"),
            type="tertiary",
            key="chosen.page",
            on_click=lambda: _choose(list(dict.fromkeys([*chosen, *_names(bundle, rows, page)]))),
        )
        st.button(
            _("Choose none"), type="tertiary", key="chosen.none", on_click=lambda: _choose([])
        )


def _names(bundle: Bundle, rows: np.ndarray, page: int) -> list[str]:
    return [bundle.image(int(r)) for r in rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]]


def _choose(images: list[str]) -> None:
    st.session_state[_CHOSEN] = images


def _images(n: int) -> str:
    return ngettext("{n} image", "{n} images", n).format(n=f"{n:,}")


def _pager(view: BrowseView, page: int, pages: int) -> None:
    if pages < 2:
        return
    with st.container(horizontal=True, horizontal_alignment="center", vertical_alignment="center"):
        st.button(
            _("Previous"),
            key="pager.previous",
            icon=":material/chevron_left:",
            type="tertiary",
            disabled=page == 1,
            on_click=address.go,
            args=(view,),
            kwargs={"page": page - 1},
        )
        st.session_state["pager.page"] = page
        st.number_input(
            _("Page"),
            1,
            pages,
            key="pager.page",
            label_visibility="collapsed",
            width=110,
            on_change=lambda: address.go(view, page=st.session_state["pager.page"]),
        )
        st.markdown(_("of {pages}").format(pages=f"{pages:,}"), width="content")
        st.button(
            _("Next"),
            key="pager.next",
            icon=":material/chevron_right:",
            icon_position="right",
            type="tertiary",
            disabled=page == pages,
            on_click=address.go,
            args=(view,),
            kwargs={"page": page + 1},
        )
