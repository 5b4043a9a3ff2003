"""Where query and results lie: two small maps, and the clusters nearest to the query."""

import html

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from mmrec_app.i18n import _, ngettext
from mmrec_app.recommend.view import RecommendView
from mmrec_app.shared import naming
from mmrec_app.shared.fragment import fragment
from mmrec_app.shared.keyed_query import KeyedQuery
from mmrec_app.shared.sentinel import is_near
from mmrec_app.state import address
from mmrec_app.words import formats, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.plots.cluster_map import Words, cluster_map
from mmrec_core.plots.density import CLOSE_UP, OVERVIEW, Density
from mmrec_core.plots.palette import cluster_colour, cluster_glyph
from mmrec_core.serving.answers import Recommendation

_HEIGHT = 420  # pixels
_PLOTLY = {
    "displaylogo": False,
    "scrollZoom": True,
    "doubleClick": "reset",
    # Autoscale would show the points alone: it does not know how far the picture below them goes.
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"],
}


@fragment
def place(
    bundle: Bundle, query: KeyedQuery, view: RecommendView, answer: Recommendation, *, by_text: bool
) -> None:
    """Draw where the query and one ranker's results lie, and the candidate clusters.

    The maps take a quarter of the page's time, and not every visitor scrolls down to them.
    """
    exact = by_text or bundle.manifest.candidates.method == "exact"
    left, middle, right = st.columns([1.15, 1.15, 1], gap="large")
    on_map, around = _("On the map"), _("Around the query")
    left.header(on_map, anchor=False)
    middle.header(around, anchor=False)
    with left:
        near = is_near("recommend.place", query.key, _HEIGHT)
    if near:
        by_ranker = _("results by {ranker}").format(ranker=vocabulary.ranker_name(answer.ranker))
        settings = f"{query.key} {view.k} {view.collapse} {view.diversity} {answer.ranker}"
        for column, close_up, title, results in (
            (left, False, on_map, by_ranker),
            (middle, True, around, _("results, by rank")),
        ):
            alt = _("{title}: the query, its candidates and the results among all images")
            column.plotly_chart(
                _figure(bundle.digest, settings, close_up, _words(results), bundle, answer),
                key=f"recommend.map.{close_up}",
                config=_PLOTLY,
                alt=alt.format(title=title),
            )
    else:
        middle.container(height=_HEIGHT, border=False)
    with left:
        _notes(answer)
    with middle:
        _map_link(answer, view)
    with right:
        st.header(_("Nearest clusters") if exact else _("Candidate clusters"), anchor=False)
        st.html(_cluster_table(bundle, answer, exact))
        st.caption(_origin(bundle, answer, exact, by_text))


def _notes(answer: Recommendation) -> None:
    if answer.query.index is None:
        st.caption(_("The query's place is estimated from its nearest images."))


def _map_link(answer: Recommendation, view: RecommendView) -> None:
    image = answer.query.image
    text = None if image or view.upload else answer.query.text
    st.link_button(
        _("Open on the map"),
        address.href("map", image=image, upload=view.upload, query=text),
        icon=":material/map:",
        type="tertiary",
    )


def _origin(bundle: Bundle, answer: Recommendation, exact: bool, by_text: bool) -> str:
    ranked = ngettext(
        "{n} candidate out of {all} images was ranked.",
        "{n} candidates out of {all} images were ranked.",
        len(answer.candidates),
    ).format(n=formats.whole(len(answer.candidates)), all=formats.whole(len(bundle.items)))
    if by_text:
        origin = _("They are the nearest pictures and captions by exact search.")
    elif exact:
        origin = _("They are the nearest images by standardised cosines, whatever their cluster.")
    else:
        origin = _("They are all the images of these clusters.")
    distance = _("Distance: from the query to the cluster's centroid.")
    return f"{ranked} {origin} {distance}"


def _words(results: str) -> Words:
    return Words(
        candidates=_("candidates, cluster {cluster}"),
        others=_("other images"),
        query=_("query"),
        results=results,
        cluster=_("cluster {cluster}"),
        here=_("candidates here: {n}"),
    )


@st.cache_resource(max_entries=16, show_spinner=False)
def _figure(
    digest: str,
    settings: str,
    close_up: bool,
    words: Words,
    _bundle: Bundle,
    _answer: Recommendation,
) -> go.Figure:
    return cluster_map(
        _bundle.items,
        query_xy=(_answer.query.x, _answer.query.y),
        query_index=_answer.query.index,
        query_text=_answer.query.text,
        candidate_clusters=[int(c.cluster) for c in _answer.clusters],
        candidates=_answer.candidates,
        results=[result.index for result in _answer.results],
        close_up=close_up,
        density=_density(digest, CLOSE_UP if close_up else OVERVIEW, _bundle),
        words=words,
        height=_HEIGHT,
    )


@st.cache_resource(max_entries=16, show_spinner=False)
def _density(digest: str, side: int, _bundle: Bundle) -> Density:
    return Density.of(np.asarray(_bundle.map), side)


def _cluster_table(bundle: Bundle, answer: Recommendation, exact: bool) -> str:
    """Return a small table: numbers, colours of our own, and names that are escaped.

    Exact search takes some images of a cluster: how many, of how many, stands in the last column.
    """
    listed = np.bincount(bundle.cluster_of[answer.candidates], minlength=len(bundle.cluster_sizes))
    rows = "".join(
        f"<tr><td><i style='color:{cluster_colour(int(c.cluster))}'>"
        f"{cluster_glyph(int(c.cluster))}</i>"
        f"{html.escape(naming.cluster_name(bundle, int(c.cluster)))}</td>"
        f"<td>{formats.digits(c.distance)}</td>"
        f"<td>{f'{formats.whole(listed[int(c.cluster)])} / ' if exact else ''}"
        f"{formats.whole(int(c.size))}</td></tr>"
        for c in answer.clusters
    )
    counted = _("Candidates / images") if exact else _("Images")
    cells = (_("Cluster"), _("Distance"), counted)
    head = "<tr>" + "".join(f"<th>{html.escape(cell)}</th>" for cell in cells) + "</tr>"
    return f"<table class='clusters'><thead>{head}</thead><tbody>{rows}</tbody></table>"
