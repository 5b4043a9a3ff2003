"""Both curves with all rankers overlaid."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import streamlit as st

from mmrec_app.evaluation.section import heading, section
from mmrec_app.evaluation.view import EvaluationView
from mmrec_app.i18n import _
from mmrec_app.shared import held_out, query_sets
from mmrec_app.state import address
from mmrec_app.words import vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.evaluation.curves import threshold_at
from mmrec_core.plots.ranker_curves import precision_recall_plot, roc_plot

PLOTLY = {"displayModeBar": False}


def curve_panel(bundle: Bundle, view: EvaluationView, ranker: str) -> None:
    """Draw ROC and precision–recall; a click on a name in the legend isolates a ranker."""
    at = f"{ranker} {view.threshold}"  # another ranker or threshold starts without a clicked point
    rows = query_sets.rows(bundle, view.set)
    curves = held_out.curves_of(bundle, ranker, rows)
    names = {name: vocabulary.ranker_name(name) for name in curves.roc}
    section(
        _("Over all thresholds"),
        _(
            "All held-out pairs together. The band is the 95 % interval of the selected ranker, "
            "from a bootstrap over queries. Click a name in the legend to show that ranker "
            "alone, and again to show all. Click a point to look at its threshold below, with the "
            "pairs that it counts."
        ),
        lambda: _table(curves),
        "curves",
    )
    left, right = st.columns(2, gap="large")
    with left:
        heading(_("ROC curve"))
        st.plotly_chart(
            roc_plot(
                curves.roc,
                names,
                band=curves.roc_band,
                emphasised=ranker,
                x=_("false positive rate"),
                y=_("true positive rate"),
            ),
            key=f"evaluation.roc {at}",
            on_select=_to_threshold(bundle, f"evaluation.roc {at}", "fpr", "recall"),
            selection_mode="points",
            config=PLOTLY,
            alt=_("ROC curves of all rankers on held-out pairs"),
        )
    with right:
        heading(_("Precision and recall"))
        st.plotly_chart(
            precision_recall_plot(
                curves.precision_recall,
                names,
                band=curves.precision_recall_band,
                emphasised=ranker,
                share=float(held_out.scored(bundle, rows)["relevance"].mean()),
                x=_("recall"),
                y=_("precision"),
            ),
            key=f"evaluation.precision {at}",
            on_select=_to_threshold(bundle, f"evaluation.precision {at}", "recall", "precision"),
            selection_mode="points",
            config=PLOTLY,
            alt=_("Precision–recall curves of all rankers on held-out pairs"),
        )


def _to_threshold(bundle: Bundle, key: str, across: str, up: str) -> Callable[[], None]:
    """Return a callback that sets the threshold at which a ranker has the rates of a point."""

    def take() -> None:
        points = st.session_state[key]["selection"]["points"]
        if not points or not bundle.has_ranker:
            return
        ranker = str(np.ravel(points[0]["customdata"])[0])
        rows = query_sets.rows(bundle, address.read(EvaluationView).set)
        rates = held_out.thresholds(bundle, ranker, rows).rates
        threshold = threshold_at(rates, **{across: points[0]["x"], up: points[0]["y"]})
        address.change(EvaluationView, ranker=ranker, threshold=threshold)

    return take


def _table(curves: held_out.Curves) -> pd.DataFrame:
    parts = [
        curve.set_axis(["x", "y"], axis=1).assign(curve=kind, ranker=ranker)
        for kind, group in (("roc", curves.roc), ("precision_recall", curves.precision_recall))
        for ranker, curve in group.items()
    ]
    return pd.concat(parts, ignore_index=True)[["curve", "ranker", "x", "y"]]
