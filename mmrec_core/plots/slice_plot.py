"""A ranker's quality in each slice, as dots with intervals."""

import html
import textwrap
from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from mmrec_core.plots.chart import FAINT, Part, framed, vertical_line
from mmrec_core.plots.palette import BLUE, CLEAR, ORANGE

_ROW = 22


def slice_plot(
    slices: pd.DataFrame,
    names: Sequence[str],
    *,
    overall: float,
    chosen: str | None = None,
    x: str = "nDCG@5",
    queries: str = "queries",
) -> go.Figure:
    """Draw one dot a slice with its 95 % interval; small slices are hollow and have none.

    Parameters
    ----------
    slices : DataFrame
        Rows of `mmrec_core.evaluation.slices.slice_table`, in the order wanted from the top.
    names : sequence of str
        What the slices are called; untrusted text.
    overall : float
        The mean of all queries: a vertical line.
    chosen : str, optional
        The ``value`` of the slice drawn in another colour.
    x : str
        The axis' title.
    queries : str
        The word after the number of queries, in the hover text.
    """
    small = slices["small"].to_numpy()
    colours = [ORANGE if value == chosen else BLUE for value in slices["value"]]
    places = list(range(len(slices)))
    shown = [html.escape(textwrap.shorten(name, 26, placeholder=" …")) for name in names]
    traces: list[Part] = []
    for colour in sorted(set(colours)):
        rows = [row for row in places if colours[row] == colour and not small[row]]
        ends = slices[["low", "high"]].to_numpy()[rows]
        traces.append(
            {
                "type": "scatter",
                "x": [end for low, high in ends for end in (low, high, None)],
                "y": [place for row in rows for place in (row, row, None)],
                "mode": "lines",
                "line": {"color": colour, "width": 2},
                "opacity": 0.55,
                "hoverinfo": "skip",
                "showlegend": False,
            }
        )
    dots = {
        "type": "scatter",
        "x": slices["ndcg"],
        "y": places,
        "mode": "markers",
        "showlegend": False,
        "marker": {
            "size": 9,
            "color": [CLEAR if few else colour for few, colour in zip(small, colours, strict=True)],
            "line": {"width": 2, "color": colours},
        },
        "customdata": list(zip(shown, slices["queries"], strict=True)),
        "hovertemplate": "<b>%{customdata[0]}</b><br>"
        f"{x} %{{x:.2f}}<br>%{{customdata[1]:,}} {queries}<extra></extra>",
    }
    return framed(
        [*traces, dots],
        x=x,
        y="",
        height=70 + _ROW * max(len(slices), 3),
        xaxis={"range": [-0.02, 1.02], "tickvals": [0, 0.25, 0.5, 0.75, 1], "gridcolor": FAINT},
        yaxis={
            "tickvals": places,
            "ticktext": shown,
            "range": [len(slices) - 0.4, -0.6],
            "showgrid": False,
        },
        shapes=[vertical_line(overall, width=1.5, dash="dot")],
    )
