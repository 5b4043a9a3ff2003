"""How often pairs are relevant, against the probability that they were given."""

import pandas as pd
import plotly.graph_objects as go

from mmrec_core.plots.chart import RANKER_COLOURS, SHARE, faint_line, framed
from mmrec_core.plots.palette import NEUTRAL

CURVE = 1
"""The number of the curve among the figure's traces, after the diagonal."""


def calibration_plot(
    calibration: pd.DataFrame,
    ranker: str,
    *,
    x: str = "predicted probability",
    y: str = "share of relevant pairs",
    pairs: str = "pairs",
    height: int = 300,
) -> go.Figure:
    """Draw a calibration curve; on the diagonal, probabilities are what they say.

    Parameters
    ----------
    calibration : DataFrame
        What `mmrec_core.evaluation.curves.calibration` gives.
    ranker : str
        Whose colour.
    x, y : str
        The axes' titles.
    pairs : str
        The word after the number of pairs, in the hover text.
    height : int
        In pixels.
    """
    curve = {
        "type": "scatter",
        "x": calibration["probability"],
        "y": calibration["share"],
        "mode": "lines+markers",
        "line": {"color": RANKER_COLOURS.get(ranker, NEUTRAL), "width": 2},
        "marker": {"size": 7},
        "error_y": {
            "array": calibration["high"] - calibration["share"],
            "arrayminus": calibration["share"] - calibration["low"],
            "thickness": 1.2,
            "width": 3,
        },
        "customdata": calibration["pairs"],
        "hovertemplate": f"{x} %{{x:.2f}}<br>{y} %{{y:.2f}}<br>%{{customdata:,}} {pairs}"
        "<extra></extra>",
    }
    return framed(
        [faint_line((0, 1)), curve],
        x=x,
        y=y,
        height=height,
        xaxis=SHARE,
        yaxis=SHARE,
        showlegend=False,
    )
