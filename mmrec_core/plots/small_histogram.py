"""A small histogram to filter by: all images behind those that pass."""

import numpy as np
import plotly.graph_objects as go

from mmrec_core.plots.chart import drawn
from mmrec_core.plots.palette import BLUE, CONTEXT

_PALE = "rgba(0, 114, 178, 0.3)"


def small_histogram(
    edges: np.ndarray,
    total: np.ndarray,
    passing: np.ndarray,
    *,
    within: tuple[float, float] | None = None,
    all_images: str = "all images",
    shown: str = "shown",
    height: int = 84,
) -> go.Figure:
    """Draw two counts over the same bins, each to its own height; dragging brushes along x.

    Parameters
    ----------
    edges : ndarray (bins + 1,)
        The bins' borders.
    total, passing : ndarray (bins,) int
        Counts of all images, and of those that pass a filter.
    within : pair of float, optional
        The ends of a range: bars beyond it are pale.
    all_images, shown : str
        What the two are called, in the hover text.
    height : int
        In pixels.
    """
    middles, widths = (edges[:-1] + edges[1:]) / 2, np.diff(edges)
    low, high = within or (edges[0], edges[-1])
    inside = (edges[1:] > low) & (edges[:-1] < high)
    blue = np.where(inside, BLUE, _PALE).tolist()
    traces = [
        {
            "type": "bar",
            "x": middles,
            "y": counts,
            "width": widths * 0.92,
            "yaxis": axis,
            "marker": {"color": colour, "line": {"width": 0}},
            "customdata": np.column_stack([passing, total]),
            "hovertemplate": f"%{{x:.3~g}}<br>{shown} %{{customdata[0]:,}}<br>"
            f"{all_images} %{{customdata[1]:,}}<extra></extra>",
        }
        for counts, axis, colour in ((total, "y", CONTEXT), (passing, "y2", blue))
    ]
    hidden = {"visible": False, "fixedrange": True, "rangemode": "tozero"}
    return drawn(
        traces,
        height=height,
        margin={"l": 0, "r": 0, "t": 2, "b": 2},
        showlegend=False,
        barmode="overlay",
        dragmode="select",
        selectdirection="h",
        xaxis={"visible": False, "fixedrange": True, "range": [edges[0], edges[-1]]},
        yaxis=hidden,
        yaxis2=hidden | {"overlaying": "y"},
    )
