"""Figures over successive builds: a line a ranker, with the builds in which one got worse."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from mmrec_core.plots.chart import FAINT, RANKER_COLOURS, RANKER_DASHES, Part, framed
from mmrec_core.plots.palette import NEUTRAL, VERMILION


def build_history_plot(
    figures: Mapping[str, pd.DataFrame],
    names: Mapping[str, str],
    builds: Mapping[str, str],
    *,
    emphasised: str,
    x: str = "build",
    y: str = "nDCG@5",
    worse: str = "worse than the build before",
    height: int = 380,
) -> go.Figure:
    """Draw each ranker's figure in each build; the emphasised one has its 95 % intervals.

    Parameters
    ----------
    figures : mapping of str to DataFrame
        Each ranker's `mmrec_core.query_sets.history.over_builds`.
    names : mapping of str to str
        What the rankers are called.
    builds : mapping of str to str
        What each build, by its digest, is called; in the order of time.
    emphasised : str
        The ranker drawn thick.
    x, y : str
        The axes' titles.
    worse : str
        What the marks are called where a figure got worse beyond chance.
    height : int
        In pixels.

    Examples
    --------
    >>> import pandas as pd
    >>> from mmrec_core.plots.build_history import build_history_plot
    >>> one = {"digest": "d1", "value": 0.8, "low": 0.7, "high": 0.9, "queries": 9, "worse": False}
    >>> two = one | {"digest": "d2", "value": 0.6, "low": 0.5, "high": 0.7, "worse": True}
    >>> figure = build_history_plot(
    ...     {"clip": pd.DataFrame([one, two])},
    ...     {"clip": "CLIP"},
    ...     {"d1": "Monday", "d2": "Tuesday"},
    ...     emphasised="clip",
    ... )
    >>> [trace.name for trace in figure.data]
    ['CLIP', 'worse than the build before']
    """
    places = {digest: place for place, digest in enumerate(builds)}
    labels = list(builds.values())
    traces: list[Part] = []
    fallen: list[tuple[int, float]] = []
    for ranker, table in figures.items():
        at = [places[digest] for digest in table["digest"]]
        thick = ranker == emphasised
        traces.append(
            {
                "type": "scatter",
                "x": at,
                "y": table["value"],
                "error_y": _interval(table) if thick else None,
                "name": names[ranker],
                "mode": "lines+markers",
                "line": {
                    "color": RANKER_COLOURS.get(ranker, NEUTRAL),
                    "dash": RANKER_DASHES.get(ranker, "solid"),
                    "width": 3 if thick else 1.8,
                },
                "marker": {"size": 8 if thick else 6},
                "customdata": [
                    [labels[place], n] for place, n in zip(at, table["queries"], strict=True)
                ],
                "hovertemplate": f"<b>{names[ranker]}</b><br>%{{customdata[0]}}<br>{y} %{{y:.3f}}"
                "<br>n = %{customdata[1]:,}<extra></extra>",
            }
        )
        fallen += [
            (place, value)
            for place, value, down in zip(at, table["value"], table["worse"], strict=True)
            if down
        ]
    if fallen:
        traces.append(
            {
                "type": "scatter",
                "x": [place for place, _value in fallen],
                "y": [value for _place, value in fallen],
                "name": worse,
                "mode": "markers",
                "marker": {
                    "symbol": "triangle-down-open",
                    "size": 17,
                    "color": VERMILION,
                    "line": {"width": 2.5},
                },
                "hoverinfo": "skip",
            }
        )
    return framed(
        traces,
        x=x,
        y=y,
        height=height,
        xaxis={
            "tickvals": _ticks(len(labels)),
            "ticktext": [labels[place] for place in _ticks(len(labels))],
            "range": [-0.4, max(len(labels), 2) - 0.6],
            "showgrid": False,
        },
        yaxis={"title": {"text": y, "standoff": 16}, "gridcolor": FAINT, "tickformat": ".2f"},
    )


def _interval(table: pd.DataFrame) -> dict[str, object]:
    return {
        "type": "data",
        "symmetric": False,
        "array": table["high"] - table["value"],
        "arrayminus": table["value"] - table["low"],
        "thickness": 1.5,
        "width": 5,
    }


def _ticks(n: int, most: int = 8) -> list[int]:
    """Return at most about ``most`` places of n, the last one among them."""
    step = -(-n // most) if n else 1
    return list(range((n - 1) % step, n, step))
