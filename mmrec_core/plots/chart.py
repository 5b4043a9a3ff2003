"""What charts share: their frame, and each ranker's colour and dash."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from mmrec_core.plots.palette import BLUE, CLEAR, GREEN, NEUTRAL, ORANGE, PURPLE

RANKER_COLOURS = {"model": BLUE, "clip": ORANGE, "bert": GREEN, "fused": PURPLE}
RANKER_DASHES = {"model": "solid", "clip": "dash", "bert": "dot", "fused": "dashdot"}
FAINT = "rgba(128, 132, 145, 0.16)"
SHARE = {"range": [-0.01, 1.01], "tickvals": [0, 0.25, 0.5, 0.75, 1]}

Part = dict[str, Any]
"""A trace, a shape or an axis, in Plotly's terms."""


def drawn(traces: Sequence[Part], **layout: Any) -> go.Figure:
    """Draw traces on a clear ground, in one call: Plotly checks anew whatever is added later."""
    clear = {"paper_bgcolor": CLEAR, "plot_bgcolor": CLEAR, "dragmode": False}
    return go.Figure(data=traces, layout=clear | layout)


def framed(
    traces: Sequence[Part],
    *,
    x: str,
    y: str,
    height: int,
    xaxis: Part | None = None,
    yaxis: Part | None = None,
    **layout: Any,
) -> go.Figure:
    """Draw traces in the common frame: still, with named axes and a legend below that isolates."""
    frame = {
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "hovermode": "closest",
        "hoverlabel": {"align": "left"},
        "bargap": 0.06,
        "legend": {
            "orientation": "h",
            "y": -0.2,
            "yanchor": "top",
            "x": 0,
            "itemclick": "toggleothers",
            "itemdoubleclick": "toggle",
            "title": None,
        },
    }
    axes = {"xaxis": _axis(x) | (xaxis or {}), "yaxis": _axis(y) | (yaxis or {})}
    return drawn(traces, height=height, **frame | axes | layout)


def _axis(title: str) -> Part:
    return {
        "title": {"text": title, "font": {"size": 12}, "standoff": 8},
        "fixedrange": True,
        "automargin": True,
        "zeroline": False,
    }


def faint_line(heights: tuple[float, float]) -> Part:
    """Return a line to compare with, between its heights at 0 and at 1."""
    return {
        "type": "scatter",
        "x": [0, 1],
        "y": heights,
        "mode": "lines",
        "line": {"color": FAINT, "width": 1.5},
        "showlegend": False,
        "hoverinfo": "skip",
    }


def vertical_line(x: float, **line: Any) -> Part:
    """Return a grey line over the whole height, as a shape."""
    place = {"x0": x, "x1": x, "xref": "x", "y0": 0, "y1": 1, "yref": "y domain"}
    return {"type": "line", "line": {"color": NEUTRAL} | line} | place


def ranker_line(ranker: str, name: str, x: Any, y: Any, hover: str, emphasised: bool) -> Part:
    """Return a ranker's line in its own colour and dash; the emphasised one is thicker."""
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "customdata": [ranker] * len(x),
        "name": name,
        "mode": "lines+markers",  # only markers can be clicked; these are not seen
        "marker": {"size": 9, "opacity": 0},
        "selected": {"marker": {"opacity": 0.9}},
        "unselected": {"marker": {"opacity": 0}},
        "legendgroup": ranker,
        "line": {
            "color": RANKER_COLOURS.get(ranker, NEUTRAL),
            "dash": RANKER_DASHES.get(ranker, "solid"),
            "width": 3 if emphasised else 1.8,
        },
        "hovertemplate": f"<b>{name}</b><br>{hover}<extra></extra>",
    }


def band(ranker: str, x: Any, low: Any, high: Any) -> list[Part]:
    """Return the 95 % band of a ranker's line, shown and hidden with it."""
    colour = RANKER_COLOURS.get(ranker, NEUTRAL)
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    edge = {
        "type": "scatter",
        "x": x,
        "legendgroup": ranker,
        "mode": "lines",
        "line": {"width": 0},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    filled = {"fill": "tonexty", "fillcolor": f"rgba({red}, {green}, {blue}, 0.16)"}
    return [edge | {"y": low}, edge | {"y": high} | filled]
