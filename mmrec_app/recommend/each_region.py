"""A region drawn on the query's picture: the list of it alone, or of the picture without it."""

import streamlit as st

from mmrec_app.i18n import _
from mmrec_app.recommend.drawn_region import DrawnRegion, drawn_region
from mmrec_app.recommend.moves import Moves
from mmrec_app.recommend.view import RecommendView
from mmrec_app.served.recommenders import recommender_of
from mmrec_app.served.scripts import component
from mmrec_app.served.thumbnails import thumbnail_url
from mmrec_app.shared import captions, data_urls, waiting
from mmrec_app.shared.keyed_query import KeyedQuery
from mmrec_app.state import address
from mmrec_core.bundle import Bundle
from mmrec_core.serving.altered_query import WithRegion, with_part
from mmrec_core.serving.answers import Recommendation
from mmrec_core.serving.query_picture import ONLY, WITHOUT

_KEY = "recommend.each_region"
_component = component("region")


def each_region(
    bundle: Bundle,
    query: KeyedQuery,
    view: RecommendView,
    answer: Recommendation,
    moves: Moves,
) -> None:
    """Draw the picture to draw on, and what the region changes.

    Raises
    ------
    EncoderError, BundleError, QueryError
        As of `mmrec_core.serving.altered_query.with_part`.
    """
    if query.query.image is None:
        return
    st.subheader(_("A region of the picture"), anchor=False)
    drawn = drawn_region(view.region)
    _picture(bundle, query, drawn)
    if drawn is None:
        return
    with waiting.encoding(bundle, _("Asking by this part…")):
        found = _with_part(
            bundle.digest,
            query.key,
            view.region,
            answer.ranker,
            view.k,
            view.collapse_above,
            view.diversity,
            bundle,
            query,
        )
    name = _("This part only") if drawn.use == ONLY else _("Without this part")
    st.html(f"<ul class='altered'>{moves.row(name, found.change)}</ul>")
    st.html(moves.whole(found.change))
    if found.anew.amount:
        st.caption(
            _(
                "Compared with the list of the whole thumbnail, of which the region is a part: "
                "{n} of its {k} results are those of the page."
            ).format(n=len(found.anew.shown) - len(found.anew.coming), k=len(found.anew.shown))
        )


def _picture(bundle: Bundle, query: KeyedQuery, drawn: DrawnRegion | None) -> None:
    if query.picture is not None:
        source, caption = data_urls.of_picture(query.picture), query.query.text
    else:
        row = bundle.index_of(str(query.query.image))
        source, caption = thumbnail_url(bundle, row), captions.caption(bundle, row)

    def chose() -> None:
        value = st.session_state[_KEY].get("chosen")
        if value is None:
            return
        text = ""
        if value["box"]:
            text = f"{value['use']}:" + ",".join(f"{float(edge):.3f}" for edge in value["box"])
        address.change(RecommendView, region=text)

    _component(
        key=_KEY,
        data={
            "src": source,
            "alt": caption or captions.no_caption(),
            "box": None if drawn is None else list(drawn.region),
            "use": None if drawn is None else drawn.use,
            "uses": [
                {"use": ONLY, "name": _("Look at this part only")},
                {"use": WITHOUT, "name": _("Without this part")},
            ],
            "words": {
                "clear": _("The whole picture"),
                "draw": _("Draw a rectangle on the picture."),
                "keys": _(
                    "Arrow keys move the rectangle, with Shift they change its size; Enter asks."
                ),
                "place": _("From {left} to {right} % across, from {top} to {bottom} % down."),
                "small": _("This rectangle is too small."),
            },
        },
        on_chosen_change=chose,
    )


@st.cache_resource(max_entries=64, show_spinner=False)
def _with_part(
    digest: str,
    key: str,
    region: str,
    ranker: str,
    k: int,
    collapse: float | None,
    diversity: float,
    _bundle: Bundle,
    _query: KeyedQuery,
) -> WithRegion:
    drawn = drawn_region(region)
    assert drawn is not None
    return with_part(
        recommender_of(_bundle),
        _query.query,
        drawn.region,
        drawn.use,
        ranker,
        k=k,
        collapse=collapse,
        diversity=diversity,
    )
