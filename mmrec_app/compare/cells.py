"""Cells and sentences that the figures of both ways to judge share."""

from mmrec_app.compare.comparisons import Comparison
from mmrec_app.i18n import _, ngettext
from mmrec_app.shared.figure_table import estimate, plain
from mmrec_app.words import formats
from mmrec_core.evaluation.bootstrap import Estimate
from mmrec_core.plots.chart import RANKER_COLOURS
from mmrec_core.plots.palette import NEUTRAL
from mmrec_core.preferences.agreement import PreferenceAgreement
from mmrec_core.preferences.figures import MOST_JUDGEMENTS, PairFigures, SignTest
from mmrec_core.preferences.interleaving_figures import InterleavedFigures
from mmrec_core.preferences.systems import ranker_of

Row = tuple[str, str, str]
"""A figure's name, what it means, and its value as HTML."""


Figures = PairFigures | InterleavedFigures

_FAIR = 0.9
"""Share of the judged queries that must be the first of the order to be a fair sample."""


def said(found: Figures, rate: Estimate, plain_rate: Estimate, compared: Comparison) -> str:
    """Say who wins, of what, on what grounds, and whether it could be chance, as Markdown.

    Where what was judged is no fair sample of all queries, it is said of the judged ones alone.
    """
    fair = found.in_order >= _FAIR
    lead = _winner(found, rate if fair else plain_rate, compared, fair)
    parts = [f"**{formats.escaped(lead)}**", formats.escaped(_chance(found, compared))]
    if not fair:
        unfair = _(
            "These queries are no fair sample of all: some were judged in a query set, or lists of "
            "others have changed since. Choose that set, or judge more of all."
        )
        parts.insert(1, formats.escaped(unfair))
    return " ".join(parts)


def _winner(found: Figures, rate: Estimate, compared: Comparison, fair: bool) -> str:
    names = [compared.name(system) for system in compared.systems]
    value, low, high = rate["value"] or 0, rate["low"] or 0, rate["high"] or 0
    if value < 0.5:
        names, value, low, high = names[::-1], 1 - value, 1 - high, 1 - low
    of_all = _(
        "{first} wins {rate} [{low}, {high}] {of_queries} against {second}: estimated from "
        "{judged}, {reviewers}."
    )
    of_judged = _(
        "{first} wins {rate} [{low}, {high}] against {second}, of {judged} alone, {reviewers}."
    )
    return (of_all if fair else of_judged).format(
        first=names[0],
        second=names[1],
        rate=formats.share(value),
        low=share(low),
        high=share(high),
        of_queries=of_queries(found.all_queries),
        judged=formats.count(found.queries, "judged query", "judged queries"),
        reviewers=ngettext("{n} reviewer", "{n} reviewers", found.reviewers).format(
            n=found.reviewers
        ),
    )


def _chance(found: Figures, compared: Comparison) -> str:
    more, unjudged = found.more, found.unjudged
    if found.sign_test.settled:
        return _("Chance alone is ruled out at 5 %.")
    if more is not None:
        return ngettext(
            "That may still be chance: at this rate about {n} more judgement would settle it.",
            "That may still be chance: at this rate about {n} more judgements would settle it.",
            more,
        ).format(n=formats.whole(more))
    if unjudged >= MOST_JUDGEMENTS:
        return _(
            "That may be chance, and at this rate not even {n} more judgements would settle it."
        ).format(n=formats.whole(MOST_JUDGEMENTS))
    few = (
        ngettext(
            "That may be chance, and at this rate the {n} query left is too few to settle it.",
            "That may be chance, and at this rate the {n} queries left are too few to settle it.",
            unjudged,
        ).format(n=formats.whole(unjudged))
        if unjudged
        else _("That may be chance, and all queries have been judged.")
    )
    advice = (
        _("More reviewers of the same queries may settle it.")
        if compared.only is None
        else _("A larger query set, or all queries, may settle it.")
    )
    return f"{few} {advice}"


def of_queries(n: int) -> str:
    """Write ``of 53 queries``."""
    return ngettext("of {n} query", "of {n} queries", n).format(n=formats.whole(n))


def ties(identical: int) -> str:
    """Say how many queries are ties that nobody judged."""
    return _("{identical} with the same list from both count as ties.").format(
        identical=formats.count(identical, "query", "queries")
    )


def sign_test(test: SignTest, compared: Comparison) -> Row:
    """Return the row of the sign test."""
    first, second = map(compared.name, compared.systems)
    return (
        _("Sign test"),
        _(
            "Queries that {first} and {second} win. Below 0.05, chance is ruled out, if how many "
            "are judged was decided beforehand: stopping as soon as it falls below makes chance "
            "findings likelier."
        ).format(first=first, second=second),
        plain(
            p(test.p),
            _("{wins} : {losses}, ties: {ties}").format(
                wins=test.wins, losses=test.losses, ties=test.ties
            ),
        ),
    )


def needed(found: Figures) -> Row:
    """Return the row of how many judgements it still takes."""
    meaning = _(
        "New queries until the sign test rules out chance with a probability of 80 %, if the "
        "rate stays as it is. Left to judge: {n}."
    ).format(n=formats.whole(found.unjudged))
    most = formats.whole(min(found.unjudged, MOST_JUDGEMENTS))
    value = f"> {most}" if found.more is None else formats.whole(found.more)
    return _("Judgements still needed"), meaning, plain(value)


def p(value: float | None) -> str:
    """Write the p of a test."""
    if value is None:
        return "–"
    text = "p < 0.001" if value < 0.001 else f"p = {formats.digits(value)}"
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def alpha(agreed: PreferenceAgreement) -> str:
    """Return Krippendorff's alpha as a cell."""
    if agreed.same is None:
        return "–"
    return plain("α –" if agreed.alpha is None else f"α = {formats.digits(agreed.alpha)}")


def rate(of: Estimate, system: str = "") -> str:
    """Return a rate with its interval as a cell, in the colour of a system's ranker."""
    if of["value"] is None or of["low"] is None or of["high"] is None:
        return "–"
    strip = estimate(**of, colour=RANKER_COLOURS.get(ranker_of(system), NEUTRAL))
    _digits, bar = strip.split("<span", 1)
    written = plain(formats.share(of["value"]), f"{share(of['low'])} – {share(of['high'])} %")
    return f"{written}<span{bar}"


def signed(of: Estimate) -> str:
    """Return a difference with its interval as a cell."""
    if of["value"] is None:
        return "–"
    low, high = (formats.digits(of[end], signed=True) for end in ("low", "high"))
    return plain(formats.digits(of["value"], signed=True), f"{low} … {high}")


def share(value: float) -> str:
    """Write a share in percent, without the sign."""
    return f"{value * 100:.0f}"
