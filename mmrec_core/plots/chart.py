"""What charts of the evaluation share: their frame, and each ranker's colour and dash."""

from typing import Any

import plotly.graph_objects as go

from mmrec_core.plots.palette import BLUE, CLEAR, GREEN, NEUTRAL, ORANGE, PURPLE

RANKER_COLOURS = {"model": BLUE, "clip": ORANGE, "bert": GREEN, "fused": PURPLE}
RANKER_DASHES = {"model": "solid", "clip": "dash", "bert": "dot", "fused": "dashdot"}
FAINT = "rgba(128, 132, 145, 0.16)"
SHARE = {"range": [-0.01, 1.01], "tickvals": [0, 0.25, 0.5, 0.75, 1]}


def framed(
    figure: go.Figure,
    *,
    x: str,
    y: str,
    height: int,
    xaxis: dict[str, Any] | None = None,
    yaxis: dict[str, Any] | None = None,
) -> go.Figure:
    """Give a figure the common frame: transparent, still, a legend below that isolates."""
    font = {"size": 12}
    figure.update_layout(
        overwrite=True,  # what is merged takes three times as long
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        paper_bgcolor=CLEAR,
        plot_bgcolor=CLEAR,
        dragmode=False,
        hovermode="closest",
        hoverlabel={"align": "left"},
        bargap=0.06,
        legend={
            "orientation": "h",
            "y": -0.2,
            "yanchor": "top",
            "x": 0,
            "itemclick": "toggleothers",
            "itemdoubleclick": "toggle",
            "title": None,
        },
        xaxis={"title": {"text": x, "font": font, "standoff": 8}, "fixedrange": True}
        | {"automargin": True, "zeroline": False}
        | (xaxis or {}),
        yaxis={"title": {"text": y, "font": font, "standoff": 8}, "fixedrange": True}
        | {"automargin": True, "zeroline": False}
        | (yaxis or {}),
    )
    return figure


def add_ranker(
    figure: go.Figure, ranker: str, name: str, x: Any, y: Any, hover: str, emphasised: bool
) -> None:
    """Add a ranker's line in its own colour and dash; the emphasised one is thicker."""
    figure.add_scatter(
        x=x,
        y=y,
        customdata=[ranker] * len(x),
        name=name,
        mode="lines+markers",  # only markers can be clicked; these are not seen
        marker={"size": 9, "opacity": 0},
        selected={"marker": {"opacity": 0.9}},
        unselected={"marker": {"opacity": 0}},
        legendgroup=ranker,
        line={
            "color": RANKER_COLOURS.get(ranker, NEUTRAL),
            "dash": RANKER_DASHES.get(ranker, "solid"),
            "width": 3 if emphasised else 1.8,
        },
        hovertemplate=f"<b>{name}</b><br>{hover}<extra></extra>",
    )


def add_band(figure: go.Figure, ranker: str, x: Any, low: Any, high: Any) -> None:
    """Add the 95 % band of a ranker's line, shown and hidden with it."""
    edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    colour = RANKER_COLOURS.get(ranker, NEUTRAL)
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    figure.add_scatter(x=x, y=low, legendgroup=ranker, **edge)
    figure.add_scatter(
        x=x,
        y=high,
        legendgroup=ranker,
        fill="tonexty",
        fillcolor=f"rgba({red}, {green}, {blue}, 0.16)",
        **edge,
    )
