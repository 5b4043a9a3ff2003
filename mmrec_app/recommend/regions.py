"""Regions and words of the chosen result, once somebody asks for them."""

import streamlit as st

from mmrec_app.i18n import _
from mmrec_app.recommend.view import RecommendView
from mmrec_app.served.recommenders import explainer_of
from mmrec_app.served.thumbnails import thumbnail_url
from mmrec_app.shared import captions, data_urls, notices, regions, waiting
from mmrec_app.shared.fragment import fragment
from mmrec_app.shared.keyed_query import KeyedQuery
from mmrec_app.state import address
from mmrec_core.attribution import ScoreParts
from mmrec_core.bundle import Bundle
from mmrec_core.errors import BundleError, EncoderError
from mmrec_core.serving.answers import Recommendation, Result, ScoredQuery

_OPEN = "recommend.regions.open"


@fragment
def of_results(
    bundle: Bundle,
    query: KeyedQuery,
    scored: ScoredQuery,
    answer: Recommendation,
    results: list[Result],
) -> None:
    """Draw the switch, and behind it regions and words of one result, or of two to compare."""
    view = address.read(RecommendView)
    st.session_state[_OPEN] = bool(view.parts)
    st.toggle(
        _("Regions and words"),
        key=_OPEN,
        on_change=lambda: address.change(
            RecommendView, parts=regions.SCORE if st.session_state[_OPEN] else ""
        ),
        help=_("Which regions of the two pictures and which words make them alike."),
    )
    if not view.parts:
        return
    try:
        with waiting.encoding(bundle, _("Comparing regions and words…")):
            parts = [explained(bundle, query, scored, answer.ranker, one) for one in results]
    except (EncoderError, BundleError) as error:
        notices.notice(_("There are no regions and words here"), str(error))
        return
    names = regions.names(parts[0], answer.ranker)
    measure = regions.measure_choice(
        "recommend.regions.measure",
        names,
        view.parts,
        lambda name: address.change(RecommendView, parts=name),
    )
    regions.regions(
        "recommend.regions",
        _query(bundle, query, scored),
        [(_result(bundle, one), part) for one, part in zip(results, parts, strict=True)],
        ranker=answer.ranker,
        measure=measure,
    )


def explained(
    bundle: Bundle, query: KeyedQuery, scored: ScoredQuery, ranker: str, result: Result
) -> ScoreParts:
    """Take a result's score apart.

    Raises
    ------
    EncoderError, BundleError
        As `mmrec_core.serving.pair_explainer.PairExplainer.explain`.
    """
    return _explained(bundle.digest, query.key, ranker, result.index, bundle, query, scored, result)


@st.cache_resource(max_entries=64, show_spinner=False)
def _explained(
    digest: str,
    key: str,
    ranker: str,
    row: int,
    _bundle: Bundle,
    _query: KeyedQuery,
    _scored: ScoredQuery,
    _result: Result,
) -> ScoreParts:
    return explainer_of(_bundle).explain(_query.query, _scored, _result)


def _query(bundle: Bundle, query: KeyedQuery, scored: ScoredQuery) -> regions.Shown:
    info = scored.info
    if info.index is not None:
        own = info.text == bundle.text(info.index)
        caption = captions.caption(bundle, info.index) if own else info.text
        return regions.Shown(_("Query"), thumbnail_url(bundle, info.index), caption)
    source = None if query.picture is None else data_urls.of_picture(query.picture)
    return regions.Shown(_("Query"), source, info.text)


def _result(bundle: Bundle, result: Result) -> regions.Shown:
    return regions.of_image(bundle, _("Number {rank}").format(rank=result.rank), result.index)
