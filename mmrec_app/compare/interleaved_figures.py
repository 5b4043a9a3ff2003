"""The figures of clicks in interleaved lists."""

import streamlit as st

from mmrec_app.compare import cells
from mmrec_app.compare.comparisons import Comparison, version
from mmrec_app.i18n import _
from mmrec_app.shared.figure_table import figures, plain
from mmrec_app.words import formats
from mmrec_core.evaluation.bootstrap import Estimate
from mmrec_core.preferences.agreement import PreferenceAgreement
from mmrec_core.preferences.interleaving_figures import (
    InterleavedFigures,
    both_ways,
    interleaved_figures,
)
from mmrec_core.preferences.judged import TIE, judgements


def measured(compared: Comparison) -> InterleavedFigures:
    """Return the figures of a comparison."""
    return _measured(version(compared.bundle), compared.key, compared)


@st.cache_resource(max_entries=32, show_spinner=False)
def _measured(version: str, key: str, _of: Comparison) -> InterleavedFigures:
    return interleaved_figures(_of.interleaved(), _of.drawing, _of.bundle.manifest.seed)


def draw(compared: Comparison) -> None:
    """Draw who wins, and the figures behind it."""
    found, systems = measured(compared), compared.systems
    rate, plain_rate = _half_more(found.delta), _half_more(found.plain_delta)
    st.markdown(cells.said(found, rate, plain_rate, compared))
    st.caption(
        cells.ties(found.identical),
        help=_(
            "Both rankers pick in turn for one list, and a coin says in each round who picks "
            "first (team draft; Radlinski, Kurup and Joachims 2008). Whose pictures get more "
            "clicks wins the query. Who clicks at random, or by the place alone, favours neither. "
            "Places at the top on which both lists agree are nobody's. Queries weigh as "
            "with preferences."
        ),
    )
    first = compared.name(systems[0])
    rows: list[cells.Row] = [
        (
            _("Δ of {ranker}").format(ranker=first),
            _("Share of all queries that it wins, ties halved, less one half: from −0.5 to 0.5."),
            cells.signed(found.delta),
        ),
        (
            _("Plain Δ of {ranker}").format(ranker=first),
            _("Of the judged queries alone, which are those that differ more."),
            cells.signed(found.plain_delta),
        ),
        cells.sign_test(found.sign_test, compared),
        cells.needed(found),
        (
            _("Nothing clicked"),
            _("Of {lists}: ties.").format(lists=formats.count(found.judgements, "list", "lists")),
            plain(formats.whole(found.unclicked)),
        ),
        (
            _("Clicks by place"),
            _("Share of the pictures at each place, from the first on, that was clicked."),
            plain(" · ".join(map(_digits, found.places)) + "\N{NO-BREAK SPACE}%"),
        ),
        (_("Earlier picture clicked"), _habit(found.earlier_rate), cells.rate(found.earlier_rate)),
        (
            _("Agreement between reviewers"),
            _agreement(found.pictures),
            cells.alpha(found.pictures),
        ),
        _with_preferences(compared),
    ]
    figures(
        [_("Interleaved"), _("Value")],
        [[plain(name, meaning), value] for name, meaning, value in rows],
        "preferences",
    )


def _half_more(delta: Estimate) -> Estimate:
    value, low, high = (
        None if of is None else of + TIE for of in (delta["value"], delta["low"], delta["high"])
    )
    return Estimate(value=value, low=low, high=high)


def _digits(place: Estimate) -> str:
    return "–" if place["value"] is None else cells.share(place["value"])


def _habit(earlier: Estimate) -> str:
    if earlier["low"] is None or earlier["low"] <= TIE <= (earlier["high"] or 0):
        return _(
            "Of two that a coin put in their order and of which one was clicked: should be 50 %."
        )
    return _(
        "A position bias, of two that a coin put in their order and of which one was clicked. It "
        "favours no ranker."
    )


def _agreement(agreed: PreferenceAgreement) -> str:
    if agreed.same is None:
        return _("No query has been clicked through by two reviewers yet.")
    return _(
        "The same click or none on {same} of {pictures} that several were shown. Krippendorff's α: "
        "1 is full agreement, 0 is agreement by chance."
    ).format(
        same=formats.share(agreed.same),
        pictures=formats.count(agreed.units, "picture", "pictures"),
    )


def _with_preferences(compared: Comparison) -> cells.Row:
    name = _("Agreement with preferences")
    preferred = judgements(compared.preferred(), compared.systems[0])
    agreed = both_ways(preferred, compared.interleaved())
    if agreed.same is None:
        return name, _("No query has been judged in both ways yet."), "–"
    meaning = _(
        "The same winner, or a tie, on {same} of {queries} that were judged in both ways."
    ).format(
        same=formats.share(agreed.same), queries=formats.count(agreed.units, "query", "queries")
    )
    return name, meaning, cells.alpha(agreed)
