"""The collection as a map, with one query: its cluster, the candidates, the results."""

import html
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from mmrec_core.plots.palette import (
    CLEAR,
    CLUSTER_COLOURS,
    CONTEXT,
    YELLOW,
    cluster_colour,
    cluster_symbol,
)

MOST_CONTEXT = 5_000  # grey points; a page that draws fewer than there are says so
_MOST_HOVER = 2_000  # grey points with a text each
_MOST_DRAWN = 3_000  # up to so many images plain SVG is faster than starting WebGL
_LONGEST = 160  # characters of a hover text
_LINE = re.compile(r"\S(?:.{0,42}\S)?(?=\s|$)|\S{44}")
_WORDS = ("candidates, cluster {cluster}", "other images", "query", "results")


def cluster_map(
    items: pd.DataFrame,
    *,
    query_xy: tuple[float, float],
    query_index: int | None = None,
    query_text: str | None = None,
    candidate_clusters: Sequence[int] = (),
    candidates: Sequence[int] | np.ndarray = (),
    results: Sequence[int] = (),
    close_up: bool = False,
    words: tuple[str, str, str, str] = _WORDS,
    height: int = 420,
) -> go.Figure:
    """Draw the UMAP of a collection around one query.

    Parameters
    ----------
    items : DataFrame
        The catalogue: ``x``, ``y`` (map units), ``cluster``, ``text``, ``image``. Candidates and
        results are all drawn, of other images at most `MOST_CONTEXT`, evenly spread over the rows;
        above 2,000 these have no hover text.
    query_xy : tuple of float
        The query's place, in map units; estimated for an upload.
    query_index : int, optional
        The query's row, if it is in the catalogue: it is drawn once, as the star.
    query_text : str, optional
        The query's caption.
    candidate_clusters : sequence of int
        Clusters that gave candidates, nearest first; each gets its colour and a legend entry.
    candidates : sequence of int
        Rows of all candidates.
    results : sequence of int
        Rows of the results by rank: ringed, and in the close-up numbered from 1.
    close_up : bool
        Start at the part of the map that holds the query and its results, without a legend.
    words : tuple of str
        Names of candidates (with ``{cluster}``), of other images, of the query, of the results.
    height : int
        In pixels.

    Returns
    -------
    Figure
        With a transparent background; colours of text are left to the theme.

    Examples
    --------
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.plots.cluster_map import cluster_map
    >>> from mmrec_core.serving.answers import Query
    >>> from mmrec_core.serving.recommender import Recommender
    >>> bundle = open_bundle("artifacts/demo")
    >>> answer = Recommender(bundle).recommend(Query("animals/birds/magpie.png"), k=3)
    >>> figure = cluster_map(
    ...     bundle.items,
    ...     query_xy=(answer.query.x, answer.query.y),
    ...     query_index=answer.query.index,
    ...     candidate_clusters=[near.cluster for near in answer.clusters],
    ...     candidates=answer.candidates,
    ...     results=[result.index for result in answer.results],
    ... )
    >>> "results" in [trace.name for trace in figure.data]
    True
    """
    cluster_of = items["cluster"].to_numpy()
    listed = np.setdiff1d(np.asarray(candidates, dtype=int), np.asarray(results, dtype=int))
    drawn = np.isin(np.arange(len(items)), [*listed, *results, *_known(query_index)])
    figure = go.Figure()
    context = np.flatnonzero(~drawn)
    if len(context) > MOST_CONTEXT:
        context = context[np.linspace(0, len(context) - 1, MOST_CONTEXT).astype(int)]
    add_points = figure.add_scatter if len(items) <= _MOST_DRAWN else figure.add_scattergl
    add_points(**_context(items, context, words[1]))
    for cluster in candidate_clusters:
        rows = listed[cluster_of[listed] == cluster]
        add_points(
            **_candidates(items, rows),
            name=words[0].format(cluster=cluster),
            marker={
                "size": 7,
                "opacity": 0.75,
                "color": cluster_colour(cluster),
                "symbol": cluster_symbol(cluster),
            },
        )
    others = listed[~np.isin(cluster_of[listed], candidate_clusters)]
    symbols = np.array([cluster_symbol(int(c)) for c in cluster_of[others]])
    for symbol in np.unique(symbols):  # a trace for each cluster costs more than all points
        rows = others[symbols == symbol]
        add_points(
            **_candidates(items, rows),
            name=words[0].format(cluster="…"),
            showlegend=False,
            marker={
                "size": 7,
                "opacity": 0.75,
                "color": cluster_of[rows] % len(CLUSTER_COLOURS),
                "colorscale": list(CLUSTER_COLOURS),
                "cmin": 0,
                "cmax": len(CLUSTER_COLOURS) - 1,
                "symbol": str(symbol),
            },
        )
    if len(results):
        _add_results(figure, items, np.asarray(results, dtype=int), words[3], numbered=close_up)
    caption = _caption(query_text, "")
    figure.add_scatter(
        x=[query_xy[0]],
        y=[query_xy[1]],
        mode="markers",
        name=words[2],
        marker={
            "size": 18,
            "symbol": "star",
            "color": YELLOW,
            "line": {"width": 1.5, "color": "#1D1E24"},
        },
        text=[caption],
        hovertemplate=f"<b>{html.escape(words[2])}</b> %{{text}}<extra></extra>",
    )
    hidden = {"visible": False, "showgrid": False, "zeroline": False}
    figure.update_layout(
        height=height,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        paper_bgcolor=CLEAR,
        plot_bgcolor=CLEAR,
        dragmode="pan",
        hovermode="closest",
        hoverlabel={"align": "left"},
        showlegend=not close_up,
        legend={"orientation": "h", "y": -0.02, "yanchor": "top", "x": 0, "itemsizing": "constant"},
        xaxis=hidden,
        yaxis=hidden | {"scaleanchor": "x"},
        uirevision=f"map {query_index} {query_xy}",
        overwrite=True,
    )
    if close_up:
        _zoom(figure, items, np.asarray(results, dtype=int), query_xy)
    return figure


def _zoom(
    figure: go.Figure, items: pd.DataFrame, rows: np.ndarray, query_xy: tuple[float, float]
) -> None:
    for axis, update, at in (("x", figure.update_xaxes, 0), ("y", figure.update_yaxes, 1)):
        every = items[axis].to_numpy()
        shown = np.append(every[rows], query_xy[at])
        middle = (shown.min() + shown.max()) / 2
        least = 0.04 * (every.max() - every.min())
        reach = max(0.6 * (shown.max() - shown.min()), least)
        update(range=[middle - reach, middle + reach])


def _add_results(
    figure: go.Figure, items: pd.DataFrame, rows: np.ndarray, name: str, *, numbered: bool
) -> None:
    colours = [cluster_colour(int(c)) for c in items["cluster"].to_numpy()[rows]]
    ranks = [str(rank) for rank in range(1, len(rows) + 1)]
    figure.add_scatter(
        x=items["x"].to_numpy()[rows],
        y=items["y"].to_numpy()[rows],
        mode="markers+text" if numbered else "markers",
        name=name,
        marker={
            "size": 20 if numbered else 9,
            "color": "white",
            "line": {"width": 2.5, "color": colours},
        },
        text=ranks,
        textfont={"size": 11, "color": "#1D1E24", "weight": 700},
        customdata=_hover(items, rows),
        hovertemplate="<b>%{text}</b> %{customdata}<extra></extra>",
    )


def _context(items: pd.DataFrame, rows: np.ndarray, name: str) -> dict[str, Any]:
    hover = len(rows) <= _MOST_HOVER
    return {
        "x": items["x"].to_numpy()[rows],
        "y": items["y"].to_numpy()[rows],
        "mode": "markers",
        "name": name,
        "marker": {"size": 5 if hover else 2, "color": CONTEXT},
        "text": _hover(items, rows) if hover else None,
        "hovertemplate": "%{text}<extra></extra>" if hover else None,
        "hoverinfo": None if hover else "skip",
    }


def _candidates(items: pd.DataFrame, rows: np.ndarray) -> dict[str, Any]:
    return {
        "x": items["x"].to_numpy()[rows],
        "y": items["y"].to_numpy()[rows],
        "mode": "markers",
        "text": _hover(items, rows),
        "hovertemplate": "%{text}<extra></extra>",
    }


def _known(index: int | None) -> list[int]:
    return [] if index is None else [index]


def _hover(items: pd.DataFrame, rows: np.ndarray) -> list[str]:
    shown = (items[name].array.take(rows) for name in ("text", "image", "cluster"))
    return [
        f"{_caption(text, image)}<br>cluster {cluster}"
        for text, image, cluster in zip(*shown, strict=True)
    ]


def _caption(text: str | None, otherwise: str) -> str:
    """Return a caption in lines, as text: Plotly would render its tags and ``%{…}``."""
    shown = " ".join((text or otherwise).split())
    if len(shown) > _LONGEST:
        shown = f"{shown[: _LONGEST - 1].rpartition(' ')[0] or shown[: _LONGEST - 2]} …"
    lines = html.escape("\n".join(_LINE.findall(shown)))  # textwrap takes thirty times as long
    return lines.replace("%{", "%&#123;").replace("\n", "<br>")
