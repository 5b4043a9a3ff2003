"""How long each stage of a build took."""

import html
from collections.abc import Mapping

import plotly.graph_objects as go

from mmrec_core.plots.chart import framed
from mmrec_core.plots.palette import BLUE


def stage_bars(seconds: Mapping[str, float], *, x: str = "seconds") -> go.Figure:
    """Draw one bar a stage, in the order of the build, with its seconds beside it.

    Parameters
    ----------
    seconds : mapping of str to float
        Seconds by the stage's name; untrusted text.
    x : str
        The axis' title.
    """
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": list(seconds.values()),
        "y": [html.escape(stage) for stage in seconds],
        "text": [f"{value:,.0f}" if value >= 10 else f"{value:.2g}" for value in seconds.values()],
        "textposition": "outside",
        "cliponaxis": False,
        "marker": {"color": BLUE},
        "hovertemplate": "%{y}: %{x:,.2f}<extra></extra>",
    }
    return framed(
        [bars],
        x=x,
        y="",
        height=60 + 26 * max(len(seconds), 2),
        xaxis={"rangemode": "tozero", "nticks": 5},
        yaxis={"autorange": "reversed", "showgrid": False},
        bargap=0.35,
        margin={"l": 8, "r": 40, "t": 8, "b": 8},
    )
