"""Both curves with all rankers overlaid."""

import pandas as pd
import streamlit as st

from mmrec_app.evaluation.section import heading, section
from mmrec_app.i18n import _
from mmrec_app.shared import held_out
from mmrec_app.words import vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.plots.ranker_curves import precision_recall_plot, roc_plot

PLOTLY = {"displayModeBar": False}


def curve_panel(bundle: Bundle, ranker: str) -> None:
    """Draw ROC and precision–recall; a click on a name in the legend isolates a ranker."""
    curves = held_out.curves_of(bundle, ranker)
    names = {name: vocabulary.ranker_name(name) for name in curves.roc}
    section(
        _("Over all thresholds"),
        _(
            "All held-out pairs together. The band is the 95 % interval of the selected ranker, "
            "from a bootstrap over queries. Click a name in the legend to show that ranker "
            "alone, and again to show all."
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
            key="evaluation.roc",
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
                share=float(held_out.scored(bundle)["relevance"].mean()),
                x=_("recall"),
                y=_("precision"),
            ),
            key="evaluation.precision_recall",
            config=PLOTLY,
            alt=_("Precision–recall curves of all rankers on held-out pairs"),
        )


def _table(curves: held_out.Curves) -> pd.DataFrame:
    parts = [
        curve.set_axis(["x", "y"], axis=1).assign(curve=kind, ranker=ranker)
        for kind, group in (("roc", curves.roc), ("precision_recall", curves.precision_recall))
        for ranker, curve in group.items()
    ]
    return pd.concat(parts, ignore_index=True)[["curve", "ranker", "x", "y"]]
