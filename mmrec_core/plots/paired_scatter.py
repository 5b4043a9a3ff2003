"""Queries by a metric in two systems: above the diagonal are those that the second ranks better."""

import html
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from mmrec_core.plots.chart import SHARE, Part, framed
from mmrec_core.plots.palette import BLUE, NEUTRAL, VERMILION

_GOLDEN = np.pi * (3 - np.sqrt(5))
_SPREAD = 0.03


class Named(NamedTuple):
    """What the three groups of queries are called."""

    better: str = "better in B"
    equal: str = "equal"
    worse: str = "worse in B"


def groups(a: np.ndarray, b: np.ndarray) -> list[np.ndarray]:
    """Return the places of the queries that are better, equal and worse in B: a trace each."""
    return [np.flatnonzero(kind) for kind in (b > a, b == a, b < a)]


def paired_scatter(
    a: np.ndarray,
    b: np.ndarray,
    names: Sequence[str],
    *,
    x: str = "A",
    y: str = "B",
    named: Named | None = None,
) -> go.Figure:
    """Draw one point a query; queries of the same two values lie around their place in a spiral.

    Parameters
    ----------
    a, b : ndarray (q,) float
        The metric in each system, 0 to 1; NaN for a query without one, which is left out.
    names : sequence of str
        What the queries are called, as long; untrusted text.
    x, y : str
        The axes' titles.
    named : Named, optional
        What better, equal and worse queries are called: the traces, in this order, hold the points
        of `groups`.
    """
    diagonal = {
        "type": "line", "x0": 0, "y0": 0, "x1": 1, "y1": 1,
        "line": {"color": NEUTRAL, "width": 1.5, "dash": "dot"},
    }  # fmt: skip
    beside = _spiral(a, b)
    shown = [html.escape(name) for name in names]
    traces: list[Part] = [
        {
            "type": "scatter",
            "x": a[rows] + beside[rows, 0],
            "y": b[rows] + beside[rows, 1],
            "mode": "markers",
            "name": title,
            "marker": {"size": 8, "color": colour, "opacity": 0.6},
            "customdata": [(shown[row], a[row], b[row]) for row in rows],
            "hovertemplate": "<b>%{customdata[0]}</b><br>"
            f"{html.escape(x)} %{{customdata[1]:.2f}}<br>{html.escape(y)} %{{customdata[2]:.2f}}"
            "<extra></extra>",
        }
        for rows, colour, title in zip(
            groups(a, b), (BLUE, NEUTRAL, VERMILION), named or Named(), strict=True
        )
    ]
    return framed(
        traces,
        x=x,
        y=y,
        height=440,
        xaxis=SHARE | {"range": [-0.05, 1.05]},
        yaxis=SHARE | {"range": [-0.05, 1.05]},
        shapes=[diagonal],
    )


def _spiral(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return how far each point is moved, (q, 2), so that equal ones lie side by side."""
    _, groups_of, sizes = np.unique(
        np.column_stack([a, b]).round(6), axis=0, return_inverse=True, return_counts=True
    )
    groups_of = groups_of.ravel()
    order = np.argsort(groups_of, kind="stable")
    place = np.empty(len(a))
    place[order] = np.arange(len(a)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    radius = np.minimum(0.008, _SPREAD / np.sqrt(sizes[groups_of])) * np.sqrt(place)
    angle = place * _GOLDEN
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
