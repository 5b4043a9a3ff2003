"""The gallery of Browse: pages of pictures, and what can be done with those that are chosen."""

from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st

from mmrec_app.browse import order, terms
from mmrec_app.browse.view import BrowseView
from mmrec_app.i18n import _, ngettext
from mmrec_app.served import rights
from mmrec_app.shared import announcement, exports, gallery, held_out, paging
from mmrec_app.shared.fragment import fragment
from mmrec_app.shared.query_set_editor import Source, editor
from mmrec_app.shared.tag_editor import tag_editor
from mmrec_app.state import address
from mmrec_app.words import formats
from mmrec_core.bundle import Bundle
from mmrec_core.serving.search import Term

PAGE_SIZE = 48
_CHOSEN = "browse.chosen"


@fragment
def results(bundle: Bundle, view: BrowseView, search: tuple[Term, ...], rows: np.ndarray) -> None:
    """Draw a page of pictures; paging and choosing redraw nothing else."""
    address.pending_turn()
    now = address.read(BrowseView)
    if replace(now, page=view.page) != view:
        st.rerun()  # another search began here: the whole page is drawn anew
    at = paging.paging(now.page, len(rows), PAGE_SIZE)
    chosen: list[str] = [i for i in st.session_state.get(_CHOSEN, []) if i in bundle]
    _bar(bundle, search, rows, at, chosen)
    score = order.scores(bundle.digest, search, bundle) if search else None
    label = f"{_images(len(rows))}, {at.text}"
    announcement.say(label)
    gallery.gallery(
        bundle,
        [
            gallery.Card(int(r), value=None if score is None else formats.digits(float(score[r])))
            for r in rows[at.rows]
        ],
        label=label,
        key="browse.gallery",
        link=lambda image: address.href("recommend", image=image),
        next_rows=rows[at.next_rows].tolist(),
        choose=_("Select"),
        chosen=chosen,
        on_chosen=_choose,
    )
    paging.pager(BrowseView, at, "browse")


def export(bundle: Bundle, search: tuple[Term, ...], rows: np.ndarray, key: str) -> None:
    """Draw the downloads of a table of images."""

    def table() -> pd.DataFrame:
        rows_shown = bundle.items.iloc[rows].drop(columns=["thumbnail", "thumbnail_sha256"])
        if search:
            rows_shown = rows_shown.assign(score=order.scores(bundle.digest, search, bundle)[rows])
        return rows_shown

    exports.downloads(table, f"{bundle.name}-images", key)


def _bar(
    bundle: Bundle,
    search: tuple[Term, ...],
    rows: np.ndarray,
    at: paging.Paging,
    chosen: list[str],
) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="browse-bar"):
        if not chosen:
            summary = f"**{_images(len(rows))}**"
            if at.pages > 1:
                summary += f" · {at.text}"
            st.markdown(summary, width="content")
            export(bundle, search, rows, "browse.export")
            _set(bundle, rows)
            return
        n = len(chosen)
        text = ngettext("{n} image selected", "{n} images selected", n).format(n=formats.whole(n))
        st.markdown(f"**{text}**", width="content")
        st.button(
            _("Search with these"),
            icon=":material/image_search:",
            key="chosen.search",
            help=_("Find pictures similar to all of them"),
            on_click=lambda: terms.add(bundle, *(Term(1.0, image=image) for image in chosen)),
        )
        if rights.may_write():
            with st.popover(_("Tag"), icon=":material/sell:", type="tertiary"):
                tag_editor(bundle, chosen, "chosen.tags")
        some = np.array([bundle.index_of(image) for image in chosen])
        export(bundle, search, some, "chosen.export")
        _set(bundle, some)
        st.button(
            _("Select the whole page"),
            type="tertiary",
            key="chosen.page",
            on_click=lambda: _choose(
                list(dict.fromkeys([*chosen, *_names(bundle, rows[at.rows])]))
            ),
        )
        st.button(
            _("Clear the selection"),
            type="tertiary",
            key="chosen.none",
            on_click=lambda: _choose([]),
        )


def _set(bundle: Bundle, rows: np.ndarray) -> None:
    """Draw the popover that makes a query set of the held-out queries among rows."""
    if bundle.manifest.counts.held_out_queries:

        def shown() -> list[str]:
            queries = held_out.queries(bundle)["query"].to_numpy()
            return _names(bundle, rows[np.isin(rows, queries)])

        editor(bundle, None, "", Source(_("The held-out queries among these"), shown))


def _names(bundle: Bundle, rows: np.ndarray) -> list[str]:
    return [bundle.image(int(row)) for row in rows]


def _choose(images: list[str]) -> None:
    st.session_state[_CHOSEN] = images


def _images(n: int) -> str:
    return ngettext("{n} image", "{n} images", n).format(n=formats.whole(n))
