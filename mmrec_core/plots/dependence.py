"""How a score depends on one feature, with the pair marked."""

import numpy as np
import plotly.graph_objects as go

from mmrec_core.plots.chart import FAINT, Part, framed
from mmrec_core.plots.palette import BLUE, NEUTRAL, ORANGE


def dependence_plot(
    values: np.ndarray,
    scores: np.ndarray,
    average: np.ndarray,
    marked: tuple[float, float],
    *,
    x: str = "",
    y: str = "log-odds",
    names: tuple[str, str, str] = ("this pair", "other candidates, on average", "now"),
    height: int = 260,
) -> go.Figure:
    """Draw the score of a pair over the values of one feature, and that of others on average.

    Parameters
    ----------
    values, scores, average : ndarray (m,) float
        As in `mmrec_core.ranker.dependence.Dependence`.
    marked : tuple of float
        The pair's value and score.
    x, y : str
        The axes' titles.
    names : tuple of str
        What the two lines and the mark are called.
    height : int
        In pixels.
    """
    lines: list[Part] = [
        {
            "type": "scatter",
            "x": values,
            "y": line,
            "name": name,
            "mode": "lines",
            "line": look,
            "hovertemplate": f"{name}<br>%{{x:.3g}}: %{{y:.2f}}<extra></extra>",
        }
        for line, name, look in (
            (average, names[1], {"color": NEUTRAL, "dash": "dash", "width": 1.8}),
            (scores, names[0], {"color": BLUE, "width": 3}),
        )
    ]
    mark = {
        "type": "scatter",
        "x": [marked[0]],
        "y": [marked[1]],
        "name": names[2],
        "mode": "markers",
        "marker": {"size": 12, "color": ORANGE, "line": {"width": 1.5, "color": "#333"}},
        "hovertemplate": f"{names[2]}<br>%{{x:.3g}}: %{{y:.2f}}<extra></extra>",
    }
    return framed(
        [*lines, mark],
        x=x,
        y=y,
        height=height,
        xaxis={"nticks": 6, "showgrid": False},
        yaxis={"gridcolor": FAINT, "nticks": 6},
    )
