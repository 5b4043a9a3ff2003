"""The head of the page: what was measured on, every ranker's figures, and the candidate stage."""

import html
from typing import Any

import pandas as pd
import streamlit as st

from mmrec_app.evaluation.section import figures, plain, section
from mmrec_app.evaluation.view import MOST_PLACES, EvaluationView, in_focus
from mmrec_app.i18n import _
from mmrec_app.shared import captions, held_out
from mmrec_app.state import address
from mmrec_app.words import formats, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.bundle.build_record import built_metrics
from mmrec_core.evaluation.bootstrap import Estimate
from mmrec_core.plots.chart import RANKER_COLOURS
from mmrec_core.plots.palette import NEUTRAL


def lead(bundle: Bundle, view: EvaluationView) -> None:
    """Say how many queries and pairs, where the labels come from, and how the split was made."""
    metrics = held_out.measured(bundle, view.k)
    if bundle.manifest.relevance == "judged":
        source = _("Relevance was judged by people.")
    else:
        source = _(
            "Nobody judged these pairs: two images count as relevant if they share a category."
        )
    counts = _("{queries} with {pairs}, {relevant} of them relevant.").format(
        queries=formats.count(metrics["queries"], "held-out query", "held-out queries"),
        pairs=formats.count(metrics["pairs"], "pair", "pairs"),
        relevant=f"{metrics['relevant']:,}",
    )
    st.markdown(f"**{counts}** {source}", help=formats.escaped(built_metrics(bundle).split))


def controls(view: EvaluationView, rankers: tuple[str, ...]) -> None:
    """Draw the choice of the ranker in focus and of k."""
    st.session_state["evaluation.ranker"] = in_focus(view, rankers)
    st.session_state["evaluation.k"] = view.k
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.segmented_control(
            _("Selected ranker"),
            rankers,
            key="evaluation.ranker",
            required=True,
            format_func=vocabulary.ranker_name,
            on_change=lambda: address.change(
                EvaluationView, ranker=st.session_state["evaluation.ranker"]
            ),
            help=_("Bands, thresholds, calibration and slices are those of this ranker."),
        )
        st.number_input(
            "k",
            1,
            MOST_PLACES,
            key="evaluation.k",
            width=110,
            on_change=lambda: address.change(EvaluationView, k=st.session_state["evaluation.k"]),
            help=_("How many of the first results nDCG and recall count."),
        )


def rankers_table(bundle: Bundle, view: EvaluationView) -> None:
    """Draw every ranker's figures with intervals, and whether the model is above the baseline."""
    measured = held_out.measured(bundle, view.k)
    by_ranker = measured["rankers"]
    names = ["auc", f"ndcg@{view.k}", "mrr", "map", f"recall@{view.k}"]
    section(
        _("Rankers"),
        _(
            "AUC pools all pairs: it is the chance that a relevant pair scores above an "
            "irrelevant one. The others are means over the queries that have a relevant pair: "
            "{n} of {all}. Grey: 95 % intervals, from a bootstrap over queries. Bold: the best "
            "in each column."
        ).format(n=measured["queries_with_relevant"], all=measured["queries"]),
        lambda: _table(by_ranker),
        "metrics",
    )
    best = {
        name: max(by_ranker, key=lambda ranker: by_ranker[ranker][name]["value"] or -1)
        for name in names
    }
    rows = []
    for ranker, row in by_ranker.items():
        colour = RANKER_COLOURS.get(ranker, "gray")
        key = f"<i class='key' style='background:{colour}'></i>"
        name = plain(vocabulary.ranker_name(ranker), vocabulary.ranker_meaning(ranker))
        cells = (
            _estimate(**row[metric], colour=colour, best=ranker == best[metric]) for metric in names
        )
        rows.append([key + name, *cells])
    figures([_("Ranker"), *map(title, names)], rows, "rankers")
    above = by_ranker.get("model", {}).get(f"ndcg@{view.k}_above", {}).get("fused")
    if above and above["value"] is not None:
        st.markdown(_verdict(above, view.k))


def stage_table(bundle: Bundle) -> None:
    """Draw the recall of the candidate stage, and what else the build measured."""
    measured, settings = built_metrics(bundle), bundle.manifest.candidates
    section(
        _("Before ranking"),
        _(
            "Recall of candidates: the share of a query's relevant images that are candidates at "
            "all. What is lost here no ranker can bring back."
        ),
        lambda: pd.DataFrame(
            [{"stage": n, **s.model_dump()} for n, s in measured.candidates.items()]
        ),
        "candidates",
    )
    rows = []
    for name, stage in measured.candidates.items():
        note = _("in use") if name == settings.method else ""
        recall = _estimate(stage.recall, stage.low, stage.high)
        size = plain(f"{stage.mean_size:,.0f}")
        rows.append(
            [
                plain(vocabulary.candidate_method(name, settings.nearest_clusters), note),
                recall,
                size,
            ]
        )
    if rows:
        figures([_("Candidates"), _("Recall"), _("Mean size")], rows)
    if search := measured.text_to_image:
        rows = [
            [
                plain(captions.column_name(column), _("among {n}").format(n=found.gallery)),
                *(_estimate(**dict(metric)) for metric in (found.at_1, found.at_5)),
            ]
            for column, found in {"text": search, **search.further}.items()
        ]
        figures([_("A caption finds its picture"), "recall@1", "recall@5"], rows)
    if without := measured.model_without_query_text:
        values = (_estimate(**dict(metric)) for metric in (without.auc, without.ndcg))
        figures([_("If queries had no captions"), "AUC", "nDCG@5"], [[plain("CatBoost"), *values]])


def title(metric: str) -> str:
    """Return a metric's usual spelling."""
    return metric.upper() if metric in ("auc", "mrr", "map") else metric.replace("ndcg", "nDCG")


def _verdict(above: Estimate, k: int) -> str:
    interval = f"{formats.digits(above['low'], True)} … {formats.digits(above['high'], True)}"
    text = _("nDCG@{k}, CatBoost minus the mean of both cosines: {difference} ({interval})").format(
        difference=formats.digits(above["value"], True), k=k, interval=interval
    )
    low, high = above["low"] or 0, above["high"] or 0
    if low > 0:
        then = _("better than the baseline on the same queries.")
    elif high < 0:
        then = _("worse than the baseline on the same queries.")
    else:
        then = _("the interval includes 0, so these queries do not tell the two apart.")
    return f"{formats.escaped(text)}: **{formats.escaped(then)}**"


def _estimate(
    value: float | None,
    low: float | None,
    high: float | None,
    colour: str = NEUTRAL,
    best: bool = False,
) -> str:
    """Return a figure, its interval in digits and as a strip from 0 to 1, as a cell."""
    if value is None or low is None or high is None:
        return "–"
    number = html.escape(formats.digits(value))
    strip = (
        f"<span class='span' style='--mark:{colour}'>"
        f"<i style='left:{low:.1%};width:{high - low:.1%}'></i>"
        f"<u style='left:{value:.1%}'></u></span>"
    )
    interval = html.escape(f"{formats.digits(low)} – {formats.digits(high)}")
    return f"{f'<b>{number}</b>' if best else number}<small>{interval}</small>{strip}"


def _table(by_ranker: dict[str, Any]) -> pd.DataFrame:
    rows = []
    for ranker, row in by_ranker.items():
        for metric, estimate in row.items():
            if isinstance(estimate, dict) and "value" in estimate:
                rows.append({"ranker": ranker, "metric": metric, **estimate})
            elif isinstance(estimate, dict):
                for other, difference in estimate.items():
                    rows.append({"ranker": ranker, "metric": f"{metric} {other}", **difference})
            else:
                rows.append({"ranker": ranker, "metric": metric, "value": estimate})
    return pd.DataFrame(rows)
