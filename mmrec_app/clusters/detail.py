"""One cluster: its central and its borderline images, words, categories and neighbours."""

from typing import Any

import streamlit as st

from mmrec_app.clusters.cards import cards, percent
from mmrec_app.clusters.view import ClustersView
from mmrec_app.i18n import _
from mmrec_app.shared import captions, gallery, leads, naming
from mmrec_app.state import address
from mmrec_app.words import formats, sentences
from mmrec_core.bundle import Bundle
from mmrec_core.collection.cluster_overview import ClusterOverview
from mmrec_core.plots.label_shares import MOST, label_shares
from mmrec_core.plots.palette import cluster_colour


def actions(view: ClustersView) -> None:
    """Draw where one can go from a cluster."""
    st.button(
        _("All clusters"),
        icon=":material/arrow_back:",
        type="tertiary",
        on_click=address.change,
        args=(ClustersView,),
        kwargs={"cluster": None},
    )
    for page, icon, label in (
        ("browse", ":material/grid_view:", _("Browse this cluster")),
        ("map", ":material/scatter_plot:", _("Show on the map")),
    ):
        st.link_button(
            label,
            address.href(page, cluster=view.cluster),
            icon=icon,
            help=_("Browse, Map and Errors show only this cluster until you remove the filter."),
        )


def detail(bundle: Bundle, overview: ClusterOverview, view: ClustersView, cluster: int) -> None:
    """Draw the cluster."""
    _facts(bundle, overview, cluster)
    pictures, beside = st.columns([2.1, 1], gap="large")
    with pictures:
        _pictures(bundle, overview, cluster)
    with beside:
        _words(bundle, cluster)
        _categories(overview, cluster)
        _neighbours(bundle, overview, view, cluster)


def _facts(bundle: Bundle, overview: ClusterOverview, cluster: int) -> None:
    facts, all_ = overview.table.iloc[cluster], overview.table.median(numeric_only=True)
    median = _("The median of all clusters is {value}.")
    figures = [
        (_("Images"), "size", formats.whole(int(facts["size"])), ""),
        (
            _("Spread"),
            "spread",
            formats.digits(facts["spread"]),
            _(
                "Mean distance of the images from the centroid, from 0 to 2: the smaller, the "
                "more alike they are."
            ),
        ),
        (
            _("Silhouette"),
            "silhouette",
            formats.digits(facts["silhouette"]),
            _(
                "How much closer the images are to this centroid than to the next one, from −1 "
                "to 1."
            ),
        ),
        (
            _("Purity"),
            "purity",
            percent(facts["purity"]),
            _("Share of the most common category among the images that have one."),
        ),
        (
            "nDCG@5",
            "ndcg",
            formats.digits(facts["ndcg"]),
            _("Mean over the held-out queries in this cluster ({n}).").format(
                n=int(facts["queries"])
            )
            + f" {sentences.relevance_source(bundle.manifest.relevance)}",
        ),
    ]
    with st.container(horizontal=True, gap="medium"):
        for name, column, value, meaning in figures:
            if value != "–":
                usual = median.format(
                    value=percent(all_[column])
                    if column == "purity"
                    else formats.digits(all_[column])
                )
                st.metric(name, value, help=f"{meaning} {usual}".strip(), width="content")


def _pictures(bundle: Bundle, overview: ClusterOverview, cluster: int) -> None:
    half = -(-int(bundle.cluster_sizes[cluster]) // 2)  # no image stands in both
    central = [int(row) for row in overview.central[cluster, :half] if row >= 0]
    borderline = [int(r) for r in overview.borderline[cluster] if r >= 0 and r not in central]
    st.header(
        _("At the centre"), anchor=False, help=_("The images nearest the centroid, nearest first.")
    )
    _gallery(bundle, central, [None] * len(central), _("Central images"), "clusters.central")
    if len(bundle.centroids) < 2 or not borderline:
        return
    st.header(
        _("On the border"),
        anchor=False,
        help=_("Images that almost belong to another cluster, which is named below each."),
    )
    others = [naming.cluster_name(bundle, int(overview.second[row]), 1) for row in borderline]
    marks: list[str | None] = [_("almost {cluster}").format(cluster=name) for name in others]
    _gallery(bundle, borderline, marks, _("Borderline images"), "clusters.borderline")


def _gallery(
    bundle: Bundle, rows: list[int], marks: list[str | None], label: str, key: str
) -> None:
    gallery.gallery(
        bundle,
        [gallery.Card(row, mark=mark) for row, mark in zip(rows, marks, strict=True)],
        label=label,
        key=key,
        link=lambda image: address.href("recommend", image=image),
        width="5.5rem",
        columns=8,
    )


def _words(bundle: Bundle, cluster: int) -> None:
    st.header(
        _("Characteristic words"),
        anchor=False,
        help=_("Frequent in this cluster's captions and rare in the others', by c-TF-IDF."),
    )
    with st.container(gap="xsmall"):
        for column, named in bundle.cluster_words.items():
            if named[cluster]:
                if len(bundle.cluster_words) > 1:
                    st.caption(captions.column_name(column))
                st.text(", ".join(named[cluster]))
    if not any(named[cluster] for named in bundle.cluster_words.values()):
        st.text(_("The captions here have no characteristic words."))


def _categories(overview: ClusterOverview, cluster: int) -> None:
    counts = overview.label_shares(cluster)
    if counts.empty:
        return
    st.header(_("Categories"), anchor=False, help=_("A bar opens its images."))
    labels = [str(label) for label in counts.index]
    named = counts.rename(index=naming.label_name)

    def images(series: int, place: int) -> dict[str, Any] | None:
        """Return the filter for a bar's images; that of all others has none."""
        if place >= min(len(labels), MOST):
            return None
        return {"cluster": cluster, "label": labels[place]}

    leads.plot(
        label_shares(named, colour=cluster_colour(cluster), others=_("others")),
        "clusters.labels",
        "browse",
        images,
        alt=_("Images of this cluster by category"),
    )
    links = [
        (f"{name}: {formats.whole(int(n))}", address.href("browse", cluster=cluster, label=label))
        for label, (name, n) in zip(labels, named.items(), strict=True)
    ]
    leads.listed(_("Images by category"), links)


def _neighbours(
    bundle: Bundle, overview: ClusterOverview, view: ClustersView, cluster: int
) -> None:
    near = overview.near[cluster]
    if not len(near):
        return
    st.header(_("Nearest clusters"), anchor=False, help=_("By the distance between the centroids."))
    cards(
        bundle,
        overview,
        near,
        view,
        label=_("Nearest clusters"),
        key="clusters.near",
        notes=[
            _("distance {value}").format(value=formats.digits(float(distance)))
            for distance in overview.near_distances[cluster]
        ],
    )
