"""Precision against recall, for each ranker."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from mmrec_core.plots.chart import FAINT, SHARE, add_band, add_ranker, framed

_START = 0.01  # before it, precision jumps with every pair


def precision_recall_plot(
    curves: Mapping[str, pd.DataFrame],
    names: Mapping[str, str],
    *,
    band: pd.DataFrame,
    emphasised: str,
    share: float,
    x: str = "recall",
    y: str = "precision",
    height: int = 360,
) -> go.Figure:
    """Draw which share of what is called relevant is so, against the share found, from 1 % on.

    Parameters
    ----------
    curves : mapping of str to DataFrame
        Each ranker's `mmrec_core.evaluation.curves.precision_recall`.
    names : mapping of str to str
        What the rankers are called.
    band : DataFrame
        The 95 % band of ``emphasised``: ``recall``, ``low``, ``high``.
    emphasised : str
        The ranker drawn thick.
    share : float
        The share of relevant pairs, which blind guessing reaches: a faint line.
    x, y : str
        The axes' titles.
    height : int
        In pixels.

    Examples
    --------
    >>> import pandas as pd
    >>> from mmrec_core.plots.precision_recall import precision_recall_plot
    >>> curve = pd.DataFrame({"recall": [0.5, 1.0], "precision": [1.0, 0.67]})
    >>> band = pd.DataFrame({"recall": [0.5, 1.0], "low": [0.8, 0.5], "high": [1.0, 0.8]})
    >>> figure = precision_recall_plot(
    ...     {"clip": curve}, {"clip": "CLIP"}, band=band, emphasised="clip", share=0.5
    ... )
    >>> figure.data[-1].name
    'CLIP'
    """
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 1], y=[share, share], mode="lines", line={"color": FAINT, "width": 1.5},
        showlegend=False, hoverinfo="skip",
    )  # fmt: skip
    add_band(figure, emphasised, band["recall"], band["low"], band["high"])
    for ranker, curve in curves.items():
        curve = curve[curve["recall"] >= _START]
        add_ranker(
            figure,
            ranker,
            names[ranker],
            curve["recall"],
            curve["precision"],
            f"{x} %{{x:.2f}}<br>{y} %{{y:.2f}}",
            ranker == emphasised,
        )
    return framed(figure, x=x, y=y, height=height, xaxis=SHARE, yaxis=SHARE)
