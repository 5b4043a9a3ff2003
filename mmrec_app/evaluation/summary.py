"""The head of the page: what was measured on, and every ranker's figures."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from mmrec_app.evaluation import counted
from mmrec_app.evaluation.section import section
from mmrec_app.evaluation.view import MOST_PLACES, EvaluationView, in_focus
from mmrec_app.i18n import _
from mmrec_app.shared import held_out, leads, query_sets
from mmrec_app.shared.figure_table import estimate, figures, ranker_cell
from mmrec_app.state import address
from mmrec_app.words import formats, sentences, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.bundle.build_record import built_metrics
from mmrec_core.bundle.growth import growth_of
from mmrec_core.evaluation.bootstrap import Estimate
from mmrec_core.evaluation.query_figures import DIFFERENCE, with_difference
from mmrec_core.plots.chart import RANKER_COLOURS
from mmrec_core.ranker.model import MODEL

CALIBRATION = "calibration_error"


def lead(bundle: Bundle, view: EvaluationView) -> None:
    """Say how many queries and pairs, how they were held out, and where the labels come from."""
    chosen = query_sets.found(bundle, view.set)
    metrics = held_out.measured(bundle, view.k, None if chosen is None else chosen.rows)
    counts = _("{queries} with {pairs}, {relevant} of them relevant.").format(
        queries=formats.count(metrics["queries"], "held-out query", "held-out queries"),
        pairs=formats.count(metrics["pairs"], "pair", "pairs"),
        relevant=formats.whole(metrics["relevant"]),
    )
    st.markdown(
        f"**{counts}** {provenance(bundle)}", help=formats.escaped(built_metrics(bundle).split)
    )
    grown = growth_of(bundle)
    if grown and grown.added:
        st.caption(
            _("Images added since the build are in no query and no pair of these: {n}.").format(
                n=formats.whole(grown.added)
            )
        )
    if chosen is not None:
        st.caption(
            formats.escaped(query_sets.sentence(chosen))
            + " "
            + _(
                "All figures below are of these queries, with intervals from a bootstrap over "
                "them. What the build measured over all queries is not shown."
            )
        )


def provenance(bundle: Bundle) -> str:
    """Say what scored the held-out queries, and who decided what is relevant to them."""
    folds = built_metrics(bundle).folds
    if folds > 1:
        held = _(
            "Each query was held out once, in one of {n} folds, and scored by what was fitted "
            "without that fold."
        ).format(n=folds)
    else:
        held = _("They are one fold of the queries; nothing was fitted on it.")
    return f"{held} {sentences.relevance_source(bundle.manifest.relevance)}"


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
    """Draw every ranker's figures with intervals, and whether the model is above the best other."""
    measured = held_out.measured(bundle, view.k, query_sets.rows(bundle, view.set))
    by_ranker, best_single = measured["rankers"], measured["best_single"]
    names = ["auc", f"ndcg@{view.k}", "mrr", "map", f"recall@{view.k}"]
    if any(CALIBRATION in row for row in by_ranker.values()):
        names.append(CALIBRATION)
    section(
        _("Rankers"),
        _(
            "AUC pools all pairs: it is the chance that a relevant pair scores above an "
            "irrelevant one. The calibration error is how far probabilities are from the "
            "observed shares, on average: lower is better. The others are means over the queries "
            "that have a relevant pair: {n} of {all}. Grey: 95 % intervals, from a bootstrap "
            "over queries. Bold: the best in each column."
        ).format(n=measured["queries_with_relevant"], all=measured["queries"]),
        lambda: _table(by_ranker),
        "metrics",
    )
    best = {name: _best(by_ranker, name) for name in names}
    rows = []
    for ranker, row in by_ranker.items():
        colour = RANKER_COLOURS.get(ranker, "gray")
        cells = (
            estimate(**row[metric], colour=colour, best=ranker == best[metric])
            if metric in row
            else "–"
            for metric in names
        )
        rows.append([ranker_cell(ranker, tag_of_best(ranker, measured)), *cells])
    figures([_("Ranker"), *map(title, names)], rows, "rankers")
    model = by_ranker.get(MODEL)
    if model and best_single:
        above = {
            metric: model[f"{metric}_above"][best_single]
            for metric in (f"ndcg@{view.k}", "mrr", f"recall@{view.k}")
        }
        st.markdown(_verdict(above, best_single))
        _worse(bundle, view, [name for name in by_ranker if name != MODEL])


def tag_of_best(ranker: str, metrics: Mapping[str, Any]) -> str:
    """Return what a table writes beside the best single ranker, "" beside others."""
    is_best = ranker == metrics.get("best_single") and MODEL in metrics.get("rankers", {})
    return _("best single ranker") if is_best else ""


def _worse(bundle: Bundle, view: EvaluationView, others: list[str]) -> None:
    """Draw how many queries CatBoost ranks worse than each other ranker: links to these."""
    table = held_out.figures_of_queries(bundle, view.k)
    rows = query_sets.rows(bundle, view.set)
    table = table if rows is None else table[table["query"].isin(rows)]
    links = []
    for other in others:
        n = int((with_difference(table, other)[DIFFERENCE] < 0).sum())
        text = _("worse than {ranker}: {queries}").format(
            ranker=vocabulary.ranker_name(other), queries=formats.count(n, "query", "queries")
        )
        links.append((text, counted.queries(view, worse_than=other, sort=DIFFERENCE)))
    leads.line(links, _("CatBoost is"))


def title(metric: str) -> str:
    """Return a metric's usual spelling."""
    if metric == CALIBRATION:
        return _("calibration error")
    return metric.upper() if metric in ("auc", "mrr", "map") else metric.replace("ndcg", "nDCG")


def _best(by_ranker: dict[str, Any], metric: str) -> str:
    """Return the ranker with the highest figure; of errors, the lowest."""
    sign = -1 if metric == CALIBRATION else 1
    values = {
        ranker: sign * row[metric]["value"]
        for ranker, row in by_ranker.items()
        if metric in row and row[metric]["value"] is not None
    }
    return max(values, key=lambda ranker: values[ranker], default="")


def _verdict(above: dict[str, Estimate], other: str) -> str:
    """Write the model's differences to another ranker, and what the first of them says."""
    differences = ", ".join(
        f"{title(metric)} {formats.digits(one['value'], True)} "
        f"({formats.digits(one['low'], True)} … {formats.digits(one['high'], True)})"
        for metric, one in above.items()
    )
    text = _("CatBoost minus {other}, the best single ranker: {differences}").format(
        other=vocabulary.ranker_name(other), differences=differences
    )
    first, one = next(iter(above.items()))
    low, high = one["low"] or 0, one["high"] or 0
    if low > 0:
        then = _("Better in {metric} on the same queries.")
    elif high < 0:
        then = _("Worse in {metric} on the same queries.")
    else:
        then = _("In {metric} the interval includes 0: these queries do not tell the two apart.")
    return f"{formats.escaped(text)}. **{formats.escaped(then.format(metric=title(first)))}**"


def _table(by_ranker: dict[str, Any]) -> pd.DataFrame:
    rows = []
    for ranker, row in by_ranker.items():
        for metric, value in row.items():
            if isinstance(value, dict) and "value" in value:
                rows.append({"ranker": ranker, "metric": metric, **value})
            elif isinstance(value, dict):
                for other, difference in value.items():
                    rows.append({"ranker": ranker, "metric": f"{metric} {other}", **difference})
            else:
                rows.append({"ranker": ranker, "metric": metric, "value": value})
    return pd.DataFrame(rows)
