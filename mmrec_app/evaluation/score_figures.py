"""Scores by relevance, and calibration: every bar and point opens the pairs that it counts."""

from typing import Any

from mmrec_app.evaluation import counted
from mmrec_app.evaluation.section import heading
from mmrec_app.evaluation.view import EvaluationView
from mmrec_app.i18n import _
from mmrec_app.shared import leads
from mmrec_app.shared.held_out import Thresholds
from mmrec_app.state import address
from mmrec_app.words import formats, vocabulary
from mmrec_core.evaluation.wrong_pairs import ALL
from mmrec_core.plots.calibration_curve import CURVE, calibration_plot
from mmrec_core.plots.score_histogram import SERIES, score_histogram


def histogram(
    view: EvaluationView,
    thresholds: Thresholds,
    ranker: str,
    score: float | None,
    opens: bool = True,
) -> None:
    """Draw the scores of both kinds of pairs; without probabilities no page lists them."""
    heading(_("Scores by relevance"), help=_("A bar opens its pairs.") if opens else None)

    def bar(series: int, place: int) -> dict[str, Any] | None:
        if not opens or series >= len(SERIES):
            return None
        return counted.pairs(view, ranker, kind=ALL, known=SERIES[series], bin=f"score:{place}")

    names = {"relevant": _("relevant"), "irrelevant": _("irrelevant")}
    leads.plot(
        score_histogram(
            thresholds.histogram,
            threshold=score,
            relevant=names["relevant"],
            irrelevant=names["irrelevant"],
            x=_("raw score, {unit}").format(unit=vocabulary.unit(ranker)),
            y=_("share of the group"),
            pairs=_("pairs"),
        ),
        "evaluation.histogram",
        "errors",
        bar,
        alt=_("Histogram of the scores of relevant and irrelevant pairs"),
    )
    if not opens:
        return
    links = [
        (
            f"{formats.digits(row['left'])} … {formats.digits(row['right'])}: "
            f"{formats.count(int(row[kind]), 'pair', 'pairs')}, {names[kind]}",
            address.href("errors", **(bar(series, place) or {})),
        )
        for place, row in enumerate(thresholds.histogram.to_dict("records"))
        for series, kind in enumerate(SERIES)
        if row[kind]
    ]
    leads.listed(_("Pairs by score"), links)


def calibration(view: EvaluationView, thresholds: Thresholds, ranker: str) -> None:
    """Draw how often pairs are relevant against the probability that they were given."""
    heading(
        _("Calibration"),
        help=_(
            "Ten bins with equal numbers of pairs; within a bin, every query counts the same. "
            "The 95 % Wilson intervals treat pairs as independent, so they are slightly too "
            "narrow. On the diagonal, probabilities match the observed shares. A point opens its "
            "pairs."
        ),
    )

    def point(series: int, place: int) -> dict[str, Any] | None:
        if series != CURVE:
            return None
        return counted.pairs(view, ranker, kind=ALL, bin=f"probability:{place}")

    leads.plot(
        calibration_plot(
            thresholds.calibration,
            ranker,
            x=_("predicted probability"),
            y=_("share of relevant pairs"),
            pairs=_("pairs"),
        ),
        "evaluation.calibration",
        "errors",
        point,
        alt=_("Calibration curve: share of relevant pairs against the predicted probability"),
    )
    links = [
        (
            _("predicted {probability}, {share} relevant: {pairs}").format(
                probability=formats.percent(row["probability"]),
                share=formats.percent(row["share"]),
                pairs=formats.count(int(row["pairs"]), "pair", "pairs"),
            ),
            address.href("errors", **(point(CURVE, place) or {})),
        )
        for place, row in enumerate(thresholds.calibration.to_dict("records"))
    ]
    leads.listed(_("Pairs by probability"), links)
