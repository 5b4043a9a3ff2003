"""A confusion matrix at one threshold."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from mmrec_core.plots.chart import framed
from mmrec_core.plots.palette import BLUE, VERMILION

_CELLS = (("tp", "fn"), ("fp", "tn"))


def confusion_plot(
    counts: pd.Series,
    names: Mapping[str, str],
    *,
    height: int = 270,
) -> go.Figure:
    """Draw counts and shares of each true kind: blue is right, vermilion is wrong.

    Parameters
    ----------
    counts : Series
        One row of `mmrec_core.curves.at_thresholds`: ``tp``, ``fp``, ``fn``, ``tn``.
    names : mapping of str to str
        What ``relevant``, ``irrelevant`` (the truth), ``called`` and ``not_called`` are called.
    height : int
        In pixels.
    """
    table = np.array([[counts[cell] for cell in row] for row in _CELLS], dtype=float)
    shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    right = np.array([[1, -1], [-1, 1]])
    columns, rows = [names["called"], names["not_called"]], [names["relevant"], names["irrelevant"]]
    figure = go.Figure(
        go.Heatmap(
            z=shares * right,
            x=columns,
            y=rows,
            customdata=table,
            colorscale=[[0, VERMILION], [0.5, "rgba(128, 132, 145, 0.06)"], [1, BLUE]],
            zmin=-1.35,
            zmax=1.35,
            showscale=False,
            opacity=0.6,
            xgap=4,
            ygap=4,
            hovertemplate="%{y}, %{x}: %{customdata:,}<extra></extra>",
        )
    )
    for (i, j), count in np.ndenumerate(table):  # set as text of the page, legible on any theme
        text = f"<b>{count:,.0f}</b><br>{shares[i, j]:.0%}"
        figure.add_annotation(
            x=columns[j], y=rows[i], text=text, showarrow=False, font={"size": 15}
        )
    return framed(
        figure,
        x="",
        y="",
        height=height,
        xaxis={"side": "top", "showgrid": False},
        yaxis={"autorange": "reversed", "showgrid": False},
    )
