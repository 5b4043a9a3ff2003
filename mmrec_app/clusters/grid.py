"""All clusters: in a line, then as cards, searched, sorted and paged."""

import pandas as pd
import streamlit as st

from mmrec_app.clusters.cards import cards
from mmrec_app.clusters.view import PAGE_SIZE, ClustersView, ordered, sorts
from mmrec_app.i18n import _, ngettext
from mmrec_app.shared import announcement, exports, notices, paging
from mmrec_app.state import address
from mmrec_app.words import formats
from mmrec_core.bundle import Bundle
from mmrec_core.collection.cluster_overview import ClusterOverview


def export(bundle: Bundle, overview: ClusterOverview) -> None:
    """Draw the downloads of the clusters' table."""

    def table() -> pd.DataFrame:
        words = {
            f"words_{column}": [", ".join(named) for named in clusters]
            for column, clusters in bundle.cluster_words.items()
        }
        return overview.table.rename_axis("cluster").reset_index().assign(**words)

    exports.downloads(table, f"{bundle.name}-clusters", "clusters.export")


def summary(bundle: Bundle, overview: ClusterOverview) -> None:
    """Say how many clusters there are, how large, and how they fit the categories."""
    sizes = overview.table["size"]
    number = len(sizes)
    parts = [
        _clusters(number),
        _("{least} to {most} images each, median {median}").format(
            least=formats.whole(sizes.min()),
            most=formats.whole(sizes.max()),
            median=formats.whole(int(sizes.median())),
        ),
    ]
    meaning = None
    if overview.agreement is not None:
        value = formats.digits(overview.agreement)
        parts.append(_("agreement with the categories: {value}").format(value=value))
        meaning = _(
            "Normalised mutual information of clusters and categories: 0 is none, 1 is a "
            "perfect match. Clustering did not use the categories."
        )
        if bundle.manifest.relevance == "labels":
            meaning += " " + _(
                "The categories came with the images (in the demo, they are folder names). They "
                "are not people's judgements of relevance."
            )
    st.markdown(formats.escaped(" · ".join(parts)), help=meaning, width="content")


def grid(bundle: Bundle, overview: ClusterOverview, view: ClustersView) -> None:
    """Draw the controls and a page of cards."""
    _controls(overview, view)
    numbers = ordered(bundle, overview, view)
    if not len(numbers):
        notices.empty(
            _("No cluster matches"), _("The search covers cluster words, categories and numbers.")
        )
        announcement.say(_("No cluster matches"))
        return
    at = paging.paging(view.page, len(numbers), PAGE_SIZE)
    announcement.say(f"{_clusters(len(numbers))}, {at.text}")
    cards(
        bundle,
        overview,
        numbers[at.rows],
        view,
        label=_("Clusters, {page}").format(page=at.text),
        key="clusters.grid",
    )
    paging.pager(ClustersView, at, "clusters")


def _clusters(n: int) -> str:
    return ngettext("{n} cluster", "{n} clusters", n).format(n=formats.whole(n))


def _controls(overview: ClusterOverview, view: ClustersView) -> None:
    known = sorts(overview)
    st.session_state["clusters.q"] = view.q
    st.session_state["clusters.sort"] = view.sort if view.sort in known else next(iter(known))
    search, order = st.columns([3, 1], gap="small")
    search.text_input(
        _("Search clusters"),
        key="clusters.q",
        placeholder=_("A word, a category or a number"),
        icon=":material/search:",
        label_visibility="collapsed",
        on_change=lambda: address.change(
            ClustersView, q=st.session_state["clusters.q"].strip(), page=1
        ),
    )
    order.selectbox(
        _("Sort by"),
        list(known),
        key="clusters.sort",
        format_func=lambda key: known[key],
        label_visibility="collapsed",
        on_change=lambda: address.change(
            ClustersView, sort=st.session_state["clusters.sort"], page=1
        ),
    )
