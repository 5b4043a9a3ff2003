"""How much of what is relevant the candidates hold, against how many they are."""

import math
from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from mmrec_core.plots.chart import FAINT, Part, framed, vertical_line
from mmrec_core.plots.palette import BLUE, GREEN, NEUTRAL, ORANGE

_COLOURS = (BLUE, ORANGE, GREEN)
_DASHES = ("solid", "dash", "dot")
_SYMBOLS = ("circle", "square", "diamond")
_TICKS = tuple(lead * 10**power for power in range(7) for lead in (1, 2, 5))


def recall_curve_plot(
    curve: pd.DataFrame,
    names: Mapping[str, str],
    *,
    used: float | None = None,
    x: str = "candidates per query",
    y: str = "recall",
    in_use: str = "in use",
    height: int = 360,
) -> go.Figure:
    """Draw recall against the size of the candidate list, one line a method.

    Parameters
    ----------
    curve : DataFrame
        Points of `mmrec_core.evaluation.retrieval.recall_curve`: ``method``, ``size``, ``recall``
        and its 95 % interval ``low``, ``high``.
    names : mapping of str to str
        The methods in the order of the legend, and what they are called; others are not drawn.
    used : float, optional
        The size in use, in images: a vertical line.
    x, y : str
        The axes' titles; sizes are on a logarithmic scale.
    in_use : str
        What stands at the vertical line.
    height : int
        In pixels.
    """
    traces: list[Part] = []
    for place, (method, name) in enumerate(names.items()):
        points = curve[curve["method"] == method].sort_values("size")
        colour, look = _COLOURS[place % len(_COLOURS)], place % len(_DASHES)
        traces.append(
            {
                "type": "scatter",
                "x": points["size"],
                "y": points["recall"],
                "name": name,
                "mode": "lines+markers",
                "line": {"color": colour, "width": 2, "dash": _DASHES[look]},
                "marker": {"size": 7, "symbol": _SYMBOLS[look]},
                "error_y": {
                    "array": points["high"] - points["recall"],
                    "arrayminus": points["recall"] - points["low"],
                    "thickness": 1.2,
                    "width": 3,
                },
                "hovertemplate": f"<b>{name}</b><br>{x} %{{x:,.0f}}<br>{y} %{{y:.2f}}"
                "<extra></extra>",
            }
        )
    low, high = curve["size"].min(), curve["size"].max()
    ticks = [tick for tick in _TICKS if low * 0.9 <= tick <= high * 1.1]
    return framed(
        traces,
        x=x,
        y=y,
        height=height,
        xaxis={
            "type": "log",
            "range": [math.log10(low / 1.15), math.log10(high * 1.15)],
            "tickvals": ticks,
            "gridcolor": FAINT,
        },
        yaxis={"range": [0, 1.02], "tickvals": [0, 0.25, 0.5, 0.75, 1]},
        **({} if used is None else _in_use(used, in_use)),
    )


def _in_use(size: float, words: str) -> dict[str, list[Part]]:
    at_line = {
        "x": math.log10(size),  # of annotations, unlike shapes, a logarithmic axis wants exponents
        "y": 0.03,
        "text": words,
        "showarrow": False,
        "xanchor": "left",
        "yanchor": "bottom",
        "font": {"size": 12, "color": NEUTRAL},
    }
    return {
        "shapes": [vertical_line(size, width=1.5, dash="dot")],
        "annotations": [at_line],
    }
