"""What the preferences say: a sentence, the figures behind it, all comparisons, and the export."""

import html
from dataclasses import replace
from typing import NamedTuple

import pandas as pd
import streamlit as st

from mmrec_app.compare import comparisons
from mmrec_app.compare.controls import controls, pair_name
from mmrec_app.compare.session import same
from mmrec_app.compare.view import JUDGE, CompareView, compared, pairs_of
from mmrec_app.i18n import _, ngettext
from mmrec_app.shared import notices, reviews
from mmrec_app.shared.exports import downloads
from mmrec_app.shared.figure_table import estimate, plain, ranker_cell
from mmrec_app.shared.figure_table import figures as figure_rows
from mmrec_app.state import address
from mmrec_app.words import formats, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.evaluation.bootstrap import Estimate
from mmrec_core.plots.chart import RANKER_COLOURS
from mmrec_core.plots.palette import NEUTRAL
from mmrec_core.preferences.agreement import PreferenceAgreement, preference_agreement
from mmrec_core.preferences.figures import MOST_JUDGEMENTS, PairFigures, pair_figures
from mmrec_core.preferences.judged import judgements
from mmrec_core.preferences.strengths import Strengths, strengths


class _Measured(NamedTuple):
    figures: PairFigures
    agreement: PreferenceAgreement


def figures(bundle: Bundle) -> None:
    """Draw the figures of the comparison, and of all rankers where more than two compete."""
    view, rankers = address.read(CompareView), comparisons.rankers(bundle)
    systems = compared(view, rankers)
    controls(view, rankers)
    drawing = comparisons.drawing(bundle, systems, view.k)
    if not len(drawing.order):
        same(drawing)
        return
    measured = _measured(_version(bundle), bundle.digest, systems, view.k, bundle)
    if not measured.figures.queries:
        notices.empty(
            _("No preferences on these lists yet"),
            _("Compare some queries first: with the keyboard it takes seconds each."),
            icon=":material/compare:",
        )
        st.button(
            _("Compare"),
            type="primary",
            on_click=lambda: address.change(CompareView, view=JUDGE),
        )
    else:
        _sentences(measured.figures, systems)
        _numbers(measured, systems)
    everything = comparisons.store(bundle).all()
    if everything.empty:
        return
    _outdated(bundle, everything, systems, view.k)
    _all(bundle, view, rankers)
    with st.container(horizontal=True, vertical_alignment="center", key="compare.export"):
        n = len(everything)
        counted = ngettext("{n} preference in all", "{n} preferences in all", n)
        st.caption(counted.format(n=formats.whole(n)), width="content")
        downloads(lambda: everything, f"{bundle.name}-preferences", "compare.export")


def _outdated(bundle: Bundle, everything: pd.DataFrame, systems: tuple[str, str], k: int) -> None:
    """Say how many preferences are on lists that these rankers no longer give."""
    sides = everything[["left_system", "right_system"]].isin(systems).all(axis=1)
    n = int((sides & (everything["k"] == k)).sum()) - len(comparisons.present(bundle, systems, k))
    if n > 0:
        st.caption(
            ngettext(
                "{n} older preference is on lists that have changed since, and does not count.",
                "{n} older preferences are on lists that have changed since, and do not count.",
                n,
            ).format(n=formats.whole(n))
            + " "
            + _(
                "Queries whose lists stayed the same are no fair sample of all: judge some more, "
                "so that the figures hold for these rankers."
            )
        )


def _version(bundle: Bundle) -> str:
    return reviews.version_of(reviews.store(bundle))


@st.cache_resource(max_entries=32, show_spinner=False)
def _measured(
    version: str, digest: str, systems: tuple[str, str], k: int, _bundle: Bundle
) -> _Measured:
    said = judgements(comparisons.present(_bundle, systems, k), systems[0])
    drawing = comparisons.drawing(_bundle, systems, k)
    return _Measured(pair_figures(said, drawing, _bundle.manifest.seed), preference_agreement(said))


@st.cache_resource(max_entries=8, show_spinner=False)
def _strengths(version: str, digest: str, k: int, _bundle: Bundle) -> Strengths | None:
    rankers = comparisons.rankers(_bundle)
    given = [comparisons.present(_bundle, pair, k) for pair in pairs_of(rankers)]
    return strengths(pd.concat(given), rankers, _bundle.manifest.seed)


def _sentences(found: PairFigures, systems: tuple[str, str]) -> None:
    """Say who wins, of what, and whether it could be chance."""
    rate, names = found.win_rate, [vocabulary.ranker_name(name) for name in systems]
    value, low, high = rate["value"] or 0, rate["low"] or 0, rate["high"] or 0
    if value < 0.5:
        names, value, low, high = names[::-1], 1 - value, 1 - high, 1 - low
    lead = _("{first} wins {rate} [{low}, {high}] of {queries} against {second}.").format(
        first=names[0],
        second=names[1],
        rate=formats.percent(value),
        low=_share(low),
        high=_share(high),
        queries=formats.count(found.all_queries, "query", "queries"),
    )
    test = found.sign_test
    if test.settled:
        then = _("Chance alone is ruled out at 5 %.")
    elif found.more is not None:
        then = ngettext(
            "That may still be chance: at this rate about {n} more judgement would settle it.",
            "That may still be chance: at this rate about {n} more judgements would settle it.",
            found.more,
        ).format(n=formats.whole(found.more))
    else:
        then = _(
            "That may be chance, and at this rate not even {n} more judgements would settle it."
        ).format(n=formats.whole(MOST_JUDGEMENTS))
    st.markdown(f"**{formats.escaped(lead)}** {formats.escaped(then)}")
    basis = _(
        "Estimated from {judged}, {reviewers}; {identical} with the same list from both count as "
        "ties."
    ).format(
        judged=formats.count(found.queries, "judged query", "judged queries"),
        reviewers=ngettext("{n} reviewer", "{n} reviewers", found.reviewers).format(
            n=found.reviewers
        ),
        identical=formats.count(found.identical, "query", "queries"),
    )
    st.caption(
        basis,
        help=_(
            "Queries whose lists differ more are drawn more often, so each judged query weighs by "
            "the inverse of its chance to be drawn (Horvitz–Thompson, Hájek): the rate is that "
            "of all queries, not only of those that were shown. Both good and both bad are ties, "
            "half a win for either. The interval is from a bootstrap over queries."
        ),
    )


def _numbers(measured: _Measured, systems: tuple[str, str]) -> None:
    found, agreed = measured.figures, measured.agreement
    first, second = (vocabulary.ranker_name(name) for name in systems)
    test = found.sign_test
    left = found.left_rate
    habit = (
        _("Sides are drawn at random: this is a habit of reviewers, and should be 50 %.")
        if left["low"] is None or left["low"] <= 0.5 <= (left["high"] or 0)
        else _("A position bias. Sides are drawn at random, so it favours no ranker.")
    )
    rows = [
        (
            _("Win rate of {ranker}").format(ranker=first),
            _("Of all queries, each judged one weighted by its chance to be drawn."),
            _rate(found.win_rate, systems[0]),
        ),
        (
            _("Plain rate of {ranker}").format(ranker=first),
            _("Of the judged queries alone, which are those that differ more."),
            _rate(found.plain_rate, systems[0]),
        ),
        (
            _("Sign test"),
            _("Queries that {first} and {second} win. Below 0.05, chance is ruled out.").format(
                first=first, second=second
            ),
            plain(
                _p(test.p),
                _("{wins} : {losses}, ties: {ties}").format(
                    wins=test.wins, losses=test.losses, ties=test.ties
                ),
            ),
        ),
        (
            _("Judgements still needed"),
            _(
                "New queries until the sign test rules out chance with a probability of 80 %, "
                "if the rate stays as it is."
            ),
            plain(_needed(found)),
        ),
        (
            _("Both good, both bad"),
            _("Of {preferences}.").format(
                preferences=formats.count(found.judgements, "preference", "preferences")
            ),
            plain(f"{formats.whole(found.both_good)}, {formats.whole(found.both_bad)}"),
        ),
        (_("Left list preferred"), habit, _rate(left)),
        (_("Agreement between reviewers"), *_agreement(agreed)),
    ]
    figure_rows(
        [_("Figure"), _("Value")],
        [[plain(name, meaning), value] for name, meaning, value in rows],
        "preferences",
    )


def _p(p: float | None) -> str:
    if p is None:
        return "–"
    text = "p < 0.001" if p < 0.001 else f"p = {formats.digits(p)}"
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def _needed(found: PairFigures) -> str:
    if found.more is None:
        return f"> {formats.whole(MOST_JUDGEMENTS)}"
    return formats.whole(found.more)


def _agreement(agreed: PreferenceAgreement) -> tuple[str, str]:
    if agreed.same is None:
        return _("No query has been compared by two reviewers yet."), "–"
    meaning = _(
        "The same choice on {same} of {queries} that several compared. Krippendorff's α: 1 is full "
        "agreement, 0 is agreement by chance."
    ).format(
        same=formats.percent(agreed.same),
        queries=formats.count(agreed.units, "query", "queries"),
    )
    return meaning, plain("α –" if agreed.alpha is None else f"α = {formats.digits(agreed.alpha)}")


def _rate(rate: Estimate, ranker: str = "") -> str:
    if rate["value"] is None or rate["low"] is None or rate["high"] is None:
        return "–"
    strip = estimate(**rate, colour=RANKER_COLOURS.get(ranker, NEUTRAL))
    _digits, bar = strip.split("<span", 1)
    written = plain(
        formats.percent(rate["value"]), f"{_share(rate['low'])} – {_share(rate['high'])} %"
    )
    return f"{written}<span{bar}"


def _share(value: float) -> str:
    return f"{value * 100:.0f}"


def _all(bundle: Bundle, view: CompareView, rankers: tuple[str, ...]) -> None:
    """Draw every comparison of this bundle that has preferences, and the rankers' strengths."""
    version = _version(bundle)
    rows = []
    for pair in pairs_of(rankers):
        if not len(comparisons.drawing(bundle, pair, view.k).order):
            continue
        found = _measured(version, bundle.digest, pair, view.k, bundle).figures
        if found.queries:
            link = address.link("compare", replace(view, first=pair[0], second=pair[1]))
            rows.append(
                [
                    f"<a href='{html.escape(link)}'>{html.escape(pair_name(pair))}</a>",
                    plain(formats.whole(found.queries)),
                    _rate(found.win_rate, pair[0]),
                    plain(_p(found.sign_test.p)),
                ]
            )
    if len(rows) < 2:
        return
    st.header(_("All comparisons"), anchor=False)
    figure_rows(
        [_("Rankers"), _("Queries"), _("Win rate of the first"), _("Sign test")],
        rows,
        "preferences",
    )
    ranked = _strengths(version, bundle.digest, view.k, bundle)
    st.header(
        _("Strengths"),
        anchor=False,
        help=_(
            "Bradley and Terry's model puts rankers that were compared two at a time on one scale: "
            "log-odds, 0 on average. A ranker that is 1 above another wins 73 % against it. It "
            "counts the judged queries, each with the same weight."
        ),
    )
    if ranked is None:
        st.caption(
            _(
                "They can be told once three rankers have been compared and each has won or tied "
                "against the others, at least by way of a third."
            )
        )
        return
    figure_rows(
        [_("Ranker"), _("Strength")],
        [
            [
                ranker_cell(name),
                plain(
                    formats.digits(one["value"], signed=True),
                    f"{formats.digits(one['low'], signed=True)} … "
                    f"{formats.digits(one['high'], signed=True)}",
                ),
            ]
            for name, one in ((name, ranked.of[name]) for name in ranked.systems)
        ],
        "preferences",
    )
