"""Which labels the images of a cluster have, as bars."""

from html import escape

import pandas as pd
import plotly.graph_objects as go

from mmrec_core.plots.chart import drawn
from mmrec_core.plots.palette import CONTEXT, NEUTRAL

MOST = 7
_LONGEST = 28


def label_shares(
    counts: pd.Series, *, colour: str = NEUTRAL, others: str = "others", most: int = MOST
) -> go.Figure:
    """Draw how many images have each label.

    Parameters
    ----------
    counts : Series of int
        Images by label, the most common first.
    colour : str
        Of the bars.
    others : str
        What the labels beyond the first ``most`` are called; they make one grey bar.
    most : int
        Bars with a label of their own.

    Returns
    -------
    Figure
        Horizontal bars with counts; transparent background.
    """
    shown = counts.iloc[:most]
    rest = int(counts.iloc[most:].sum())
    full = [str(name) for name in shown.index] + [others] * (rest > 0)
    values = [*map(int, shown), *([rest] if rest else [])]
    total = int(counts.sum())
    bars = {
        "type": "bar",
        "orientation": "h",
        "y": list(range(len(values))),
        "x": values,
        "text": [f"{value:,}" for value in values],
        "textposition": "outside",
        "cliponaxis": False,
        "marker": {"color": [colour] * len(shown) + [CONTEXT] * (rest > 0)},
        "customdata": [
            [escape(name, quote=False), f"{value / total:.0%}"]
            for name, value in zip(full, values, strict=True)
        ],
        "hovertemplate": "%{customdata[0]}: %{x:,} (%{customdata[1]})<extra></extra>",
        "width": 0.62,
    }
    short = [name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…" for name in full]
    return drawn(
        [bars],
        height=26 * len(values) + 8,
        margin={"l": 0, "r": 4, "t": 4, "b": 4},
        showlegend=False,
        yaxis={
            "autorange": "reversed",
            "automargin": True,
            "fixedrange": True,
            "tickmode": "array",
            "tickvals": list(range(len(values))),
            "ticktext": [escape(name, quote=False) for name in short],
            "showgrid": False,
        },
        xaxis={"visible": False, "fixedrange": True, "range": [0, 1.18 * max(values, default=1)]},
    )
