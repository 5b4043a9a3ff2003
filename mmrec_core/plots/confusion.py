"""A confusion matrix at one threshold."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from mmrec_core.plots.chart import framed

RIGHT, WRONG, EMPTY = "#8CBCDC", "#F0AE7B", "#ECEDF0"  # blue and vermilion, pale under dark text
INK = "#1D1E24"
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
        One row of `mmrec_core.evaluation.curves.at_thresholds`: ``tp``, ``fp``, ``fn``, ``tn``.
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
            colorscale=[[0, WRONG], [0.5, EMPTY], [1, RIGHT]],
            zmin=-1,
            zmax=1,
            showscale=False,
            xgap=4,
            ygap=4,
            hovertemplate="%{y}, %{x}: %{customdata:,}<extra></extra>",
        )
    )
    for (i, j), count in np.ndenumerate(table):
        figure.add_annotation(
            x=columns[j],
            y=rows[i],
            text=f"<b>{count:,.0f}</b><br>{shares[i, j]:.0%}",
            showarrow=False,
            font={"size": 15, "color": INK},
        )
    return framed(
        figure,
        x="",
        y="",
        height=height,
        xaxis={"side": "top", "showgrid": False},
        yaxis={"autorange": "reversed", "showgrid": False},
    )
