"""Scores of relevant and of irrelevant pairs."""

import pandas as pd
import plotly.graph_objects as go

from mmrec_core.plots.chart import Part, framed, vertical_line
from mmrec_core.plots.palette import BLUE, VERMILION

SERIES = ("irrelevant", "relevant")
"""The histogram's columns in the order of the figure's traces."""


def score_histogram(
    histogram: pd.DataFrame,
    *,
    threshold: float | None = None,
    relevant: str = "relevant",
    irrelevant: str = "irrelevant",
    x: str = "score",
    y: str = "share of the group",
    pairs: str = "pairs",
    height: int = 300,
) -> go.Figure:
    """Draw how scores are distributed, each kind of pair as shares of its own number.

    Parameters
    ----------
    histogram : DataFrame
        What `mmrec_core.evaluation.curves.histogram` gives.
    threshold : float, optional
        A score at which a line stands.
    relevant, irrelevant : str
        What the two kinds are called.
    x, y : str
        The axes' titles.
    pairs : str
        The word after the number of pairs, in the hover text.
    height : int
        In pixels.
    """
    traces: list[Part] = []
    middles = (histogram["left"] + histogram["right"]) / 2
    widths = histogram["right"] - histogram["left"]
    for column, name, colour in zip(SERIES, (irrelevant, relevant), (VERMILION, BLUE), strict=True):
        counts = histogram[column]
        traces.append(
            {
                "type": "bar",
                "x": middles,
                "y": counts / max(counts.sum(), 1),
                "width": widths,
                "name": name,
                "marker": {"color": colour, "opacity": 0.6, "line": {"width": 0}},
                "customdata": counts,
                "hovertemplate": f"<b>{name}</b><br>{x} %{{x:.2f}}<br>%{{customdata:,}} {pairs}"
                "<extra></extra>",
            }
        )
    return framed(
        traces,
        x=x,
        y=y,
        height=height,
        yaxis={"tickformat": ".0%", "nticks": 5},
        shapes=[] if threshold is None else [vertical_line(threshold, width=2)],
        barmode="overlay",
    )
