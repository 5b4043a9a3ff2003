"""What made a score, from the base value to the sum, as a waterfall."""

from collections.abc import Mapping
from math import floor, log10

import plotly.graph_objects as go

from mmrec_core.plots.chart import drawn
from mmrec_core.plots.palette import LOWERS, NEUTRAL, RAISES


def contributions_waterfall(
    base: float,
    groups: Mapping[str, float],
    *,
    unit: str = "",
    base_name: str = "average pair",
    total_name: str = "score",
    height: int | None = None,
) -> go.Figure:
    """Draw contributions that add up to a score.

    Parameters
    ----------
    base : float
        Where every pair starts, in units of the score. Zero draws no bar.
    groups : mapping of str to float
        What each group of features adds; zeros are left out. Largest first, whatever the sign.
    unit : str
        The score's unit, for the axis: ``log-odds`` or ``cosine``.
    base_name : str
        What the base value stands for.
    total_name : str
        What the parts add up to.
    height : int, optional
        In pixels; by default as many rows need.

    Returns
    -------
    Figure
        Blue raises, vermilion lowers, grey is a level; transparent background.

    Examples
    --------
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.plots.contributions import contributions_waterfall
    >>> from mmrec_core.serving.answers import Query
    >>> from mmrec_core.serving.recommender import Recommender
    >>> recommender = Recommender(open_bundle("artifacts/demo"))
    >>> first = recommender.recommend(Query("animals/birds/magpie.png")).results[0]
    >>> parts = first.contributions
    >>> figure = contributions_waterfall(parts.base, parts.groups, unit="log-odds")
    >>> figure.data[0].y[-1]
    'score'
    """
    parts = sorted(
        ((name, value) for name, value in groups.items() if value), key=lambda part: -abs(part[1])
    )
    score = base + sum(groups.values())
    names = [*([base_name] if base else []), *(name for name, _ in parts), total_name]
    values = [*([base] if base else []), *(value for _, value in parts), 0.0]
    kinds = [*(["absolute"] if base else []), *("relative" for _ in parts), "total"]
    places = _places([base, score, *(value for _, value in parts)])
    texts = [
        *([_number(base, places)] if base else []),
        *(_number(value, places, signed=True) for _, value in parts),
        _number(score, places),
    ]
    low, high = _extent(base, [value for _, value in parts])
    room = 0.24 * (high - low or 1)
    bars = {
        "type": "waterfall",
        "orientation": "h",
        "y": names,
        "x": values,
        "measure": kinds,
        "text": texts,
        "textposition": "outside",
        "cliponaxis": False,
        "constraintext": "none",
        "increasing": {"marker": {"color": RAISES}},
        "decreasing": {"marker": {"color": LOWERS}},
        "totals": {"marker": {"color": NEUTRAL}},
        "connector": {"line": {"width": 1, "color": NEUTRAL, "dash": "dot"}},
        "hovertemplate": "%{y}: %{text}<extra></extra>",
        "width": 0.62,
    }
    return drawn(
        [bars],
        height=height or 66 + 30 * len(names),
        margin={"l": 0, "r": 4, "t": 4, "b": 4},
        showlegend=False,
        yaxis={"autorange": "reversed", "automargin": True, "fixedrange": True},
        xaxis={
            "range": [low - (room if low < 0 else 0), high + (room if high > 0 else 0)],
            "fixedrange": True,
            "zeroline": True,
            "nticks": 5,
            "exponentformat": "none",
            "title": {"text": unit, "font": {"size": 12}, "standoff": 10},
        },
    )


def _extent(base: float, values: list[float]) -> tuple[float, float]:
    level, levels = base, [0.0, base]
    for value in values:
        level += value
        levels.append(level)
    return min(levels), max(levels)


def _places(values: list[float]) -> int:
    """Return how many decimals show two digits of the largest value, at least two."""
    largest = max(map(abs, values))
    return max(2, 1 - floor(log10(largest))) if largest else 2


def _number(value: float, places: int, signed: bool = False) -> str:
    text = f"{value:+.{places}f}" if signed else f"{value:.{places}f}"
    return text.replace("-", "−")
