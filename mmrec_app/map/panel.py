"""Beside the map: the marked image, the query's results, the gallery of the selection."""

import numpy as np
import pandas as pd
import streamlit as st

from mmrec_app.i18n import _, ngettext
from mmrec_app.map import controls
from mmrec_app.map.view import MapView
from mmrec_app.served import rights
from mmrec_app.served.thumbnails import thumbnail_url
from mmrec_app.shared import (
    announcement,
    captions,
    exports,
    gallery,
    notices,
    paging,
    unread,
)
from mmrec_app.shared.keyed_query import KeyedQuery
from mmrec_app.shared.tag_editor import tag_editor
from mmrec_app.state import address
from mmrec_app.words import formats, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.serving.recommender import Recommendation

PAGE_SIZE = 12


def panel(
    bundle: Bundle,
    view: MapView,
    query: KeyedQuery | None,
    answer: Recommendation | None,
    rows: np.ndarray | None,
) -> None:
    """Draw the panel; ``rows`` are the selected images, None without a selection."""
    if query is not None and not isinstance(query.query.image, str):
        with st.container(horizontal=True, gap="small"):
            controls.query_chip(query)
        unread.warn([query.query.text or ""], CLIP=bundle.manifest.encoders.image_text)
    if view.image is not None:
        _marked(bundle, view)
    if rows is not None:
        _selection(bundle, view, rows)
    elif answer is not None:
        _results(bundle, answer)
    elif view.image is None and query is None:
        notices.empty(
            _("Nothing is selected"),
            _(
                "Draw around points with the lasso, pick a category in the legend, or click a "
                "point. The selected images appear here: tag them, export them, or get "
                "recommendations for one."
            ),
            ":material/lasso_select:",
        )


def _marked(bundle: Bundle, view: MapView) -> None:
    image = str(view.image)
    row = bundle.index_of(image)
    gallery.picture(
        thumbnail_url(bundle, row),
        caption=captions.caption(bundle, row),
        facts=gallery.facts(bundle, row),
        key="map.marked",
        small=True,
    )
    with st.container(horizontal=True, gap="small"):
        st.link_button(
            _("Recommend"),
            address.href("recommend", image=image),
            type="primary",
            icon=":material/auto_awesome:",
            help=_("What is recommended for this image, and why"),
        )
        if rights.may_write():
            with st.popover(_("Tag"), icon=":material/sell:", type="tertiary"):
                tag_editor(bundle, [image], "map.marked.tags")
        st.button(
            _("Unmark"),
            key="map.unmark",
            icon=":material/close:",
            type="tertiary",
            on_click=lambda: address.change(MapView, image=None),
        )


def _results(bundle: Bundle, answer: Recommendation) -> None:
    n = len(answer.results)
    text = ngettext(
        "{n} recommendation, numbered on the map", "{n} recommendations, numbered on the map", n
    ).format(n=n)
    ranked = _("ranked by {ranker}").format(ranker=vocabulary.ranker_name(answer.ranker))
    st.caption(f"{text} · {ranked}")
    _gallery(
        bundle,
        [gallery.Card(result.index, badge=str(result.rank)) for result in answer.results],
        text,
    )
    if answer.query.index is None:
        st.caption(_("The star's place is estimated from the nearest images."))


def _selection(bundle: Bundle, view: MapView, rows: np.ndarray) -> None:
    n = len(rows)
    at = paging.paging(view.page, n, PAGE_SIZE)
    text = ngettext("{n} image selected", "{n} images selected", n).format(n=formats.whole(n))
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.markdown(f"**{text}**", width="content")
        if n:
            if rights.may_write():
                _tags(bundle, rows)
            exports.downloads(
                lambda: _table(bundle, rows), f"{bundle.path.name}-selection", "map.export"
            )
        if view.lasso or view.isolate or view.between:
            st.button(
                _("Clear the selection"),
                key="map.clear",
                icon=":material/close:",
                type="tertiary",
                help=_("Clear the selection"),
                on_click=lambda: address.change(MapView, lasso="", isolate="", levels="", page=1),
            )
    if not n:
        notices.empty(
            _("No image lies inside"),
            _("Grey points cannot be selected: filters or the legend exclude them."),
        )
        announcement.say(_("No image lies inside"))
        return
    announcement.say(f"{text}, {at.text}")
    cards = [gallery.Card(int(row)) for row in rows[at.rows]]
    _gallery(bundle, cards, f"{text}, {at.text}")
    paging.pager(MapView, at, "map")


def _tags(bundle: Bundle, rows: np.ndarray) -> None:
    """Draw the tags of a selection, looked up once they are asked for: it may be large."""
    place = st.popover(
        _("Tag"), icon=":material/sell:", type="tertiary", key="map.tag", on_change="rerun"
    )
    if place.open:
        with place:
            tag_editor(bundle, bundle.items["image"].iloc[rows].tolist(), "map.tags")


def _gallery(bundle: Bundle, cards: list[gallery.Card], label: str) -> None:
    gallery.gallery(
        bundle,
        cards,
        label=label,
        key="map.gallery",
        link=lambda image: address.href("recommend", image=image),
        follow=_("Mark on the map"),
        follow_sign="◎",
        on_followed=lambda image: address.change(MapView, image=image),
        width="6.2rem",
    )


def _table(bundle: Bundle, rows: np.ndarray) -> pd.DataFrame:
    return bundle.items.iloc[rows].drop(columns=["thumbnail", "thumbnail_sha256"])
