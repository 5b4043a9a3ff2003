"""One threshold, live: error rates, the confusion matrix, calibration and scores."""

import numpy as np
import pandas as pd
import streamlit as st
from scipy.special import logit

from mmrec_app.evaluation import score_figures
from mmrec_app.evaluation.confusion_matrix import confusion_matrix
from mmrec_app.evaluation.cost_panel import cost_panel
from mmrec_app.evaluation.curve_panel import PLOTLY
from mmrec_app.evaluation.section import heading, section
from mmrec_app.evaluation.view import EvaluationView, current, in_focus
from mmrec_app.i18n import _
from mmrec_app.served.recommenders import recommender_of
from mmrec_app.shared import held_out, query_sets
from mmrec_app.shared.figure_table import figures, plain
from mmrec_app.shared.fragment import fragment
from mmrec_app.state import address
from mmrec_app.words import formats, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.evaluation.curves import at_thresholds
from mmrec_core.plots.error_rates import error_rates_plot
from mmrec_core.ranker.model import Ranker


def title(ranker: str) -> str:
    """Return the heading of the section."""
    return _("Threshold: {ranker}").format(ranker=vocabulary.ranker_name(ranker))


@fragment
def threshold_panel(bundle: Bundle) -> None:
    """Draw what a threshold of the probability does; the slider redraws this part alone."""
    address.pending_turn()
    recommender = recommender_of(bundle)
    view = current(recommender.rankers)
    ranker = in_focus(view, recommender.rankers)
    rows = query_sets.rows(bundle, view.set)
    thresholds = held_out.thresholds(bundle, ranker, rows)
    trained = recommender.ranker
    section(
        title(ranker),
        _(
            "A pair is predicted to be relevant if its calibrated probability reaches the "
            "threshold."
        ),
        lambda: thresholds.rates,
        "thresholds",
        ranker,
    )
    if trained is None:
        st.caption(_("No ranker was trained, so scores have no calibrated probability."))
        score_figures.histogram(view, thresholds, ranker, None, opens=False)
        return
    chosen = trained.thresholds[ranker]
    threshold = chosen if view.threshold is None else view.threshold
    _slider(view, threshold, chosen, ranker)
    scored = held_out.scored(bundle, rows)
    relevance, probability = (scored[c].to_numpy() for c in ("relevance", f"{ranker}_probability"))
    counts = at_thresholds(relevance, probability, np.array([threshold])).iloc[0]
    rates, matrix, numbers = st.columns([1.7, 1.2, 0.9], gap="large")
    with rates:
        _rates(thresholds, threshold)
    with matrix:
        confusion_matrix(view, ranker, counts)
    with numbers:
        _numbers(counts)
    cost_panel(bundle, view, ranker, threshold)
    left, right = st.columns(2, gap="large")
    with left:
        score_figures.histogram(view, thresholds, ranker, _score_at(trained, ranker, threshold))
    with right:
        score_figures.calibration(view, thresholds, ranker)


def _slider(view: EvaluationView, threshold: float, chosen: float, ranker: str) -> None:
    st.session_state["evaluation.threshold"] = threshold
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.slider(
            _("Threshold"),
            0.0,
            1.0,
            step=0.01,
            format="%.2f",
            key="evaluation.threshold",
            on_change=lambda: address.change(
                EvaluationView, threshold=st.session_state["evaluation.threshold"]
            ),
            help=_(
                "Initially {threshold}, where {ranker} has its highest F1 on the validation "
                "queries. Every query counts the same, however many pairs it has."
            ).format(threshold=formats.digits(chosen), ranker=vocabulary.ranker_name(ranker)),
        )
        st.button(
            _("Reset to the validation threshold"),
            key="evaluation.threshold_reset",
            icon=":material/restart_alt:",
            type="tertiary",
            disabled=view.threshold is None,
            on_click=lambda: address.change(EvaluationView, threshold=None),
        )


def _rates(thresholds: held_out.Thresholds, threshold: float) -> None:
    heading(_("Error rates"))
    names = {
        "fpr": _("false positives (FPR)"),
        "fnr": _("false negatives (FNR)"),
        "precision": _("precision"),
        "f1": "F1",
    }
    st.plotly_chart(
        error_rates_plot(
            thresholds.rates, threshold, names, x=_("probability threshold"), y=_("share")
        ),
        key="evaluation.rates",
        config=PLOTLY,
        alt=_("False positive and false negative rate against the threshold"),
    )


def _numbers(counts: pd.Series) -> None:
    names = {
        "precision": (_("Precision"), _("of pairs predicted relevant")),
        "recall": (_("Recall"), _("of relevant pairs")),
        "f1": ("F1", _("their harmonic mean")),
        "fpr": ("FPR", _("of irrelevant pairs")),
        "fnr": ("FNR", _("of relevant pairs, missed")),
    }
    rows = [
        [plain(name, note), f"<b>{formats.digits(float(counts[column]))}</b>"]
        for column, (name, note) in names.items()
    ]
    figures([_("At this threshold"), ""], rows)


def _score_at(trained: Ranker, ranker: str, threshold: float) -> float | None:
    """Return the raw score that has this probability, None where there is none."""
    calibration = trained.calibration[ranker]
    if not calibration.slope or not 0 < threshold < 1:
        return None
    return float((logit(threshold) - calibration.intercept) / calibration.slope)
