"""ROC curves of the rankers."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from mmrec_core.plots.chart import FAINT, SHARE, add_band, add_ranker, framed


def roc_plot(
    curves: Mapping[str, pd.DataFrame],
    names: Mapping[str, str],
    *,
    band: pd.DataFrame,
    emphasised: str,
    x: str = "false positive rate",
    y: str = "true positive rate",
    height: int = 360,
) -> go.Figure:
    """Draw the share of relevant pairs found against the share of irrelevant ones let in.

    Parameters
    ----------
    curves : mapping of str to DataFrame
        Each ranker's `mmrec_core.evaluation.curves.roc`.
    names : mapping of str to str
        What the rankers are called.
    band : DataFrame
        The 95 % band of ``emphasised``: ``fpr``, ``low``, ``high``.
    emphasised : str
        The ranker drawn thick.
    x, y : str
        The axes' titles.
    height : int
        In pixels.
    """
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line={"color": FAINT, "width": 1.5}, showlegend=False,
        hoverinfo="skip",
    )  # fmt: skip
    add_band(figure, emphasised, band["fpr"], band["low"], band["high"])
    for ranker, curve in curves.items():
        hover = f"{x} %{{x:.2f}}<br>{y} %{{y:.2f}}"
        add_ranker(
            figure, ranker, names[ranker], curve["fpr"], curve["tpr"], hover, ranker == emphasised
        )
    return framed(figure, x=x, y=y, height=height, xaxis=SHARE, yaxis=SHARE)
