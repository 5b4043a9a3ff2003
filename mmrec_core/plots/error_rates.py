"""Both error rates, precision, recall and F1 against the threshold."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from mmrec_core.plots.chart import SHARE, framed, vertical_line
from mmrec_core.plots.palette import BLUE, GREEN, ORANGE, VERMILION

_LINES = {
    "fpr": (VERMILION, "solid", 2.6),
    "fnr": (BLUE, "solid", 2.6),
    "precision": (GREEN, "dash", 1.6),
    "f1": (ORANGE, "dot", 1.6),
}


def error_rates_plot(
    rates: pd.DataFrame,
    threshold: float,
    names: Mapping[str, str],
    *,
    x: str = "probability threshold",
    y: str = "share",
    height: int = 330,
) -> go.Figure:
    """Draw what each threshold does, with a line at the chosen one.

    Parameters
    ----------
    rates : DataFrame
        What `mmrec_core.evaluation.curves.at_thresholds` gives.
    threshold : float
        Where the vertical line stands.
    names : mapping of str to str
        What ``fpr``, ``fnr``, ``precision`` and ``f1`` are called.
    x, y : str
        The axes' titles.
    height : int
        In pixels.
    """
    traces = [
        {
            "type": "scatter",
            "x": rates["threshold"],
            "y": rates[column],
            "name": names[column],
            "mode": "lines",
            "line": {"color": colour, "dash": dash, "width": width},
            "hovertemplate": f"{names[column]} %{{y:.2f}}<extra></extra>",
        }
        for column, (colour, dash, width) in _LINES.items()
    ]
    chosen = {
        "x": threshold,
        "y": 1.0,
        "yref": "paper",
        "text": f"{threshold:.2f}",
        "showarrow": False,
        "xanchor": "left" if threshold < 0.85 else "right",
        "xshift": 5 if threshold < 0.85 else -5,
        "font": {"size": 12},
    }
    return framed(
        traces,
        x=x,
        y=y,
        height=height,
        xaxis=SHARE,
        yaxis=SHARE,
        shapes=[vertical_line(threshold, width=2)],
        annotations=[chosen],
        hovermode="x unified",
    )
