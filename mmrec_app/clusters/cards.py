"""Cards of clusters: a mosaic of central images, the name, and what tells them apart."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from mmrec_app.clusters.view import ClustersView
from mmrec_app.i18n import _, ngettext
from mmrec_app.served.scripts import component
from mmrec_app.served.thumbnails import thumbnail_url
from mmrec_app.shared import naming
from mmrec_app.state import address
from mmrec_app.words import formats
from mmrec_core.bundle import Bundle
from mmrec_core.collection.cluster_overview import ClusterOverview
from mmrec_core.plots.palette import cluster_colour, cluster_glyph

PICTURES = 5
NEIGHBOURS = 3

_cards = component("cluster_cards")


def cards(
    bundle: Bundle,
    overview: ClusterOverview,
    clusters: Sequence[int] | np.ndarray,
    view: ClustersView,
    *,
    label: str,
    key: str,
    notes: Sequence[str] | None = None,
) -> None:
    """Draw a card a cluster, each a link; arrow keys move.

    Parameters
    ----------
    bundle : Bundle
    overview : ClusterOverview
    clusters : sequence of int
        What to show, in order.
    view : ClustersView
        What the page shows now; a link changes its cluster.
    label : str
        The list's name for a screen reader.
    key : str
        The component's key.
    notes : sequence of str, optional
        One a card: small cards, that say this instead of their figures.
    """

    def link(cluster: int) -> str:
        return address.link("clusters", replace(view, cluster=cluster))

    made = [
        _small(bundle, overview, link, int(cluster), notes[place])
        if notes
        else _card(bundle, overview, link, int(cluster))
        for place, cluster in enumerate(clusters)
    ]
    _cards(key=key, data={"label": label, "cards": made, "small": notes is not None})


def _small(
    bundle: Bundle,
    overview: ClusterOverview,
    link: Callable[[int], str],
    cluster: int,
    note: str,
) -> dict[str, Any]:
    named = naming.words(bundle, cluster)
    rows = [int(row) for row in overview.central[cluster, :PICTURES] if row >= 0]
    name = naming.cluster_name(bundle, cluster)
    return {
        "href": link(cluster),
        "title": _("Cluster {name}").format(name=name),
        "name": name,
        "glyph": cluster_glyph(cluster),
        "colour": cluster_colour(cluster),
        "words": ", ".join(named[2:]),
        "kind": _("Cluster"),
        "pictures": [thumbnail_url(bundle, row) for row in rows],
        "note": note,
    }


def _card(
    bundle: Bundle, overview: ClusterOverview, link: Callable[[int], str], cluster: int
) -> dict[str, Any]:
    facts = overview.table.iloc[cluster]
    size, queries = int(facts["size"]), int(facts["queries"])
    images = formats.count(size, "image", "images")
    near = [int(other) for other in overview.near[cluster, :NEIGHBOURS]]
    figures = [[images, _("spread {value}").format(value=formats.digits(facts["spread"]))]]
    if queries:
        queries_text = ngettext("{n} query", "{n} queries", queries).format(n=queries)
        figures.append([f"nDCG@5 {formats.digits(facts['ndcg'])}", queries_text])
    return _small(bundle, overview, link, cluster, "") | {
        "title": _("Cluster {name}, {images}").format(
            name=naming.cluster_name(bundle, cluster), images=images
        ),
        "figures": figures,
        "share": None if np.isnan(facts["purity"]) else float(facts["purity"]),
        "category": purity(facts["purity"], facts["label"]),
        "near_label": _("Near:"),
        "near": [
            {
                "href": link(other),
                "name": naming.short_name(bundle, other),
                "title": _("Cluster {name}").format(name=naming.cluster_name(bundle, other)),
                "glyph": cluster_glyph(other),
                "colour": cluster_colour(other),
            }
            for other in near
        ],
    }


def purity(share: float, label: str | None) -> str:
    """Say which category is the most common, and its share; "" without categories."""
    if label is None:
        return ""
    return f"{percent(share)} {naming.label_name(label)}"


def percent(share: float) -> str:
    """Write a share of images as a percentage, a dash for none."""
    return "–" if np.isnan(share) else f"{share:.0%}".replace("%", " %")
