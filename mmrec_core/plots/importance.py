"""What a ranker goes by: bars of importance."""

from collections.abc import Sequence

import plotly.graph_objects as go

from mmrec_core.plots.chart import framed
from mmrec_core.plots.palette import BLUE, GREEN, NEUTRAL, ORANGE, PURPLE, SKY, VERMILION

ROLE_COLOURS = {
    "image similarity": BLUE,
    "text similarity": ORANGE,
    "cross-modal": GREEN,
    "cluster": PURPLE,
    "similar pairs": VERMILION,
    "rank": SKY,
}


def importance_plot(
    names: Sequence[str],
    values: Sequence[float],
    roles: Sequence[str],
    *,
    meanings: Sequence[str] | None = None,
    spans: Sequence[tuple[float, float]] | None = None,
    x: str = "mean |SHAP|, log-odds",
    height: int = 260,
) -> go.Figure:
    """Draw one bar a feature, or a group of features, in the colour of its group.

    Parameters
    ----------
    names : sequence of str
        What the bars are called, the longest first.
    values : sequence of float
        Their lengths, in the unit of ``x``.
    roles : sequence of str
        The group of each (`mmrec_core.ranker.pair_features.ROLES`): its colour.
    meanings : sequence of str, optional
        A line on each, shown when it is pointed at.
    spans : sequence of pairs of float, optional
        The least and the most of each value, drawn as a whisker.
    x : str
        The axis' title.
    height : int
        In pixels.
    """
    whiskers = None
    if spans is not None:
        whiskers = {
            "array": [high - value for (_, high), value in zip(spans, values, strict=True)],
            "arrayminus": [value - low for (low, _), value in zip(spans, values, strict=True)],
            "thickness": 1.4,
            "color": NEUTRAL,
            "width": 3,
        }
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": list(values),
        "y": list(names),
        "marker": {"color": [ROLE_COLOURS.get(role, NEUTRAL) for role in roles]},
        "error_x": whiskers,
        "customdata": list(meanings or names),
        "hovertemplate": "%{customdata}: %{x:.2g}<extra></extra>",
    }
    return framed(
        [bars],
        x=x,
        y="",
        height=height,
        xaxis={"rangemode": "tozero", "nticks": 5},
        yaxis={"autorange": "reversed", "showgrid": False},
        bargap=0.3,
    )
