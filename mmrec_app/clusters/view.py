"""What the Clusters page shows, as its link says it, and in which order."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from mmrec_app.i18n import _
from mmrec_app.shared import captions, naming
from mmrec_app.state import address
from mmrec_core.bundle import Bundle
from mmrec_core.collection.cluster_overview import ClusterOverview

PAGE_SIZE = 24
SIZE, PURITY, MIXED, SPREAD, NDCG, NAME = "size", "purity", "mixed", "spread", "ndcg", "name"
# The column of the overview that orders the cards, and whether its highest values come first.
_COLUMNS = {
    SIZE: ("size", True),
    PURITY: ("purity", True),
    MIXED: ("purity", False),
    SPREAD: ("spread", True),
    NDCG: ("ndcg", False),
}


@dataclass(frozen=True)
class ClustersView:
    """``cluster`` opens one; ``q`` is a word to look for, ``sort`` one of `sorts`."""

    q: str = ""
    sort: str = SIZE
    page: int = 1
    cluster: int | None = None

    def __post_init__(self) -> None:
        """Keep the page in range."""
        object.__setattr__(self, "page", max(1, self.page))


def current(bundle: Bundle) -> ClustersView:
    """Read the view from the URL.

    Raises
    ------
    LinkError
        If this bundle has no such cluster.
    """
    view = address.read(ClustersView)
    if view.cluster is not None and not 0 <= view.cluster < len(bundle.centroids):
        raise address.LinkError(_("There is no cluster {n} here.").format(n=view.cluster))
    return view


def sorts(overview: ClusterOverview) -> dict[str, str]:
    """Return the orders that this collection has figures for, with their names."""
    names = {
        SIZE: _("Largest first"),
        PURITY: _("Purest first"),
        MIXED: _("Most mixed first"),
        SPREAD: _("Widest first"),
        NDCG: _("Worst ranked first"),
        NAME: _("By name"),
    }
    lacking = [k for k, (column, _h) in _COLUMNS.items() if overview.table[column].isna().all()]
    return {key: name for key, name in names.items() if key not in lacking}


def ordered(bundle: Bundle, overview: ClusterOverview, view: ClustersView) -> np.ndarray:
    """Return the clusters that a view lists, in its order, int64; shared, not to be written to."""
    column = captions.column(bundle)
    return _ordered(bundle.digest, view.q.casefold().strip(), view.sort, column, bundle, overview)


@st.cache_resource(max_entries=64, show_spinner=False)
def _ordered(
    digest: str,
    q: str,
    sort: str,
    column: str,
    _bundle: Bundle,
    _overview: ClusterOverview,
) -> np.ndarray:
    if sort == NAME:
        names = [naming.short_name(_bundle, c, column) for c in range(len(_bundle.centroids))]
        order = np.array(sorted(range(len(names)), key=lambda c: (names[c].casefold(), c)))
    else:
        by, falling = _COLUMNS.get(sort, _COLUMNS[SIZE])
        values = _overview.table[by].to_numpy(float)
        order = np.argsort(-values if falling else values, kind="stable")  # NaN last, both ways
    if q:
        order = order[[_mentions(_bundle, _overview, int(cluster), q) for cluster in order]]
    return order


def _mentions(bundle: Bundle, overview: ClusterOverview, cluster: int, q: str) -> bool:
    label = str(overview.table["label"].iat[cluster] or "")
    words = [word for named in bundle.cluster_words.values() for word in named[cluster]]
    return q == str(cluster) or any(q in text for text in (*words, naming.label_name(label)))
