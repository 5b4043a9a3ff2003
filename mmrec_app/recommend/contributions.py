"""What made a score, and what places one result above another: figures and tables of features."""

import html

import streamlit as st

from mmrec_app.i18n import _
from mmrec_app.words import formats, sentences, vocabulary
from mmrec_core.plots.contributions import contributions_waterfall
from mmrec_core.ranker.explanation import difference
from mmrec_core.ranker.pair_features import FEATURES
from mmrec_core.serving.answers import Recommendation, Result
from mmrec_core.serving.comparison import Comparison


def score(comparison: Comparison, answer: Recommendation, result: Result) -> None:
    """Draw what adds up to a result's score."""
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


def lead(answer: Recommendation, upper: Result, lower: Result, key: str) -> None:
    """Draw what adds up to the difference of two results' scores; ``key`` is the figure's."""
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
        key=key,
        config={"displayModeBar": False},
        alt=_("Why result {first} is above result {second}").format(
            first=upper.rank, second=lower.rank
        ),
    )
    with st.expander(_("All features"), icon=":material/table_rows:"):
        st.html(_difference_table(upper, lower))


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
