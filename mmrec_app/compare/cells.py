"""Cells and sentences that the figures of both ways to judge share."""

from mmrec_app.compare.comparisons import Comparison
from mmrec_app.i18n import _, ngettext
from mmrec_app.shared.figure_table import estimate, plain
from mmrec_app.words import formats
from mmrec_core.evaluation.bootstrap import Estimate
from mmrec_core.plots.chart import RANKER_COLOURS
from mmrec_core.plots.palette import NEUTRAL
from mmrec_core.preferences.agreement import PreferenceAgreement
from mmrec_core.preferences.figures import MOST_JUDGEMENTS, SignTest
from mmrec_core.preferences.systems import ranker_of

Row = tuple[str, str, str]
"""A figure's name, what it means, and its value as HTML."""


def said(rate: Estimate, test: SignTest, more: int | None, compared: Comparison) -> str:
    """Say who wins, of what, and whether it could be chance, as Markdown."""
    names = [compared.name(system) for system in compared.systems]
    value, low, high = rate["value"] or 0, rate["low"] or 0, rate["high"] or 0
    if value < 0.5:
        names, value, low, high = names[::-1], 1 - value, 1 - high, 1 - low
    lead = _("{first} wins {rate} [{low}, {high}] of {queries} against {second}.").format(
        first=names[0],
        second=names[1],
        rate=formats.percent(value),
        low=share(low),
        high=share(high),
        queries=formats.count(len(compared.drawing.sizes), "query", "queries"),
    )
    if test.settled:
        then = _("Chance alone is ruled out at 5 %.")
    elif more is not None:
        then = ngettext(
            "That may still be chance: at this rate about {n} more judgement would settle it.",
            "That may still be chance: at this rate about {n} more judgements would settle it.",
            more,
        ).format(n=formats.whole(more))
    else:
        then = _(
            "That may be chance, and at this rate not even {n} more judgements would settle it."
        ).format(n=formats.whole(MOST_JUDGEMENTS))
    return f"**{formats.escaped(lead)}** {formats.escaped(then)}"


def basis(queries: int, reviewers: int, identical: int) -> str:
    """Say what figures are estimated from."""
    return _(
        "Estimated from {judged}, {reviewers}; {identical} with the same list from both count as "
        "ties."
    ).format(
        judged=formats.count(queries, "judged query", "judged queries"),
        reviewers=ngettext("{n} reviewer", "{n} reviewers", reviewers).format(n=reviewers),
        identical=formats.count(identical, "query", "queries"),
    )


def sign_test(test: SignTest, compared: Comparison) -> Row:
    """Return the row of the sign test."""
    first, second = map(compared.name, compared.systems)
    return (
        _("Sign test"),
        _("Queries that {first} and {second} win. Below 0.05, chance is ruled out.").format(
            first=first, second=second
        ),
        plain(
            p(test.p),
            _("{wins} : {losses}, ties: {ties}").format(
                wins=test.wins, losses=test.losses, ties=test.ties
            ),
        ),
    )


def needed(more: int | None) -> Row:
    """Return the row of how many judgements it still takes."""
    return (
        _("Judgements still needed"),
        _(
            "New queries until the sign test rules out chance with a probability of 80 %, if the "
            "rate stays as it is."
        ),
        plain(f"> {formats.whole(MOST_JUDGEMENTS)}" if more is None else formats.whole(more)),
    )


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
    written = plain(formats.percent(of["value"]), f"{share(of['low'])} – {share(of['high'])} %")
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
