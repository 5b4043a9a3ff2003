"""A text word by word: what each adds to a score or a cosine."""

import html
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from mmrec_core.plots.chart import drawn
from mmrec_core.plots.palette import LOWERS, RAISES


def word_bars(
    words: Sequence[str],
    values: np.ndarray,
    *,
    whole: float = 0.0,
    whole_name: str = "the text as a whole",
    unit: str = "",
) -> go.Figure:
    """Draw what the words of a text add, from the first to the last.

    Parameters
    ----------
    words : sequence of str
        The n words; the same may come twice.
    values : ndarray (n,) float
        Such as `mmrec_core.attribution.Side.words`.
    whole : float
        What falls to no word, as the last bar; 0 draws none.
    whole_name : str
    unit : str
        Of the values, for the axis: ``log-odds`` or ``cosine``.

    Returns
    -------
    Figure
        Blue raises, vermilion lowers; each bar has its number.

    Examples
    --------
    >>> import numpy as np
    >>> from mmrec_core.plots.word_bars import word_bars
    >>> bars = word_bars(["A", "magpie."], np.array([0.11, 0.28]), whole=0.17, unit="cosine")
    >>> bars.data[0].text
    ('+0.110', '+0.280', '+0.170')
    """
    names = [html.escape(word) for word in words] + ([whole_name] if whole else [])
    adds = [*map(float, values), *([whole] if whole else [])]
    low, high = min(0.0, *adds, 0.0), max(0.0, *adds, 0.0)
    room = 0.2 * (high - low or 1)
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": adds,
        "y": list(range(len(adds))),
        "text": [f"{value:+.3f}".replace("-", "−") for value in adds],
        "textposition": "outside",
        "cliponaxis": False,
        "marker": {"color": [LOWERS if value < 0 else RAISES for value in adds]},
        "hoverinfo": "skip",
        "width": 0.62,
    }
    return drawn(
        [bars],
        height=66 + 30 * len(adds),
        margin={"l": 0, "r": 4, "t": 4, "b": 4},
        yaxis={
            "tickvals": list(range(len(adds))),
            "ticktext": names,
            "autorange": "reversed",
            "automargin": True,
            "fixedrange": True,
        },
        xaxis={
            "range": [low - (room if low < 0 else 0), high + (room if high > 0 else 0)],
            "fixedrange": True,
            "zeroline": True,
            "title": {"text": unit, "font": {"size": 12}, "standoff": 10},
        },
    )
