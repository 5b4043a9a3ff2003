"""What is lost before ranking, and what remains of the list over the whole collection."""

import pandas as pd
import streamlit as st

from mmrec_app.evaluation import counted
from mmrec_app.evaluation.curve_panel import PLOTLY
from mmrec_app.evaluation.section import heading, section
from mmrec_app.evaluation.summary import tag_of_best
from mmrec_app.evaluation.view import EvaluationView
from mmrec_app.i18n import _
from mmrec_app.shared import captions, leads
from mmrec_app.shared.figure_table import estimate, figures, plain, ranker_cell
from mmrec_app.words import formats, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.bundle.build_record import BuiltMetrics, Measured, built_metrics
from mmrec_core.evaluation.query_figures import RECALL
from mmrec_core.plots.chart import RANKER_COLOURS
from mmrec_core.plots.recall_curve import recall_curve_plot


def end_to_end_table(bundle: Bundle) -> None:
    """Draw every ranker over the whole collection, and where the loss is made."""
    ends = built_metrics(bundle).end_to_end
    if not ends.rankers or ends.retrieval_loss is None:
        return
    lost = ends.retrieval_loss
    section(
        _("Over the whole collection"),
        _(
            "Here a relevant image that never became a candidate counts as missed. Measured by "
            "the build over {n} queries. The loss is what nDCG@5 lacks to 1: retrieval's part is "
            "what even the best order of the candidates lacks, ranking's part is the rest."
        ).format(n=formats.whole(ends.queries)),
        lambda: pd.DataFrame(
            [
                {"ranker": ranker, "metric": metric, **dict(one)}
                for ranker, row in ends.rankers.items()
                for metric, one in (
                    ("ndcg@5", row.ndcg),
                    ("recall@5", row.recall),
                    ("ranking_loss", row.ranking_loss),
                    ("retrieval_loss", lost),
                )
            ]
        ),
        "end_to_end",
    )
    rows = []
    for ranker, row in ends.rankers.items():
        colour = RANKER_COLOURS.get(ranker, "gray")
        cells = (estimate(**dict(one), colour=colour) for one in (row.ndcg, row.recall))
        name = ranker_cell(ranker, under=tag_of_best(ranker, bundle.metrics))
        rows.append([name, *cells, _shares(lost, row.ranking_loss)])
    head = [_("Ranker"), "nDCG@5", "recall@5", _("Loss: retrieval, ranking")]
    figures(head, rows)


def stage_panel(bundle: Bundle, view: EvaluationView) -> None:
    """Draw the recall of the candidates by their number, and what else the build measured."""
    measured, settings = built_metrics(bundle), bundle.manifest.candidates
    section(
        _("Before ranking"),
        _(
            "Recall of candidates: the share of a query's relevant images that are candidates at "
            "all. What is lost here no ranker can bring back."
        ),
        lambda: _table(measured),
        "candidates",
    )
    if measured.candidate_curve:
        drawn, tables = st.columns([1.25, 1], gap="large")
        with drawn:
            _curve(measured, settings.method)
    else:
        tables = st.container()
    with tables:
        _candidates(measured, settings.method, settings.nearest_clusters)
        if measured.candidates:
            lowest = counted.queries(view, sort=RECALL)
            leads.line([(_("Queries by recall of candidates, the lowest first"), lowest)])
        _captions(measured)


def _curve(measured: BuiltMetrics, used: str) -> None:
    heading(_("Recall by number of candidates"))
    curve = pd.DataFrame([dict(point) for point in measured.candidate_curve])
    in_use = measured.candidates.get(used)
    there = set(curve["method"])
    names = {
        name: vocabulary.candidate_source(name)
        for name in vocabulary.CANDIDATE_METHODS
        if name in there
    }
    st.plotly_chart(
        recall_curve_plot(
            curve,
            names,
            used=in_use.mean_size if in_use else None,
            x=_("candidates per query"),
            y=_("recall"),
            in_use=_("in use"),
        ),
        key="evaluation.candidate_curve",
        config=PLOTLY,
        alt=_("Recall of candidates against their number, by how they are found"),
    )


def _candidates(measured: BuiltMetrics, used: str, nearest_clusters: int) -> None:
    rows = [
        [
            plain(
                vocabulary.candidate_method(name, nearest_clusters),
                _("in use") if name == used else "",
            ),
            estimate(stage.recall, stage.low, stage.high),
            plain(formats.whole(round(stage.mean_size))),
        ]
        for name, stage in measured.candidates.items()
    ]
    if rows:
        figures([_("Candidates"), _("Recall"), _("Mean size")], rows)


def _captions(measured: BuiltMetrics) -> None:
    if search := measured.text_to_image:
        heading(
            _("A caption finds its picture"),
            _(
                "Each caption looks for its own picture among some that are held out with it; the "
                "encoders were fitted without these. One fold after the other is held out, where "
                "the build cross-fitted."
            ),
        )
        rows = [
            [
                plain(
                    captions.column_name(column),
                    _("captions: {n}, folds: {folds}, each among {gallery}").format(
                        n=found.queries, folds=found.folds, gallery=found.gallery
                    ),
                ),
                *(estimate(**dict(metric)) for metric in (found.at_1, found.at_5)),
            ]
            for column, found in {"text": search, **search.further}.items()
        ]
        figures([_("Language"), "recall@1", "recall@5"], rows)
    if without := measured.model_without_query_text:
        values = (estimate(**dict(metric)) for metric in (without.auc, without.ndcg))
        figures([_("If queries had no captions"), "AUC", "nDCG@5"], [[plain("CatBoost"), *values]])


def _shares(retrieval: Measured, ranking: Measured) -> str:
    """Return how a ranker's loss divides between the two stages, as a cell."""
    lost = (retrieval.value or 0) + (ranking.value or 0)
    if not lost:
        return "–"
    share = (retrieval.value or 0) / lost
    return plain(f"{formats.percent(share)}, {formats.percent(1 - share)}")


def _table(measured: BuiltMetrics) -> pd.DataFrame:
    """Return the lists in use, then the points of the curve."""
    in_use = [{"stage": name, **dict(row)} for name, row in measured.candidates.items()]
    points = [
        {"stage": point.method, "mean_size": point.size}
        | point.model_dump(include={"step", "recall", "low", "high"})
        for point in measured.candidate_curve
    ]
    return pd.DataFrame([*in_use, *points])
