"""The chosen result: why it has its score, and why it is above another."""

import streamlit as st

from mmrec_app.i18n import _
from mmrec_app.recommend import contributions, regions, smallest_change
from mmrec_app.recommend.grades import grades
from mmrec_app.recommend.training_pairs import training_pairs
from mmrec_app.recommend.view import RecommendView
from mmrec_app.recommend.what_if import what_if
from mmrec_app.served import rights
from mmrec_app.served.recommenders import recommender_of
from mmrec_app.served.thumbnails import thumbnail_url
from mmrec_app.shared import captions, gallery, naming
from mmrec_app.shared.keyed_query import KeyedQuery
from mmrec_app.state import address
from mmrec_app.words import formats, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.serving.answers import Recommendation, Result
from mmrec_core.serving.comparison import Comparison

_AGAINST = "recommend.against"


def chosen(
    bundle: Bundle, comparison: Comparison, view: RecommendView
) -> tuple[Recommendation, Result] | None:
    """Return the result that the view explains, and the answer that it is from.

    It may be any candidate of the chosen list's ranker; without one it is the first result.
    """
    for ranker in dict.fromkeys((view.by or "", *comparison.answers)):
        answer = comparison.answers.get(ranker)
        if answer is None or view.result is None or view.result not in bundle:
            continue
        row = bundle.index_of(view.result)
        result = recommender_of(bundle).result_of(comparison.scored, answer, row)
        if result is not None:
            return answer, result
    answer = next(iter(comparison.answers.values()))
    return (answer, answer.results[0]) if answer.results else None


def title(answer: Recommendation, result: Result) -> str:
    """Name what is explained."""
    ranker = vocabulary.ranker_name(answer.ranker)
    return _("Why {ranker} ranks it number {rank}").format(rank=result.rank, ranker=ranker)


def reasons(
    bundle: Bundle,
    query: KeyedQuery,
    view: RecommendView,
    comparison: Comparison,
    answer: Recommendation,
    result: Result,
) -> None:
    """Draw the chosen result: picture, facts, contributions, and the comparison with another."""
    st.header(title(answer, result), anchor=False)
    gallery.picture(
        thumbnail_url(bundle, result.index),
        caption=captions.caption(bundle, result.index),
        facts=_facts(bundle, comparison, answer, result),
        key="recommend.chosen",
        small=True,
    )
    other = _compared_with(bundle, view, comparison, answer, result)
    if other is None:
        contributions.score(comparison, answer, result)
        regions.of_results(bundle, query, comparison.scored, answer, [result])
        training_pairs(bundle, view, comparison.scored, answer, result)
        what_if(bundle, view, comparison.scored, answer, result)
    else:
        upper, lower = sorted((result, other), key=lambda one: -one.score)
        contributions.lead(answer, upper, lower, "recommend.difference")
        smallest_change.of_two(bundle, comparison.scored, answer, upper, lower)
        regions.of_results(bundle, query, comparison.scored, answer, [upper, lower])
    _choice_of_other(bundle, view, answer, result, other)
    _actions(bundle, view, comparison, answer, result)


def _facts(
    bundle: Bundle, comparison: Comparison, answer: Recommendation, result: Result
) -> list[tuple[str, str, int | None]]:
    score = f"{formats.digits(result.score)} {vocabulary.unit(answer.ranker)}"
    facts: list[tuple[str, str, int | None]] = [(_("Score"), score, None)]
    if result.probability is not None:
        likely = _("{percent} likely").format(percent=formats.percent(result.probability))
        facts.insert(0, (_("Relevant"), likely, None))
    if result.relevance is not None:
        judged = bundle.manifest.relevance == "judged"
        known = (
            (_("judged irrelevant"), _("judged relevant"))
            if judged
            else (_("another category"), _("same category"))
        )
        facts.append((_("Known relevance"), known[result.relevance], None))
    others = comparison.ranks_of(result.index, but=answer.ranker)
    if others:
        places = ", ".join(
            f"{vocabulary.ranker_name(name)} {'–' if rank is None else rank}"
            for name, rank in others.items()
        )
        facts.append((_("Other rankers"), places, None))
    facts.append((_("Cluster"), naming.cluster_name(bundle, result.cluster), result.cluster))
    if label := bundle.label(result.index):
        facts.append((_("Category"), naming.label_name(label), None))
    if result.duplicates:
        facts.append((_("Near-duplicates"), ", ".join(result.duplicates), None))
    return facts


def _compared_with(
    bundle: Bundle,
    view: RecommendView,
    comparison: Comparison,
    answer: Recommendation,
    result: Result,
) -> Result | None:
    if view.against is None or view.against == result.image:
        return None
    row = bundle.index_of(view.against)
    return recommender_of(bundle).result_of(comparison.scored, answer, row)


def _choice_of_other(
    bundle: Bundle,
    view: RecommendView,
    answer: Recommendation,
    result: Result,
    other: Result | None,
) -> None:
    options = {r.image: r for r in answer.results if r.image != result.image}
    if other is not None:
        options.setdefault(other.image, other)
    if not options:
        return
    st.session_state[_AGAINST] = other.image if other else None
    st.selectbox(
        _("Compare with"),
        sorted(options, key=lambda image: options[image].rank),
        key=_AGAINST,
        index=None,
        placeholder=_("another result: why is one above the other?"),
        format_func=lambda image: (
            f"{options[image].rank}. " + (captions.caption(bundle, options[image].index) or image)
        ),
        on_change=lambda: address.change(
            RecommendView, result=result.image, by=answer.ranker, against=st.session_state[_AGAINST]
        ),
        help=_("Or click another result of the same list with Shift."),
    )


def _actions(
    bundle: Bundle,
    view: RecommendView,
    comparison: Comparison,
    answer: Recommendation,
    result: Result,
) -> None:
    query = comparison.scored.info.image
    if query is not None and rights.may_write():
        grades(bundle, query, result.image, answer.ranker, result.rank)
    with st.container(horizontal=True):
        st.link_button(
            _("Use as the query"),
            view.link_to(result.image),
            icon=":material/arrow_outward:",
        )
        st.link_button(
            _("Show on the map"),
            address.href("map", image=result.image),
            icon=":material/map:",
            type="tertiary",
        )
