"""The chosen result: why it has its score, and why it is above another."""

import html

import streamlit as st

from mmrec_app.i18n import _
from mmrec_app.recommend.grades import grades
from mmrec_app.recommend.training_pairs import training_pairs
from mmrec_app.recommend.view import RecommendView
from mmrec_app.served.recommenders import recommender_of
from mmrec_app.served.thumbnails import thumbnail_url
from mmrec_app.shared import captions, gallery, naming
from mmrec_app.state import address
from mmrec_app.words import formats, sentences, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.plots.contributions import contributions_waterfall
from mmrec_core.ranker.explanation import difference
from mmrec_core.ranker.pair_features import FEATURES
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
        if answer is None or view.result is None:
            continue
        row = bundle.index_of(view.result)
        result = recommender_of(bundle).result_of(comparison.scored, answer, row)
        if result is not None:
            return answer, result
    answer = next(iter(comparison.answers.values()))
    return (answer, answer.results[0]) if answer.results else None


def reasons(
    bundle: Bundle,
    view: RecommendView,
    comparison: Comparison,
    answer: Recommendation,
    result: Result,
) -> None:
    """Draw the chosen result: picture, facts, contributions, and the comparison with another."""
    ranker = vocabulary.ranker_name(answer.ranker)
    st.subheader(
        _("Why {ranker} ranks it number {rank}").format(rank=result.rank, ranker=ranker),
        anchor=False,
    )
    gallery.picture(
        thumbnail_url(bundle, result.index),
        caption=captions.caption(bundle, result.index),
        facts=_facts(bundle, comparison, answer, result),
        key="recommend.chosen",
        small=True,
    )
    other = _compared_with(bundle, view, comparison, answer, result)
    if other is None:
        _contributions(comparison, answer, result)
        training_pairs(bundle, view, comparison.scored, answer, result)
    else:
        _difference(answer, *sorted((result, other), key=lambda one: -one.score))
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
    if label := bundle.items["label"].iat[result.index]:
        facts.append((_("Category"), naming.label_name(str(label)), None))
    if result.duplicates:
        facts.append((_("Near-duplicates"), ", ".join(result.duplicates), None))
    return facts


def _contributions(comparison: Comparison, answer: Recommendation, result: Result) -> None:
    shares = result.contributions
    says = sentences.why_by_text if comparison.scored.by_text else sentences.why
    st.markdown(f"**{says(shares)}**")
    figure = contributions_waterfall(
        shares.base,
        {vocabulary.role_name(role): value for role, value in shares.groups.items()},
        unit=vocabulary.unit(answer.ranker),
        base_name=_("average pair"),
        total_name=_("score"),
    )
    st.plotly_chart(
        figure,
        key="recommend.waterfall",
        config={"displayModeBar": False},
        alt=_("Contributions to the score of result {rank}").format(rank=result.rank),
    )
    with st.expander(_("All features"), icon=":material/table_rows:"):
        st.html(_feature_table(result))
        st.caption(_("Percentile: the percentage of the query's candidates with a lower value."))


def _difference(answer: Recommendation, upper: Result, lower: Result) -> None:
    shares = difference(upper.contributions, lower.contributions)
    st.markdown(f"**{sentences.above(upper.rank, lower.rank, shares)}**")
    figure = contributions_waterfall(
        0.0,
        {vocabulary.role_name(role): value for role, value in shares.groups.items()},
        unit=vocabulary.unit(answer.ranker),
        total_name=_("difference"),
    )
    st.plotly_chart(
        figure,
        key="recommend.difference",
        config={"displayModeBar": False},
        alt=_("Why result {first} is above result {second}").format(
            first=upper.rank, second=lower.rank
        ),
    )
    with st.expander(_("All features"), icon=":material/table_rows:"):
        st.html(_difference_table(upper, lower))


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
    if query is not None:
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


def _feature_table(result: Result) -> str:
    """Return the table of single features; everything in it is a number or a text of our own."""
    adds = result.contributions.features
    rows = []
    for feature in sorted(FEATURES, key=lambda f: -abs(adds[f.name])):
        place = result.percentiles[feature.name]
        bar = "–" if place != place else f"<i style='width:{place:.0f}%'></i><b>{place:.0f}</b>"
        rows.append(
            f"<tr><td>{html.escape(vocabulary.feature_meaning(feature.name))}"
            f"<small>{html.escape(vocabulary.role_name(feature.role))}</small></td>"
            f"<td>{formats.digits(result.features[feature.name])}</td>"
            f"<td class='share'>{bar}</td><td>{_signed(adds[feature.name])}</td></tr>"
        )
    head = _row(_("Feature"), _("Value"), _("Percentile"), _("Contribution"))
    return _table(head, rows)


def _difference_table(upper: Result, lower: Result) -> str:
    adds = difference(upper.contributions, lower.contributions).features
    rows = [
        f"<tr><td>{html.escape(vocabulary.feature_meaning(feature.name))}</td>"
        f"<td>{formats.digits(upper.features[feature.name])}</td>"
        f"<td>{formats.digits(lower.features[feature.name])}</td>"
        f"<td>{_signed(adds[feature.name])}</td></tr>"
        for feature in sorted(FEATURES, key=lambda f: -abs(adds[f.name]))
    ]
    head = _row(_("Feature"), str(upper.rank), str(lower.rank), _("Difference"))
    return _table(head, rows)


def _signed(value: float) -> str:
    return "–" if abs(value) < 1e-9 else formats.digits(value, signed=True)


def _row(*cells: str) -> str:
    return "<tr>" + "".join(f"<th>{html.escape(cell)}</th>" for cell in cells) + "</tr>"


def _table(head: str, rows: list[str]) -> str:
    body = "".join(rows)
    return f"<table class='features'><thead>{head}</thead><tbody>{body}</tbody></table>"
