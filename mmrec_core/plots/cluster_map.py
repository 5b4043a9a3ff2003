"""The collection as a map, with one query: its cluster, the candidates, the results."""

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from mmrec_core.collection.map_grid import Frame, frame_of
from mmrec_core.plots.chart import drawn
from mmrec_core.plots.density import CLOSE_UP, OVERVIEW, Density
from mmrec_core.plots.palette import (
    CLUSTER_COLOURS,
    CONTEXT,
    YELLOW,
    cluster_colour,
    cluster_symbol,
)

_MOST_HOVER = 2_000  # grey points with a text each
_MOST_POINTS = 3_000  # of more images the density is drawn: a browser takes long to start WebGL
_NOWHERE = {"x": [None], "y": [None]}  # a trace that stands in the legend alone
_CANDIDATE = {"size": 7, "opacity": 0.75}
_LONGEST = 160  # characters of a hover text
_LINE = re.compile(r"\S(?:.{0,42}\S)?(?=\s|$)|\S{44}")
_CELLS = 200  # of what is shown at first: candidates of a cluster in one of them are one point


class Words(NamedTuple):
    """What stands in the legend, and in the texts of points.

    In ``candidates`` and ``cluster``, ``{cluster}`` is replaced by a cluster's number; in ``here``,
    ``{n}`` by how many candidates a point stands for.
    """

    candidates: str = "candidates, cluster {cluster}"
    others: str = "other images"
    query: str = "query"
    results: str = "results"
    cluster: str = "cluster {cluster}"
    here: str = "candidates here: {n}"


_WORDS = Words()


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
    density: Density | None = None,
    words: Words = _WORDS,
    height: int = 420,
) -> go.Figure:
    """Draw the UMAP of a collection around one query.

    Parameters
    ----------
    items : DataFrame
        The catalogue: ``x``, ``y`` (map units), ``cluster``, ``text``, ``image``. Candidates and
        results are points; other images, too, up to 3,000, above 2,000 without a hover text. Of
        more their density is drawn, and candidates of a cluster that can't be told apart are one
        point, which says how many they are.
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
    density : Density, optional
        Of these images, in `OVERVIEW` or, for a close-up, `CLOSE_UP` cells; drawn anew without it.
    words : Words
        In the reader's language.
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
    cluster_of, all_points = items["cluster"].to_numpy(), len(items) <= _MOST_POINTS
    ranked = np.asarray(results, dtype=int)
    listed = np.setdiff1d(np.asarray(candidates, dtype=int), ranked)
    if not (all_points or density):
        density = Density.of(_places(items), CLOSE_UP if close_up else OVERVIEW)
    whole = density.frame if density else frame_of(_places(items))
    shown = _close_up(_places(items, ranked), query_xy, whole) if close_up else _grown(whole, 1.06)
    counts: dict[int, int] = {}
    if not all_points:
        listed, counts = _told_apart(listed, items, shown)
    others = listed[~np.isin(cluster_of[listed], candidate_clusters)]
    elsewhere = [*listed, *ranked, *_known(query_index)]
    traces = [
        _context(items, np.setdiff1d(np.arange(len(items)), elsewhere), words)
        if all_points
        else _legend_alone(words.others),
        *(
            _of_a_cluster(items, listed[cluster_of[listed] == cluster], cluster, words, counts)
            for cluster in candidate_clusters
        ),
        *_of_many_clusters(items, others, words, counts),
        _results(items, ranked, words, numbered=close_up),
        _query(query_xy, query_text, words.query),
    ]
    hidden = {"visible": False, "showgrid": False, "zeroline": False}
    pictures = [density.layout_image] if density and not all_points else []
    return drawn(
        [trace for trace in traces if len(trace["x"])],
        height=height,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        dragmode="pan",
        hovermode="closest",
        hoverlabel={"align": "left"},
        showlegend=not close_up,
        legend={
            "orientation": "h", "y": -0.02, "yanchor": "top", "x": 0, "itemsizing": "constant",
        },
        xaxis=hidden | {"range": [shown.left, shown.left + shown.size]},
        yaxis=hidden | {"range": [shown.low, shown.low + shown.size], "scaleanchor": "x"},
        images=pictures,
        uirevision=f"map {query_index} {query_xy}",
    )  # fmt: skip


def _places(items: pd.DataFrame, rows: np.ndarray | slice = slice(None)) -> np.ndarray:
    return np.column_stack([items["x"].to_numpy()[rows], items["y"].to_numpy()[rows]])


def _close_up(results: np.ndarray, query_xy: tuple[float, float], whole: Frame) -> Frame:
    """Return the square that shows the results and the query, and something around them."""
    there = np.vstack([results, query_xy])
    low, high = there.min(axis=0), there.max(axis=0)
    size = max(1.2 * (high - low).max(), 0.08 * whole.size)
    left, bottom = (low + high - size) / 2
    return Frame(float(left), float(bottom), float(size))


def _grown(frame: Frame, times: float) -> Frame:
    more = (times - 1) * frame.size / 2
    return Frame(frame.left - more, frame.low - more, frame.size * times)


def _points(items: pd.DataFrame, rows: np.ndarray, name: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": items["x"].to_numpy()[rows],
        "y": items["y"].to_numpy()[rows],
        "mode": "markers",
        "name": name,
    }


def _told_apart(
    rows: np.ndarray, items: pd.DataFrame, shown: Frame
) -> tuple[np.ndarray, dict[int, int]]:
    """Return one row of each cluster and cell, and how many each stands for."""
    cells = np.floor((_places(items, rows) - (shown.left, shown.low)) * (_CELLS / shown.size))
    keys = np.column_stack([cells, items["cluster"].to_numpy()[rows]])
    _, first, counts = np.unique(keys, axis=0, return_index=True, return_counts=True)
    kept = rows[first]
    return kept, dict(zip(kept.tolist(), counts.tolist(), strict=True))


def _context(items: pd.DataFrame, rows: np.ndarray, words: Words) -> dict[str, Any]:
    hover = len(rows) <= _MOST_HOVER
    return _points(items, rows, words.others) | {
        "marker": {"size": 5 if hover else 2, "color": CONTEXT},
        "text": _hover(items, rows, words) if hover else None,
        "hovertemplate": "%{text}<extra></extra>" if hover else None,
        "hoverinfo": None if hover else "skip",
    }


def _legend_alone(name: str) -> dict[str, Any]:
    marker = {"size": 5, "color": CONTEXT}
    return {"type": "scatter", "mode": "markers", "name": name, "marker": marker} | _NOWHERE


def _of_a_cluster(
    items: pd.DataFrame, rows: np.ndarray, cluster: int, words: Words, counts: Mapping[int, int]
) -> dict[str, Any]:
    return _points(items, rows, words.candidates.format(cluster=cluster)) | {
        "marker": _CANDIDATE
        | {"color": cluster_colour(cluster), "symbol": cluster_symbol(cluster)},
        "text": _hover(items, rows, words, counts),
        "hovertemplate": "%{text}<extra></extra>",
        # A cluster that gave no candidate stands in the legend all the same.
        **({} if len(rows) else _NOWHERE),
    }


def _of_many_clusters(
    items: pd.DataFrame, rows: np.ndarray, words: Words, counts: Mapping[int, int]
) -> list[dict[str, Any]]:
    """Return a trace for each symbol.

    One trace for all would have a symbol for each point, which Plotly takes long to check, and
    a trace for each cluster costs more than all points.
    """
    cluster_of = items["cluster"].to_numpy()[rows]
    symbols = np.array([cluster_symbol(int(cluster)) for cluster in cluster_of])
    traces = []
    for symbol in np.unique(symbols):
        some = rows[symbols == symbol]
        colours = {
            "color": cluster_of[symbols == symbol] % len(CLUSTER_COLOURS),
            "colorscale": list(CLUSTER_COLOURS),
            "cmin": 0,
            "cmax": len(CLUSTER_COLOURS) - 1,
            "symbol": str(symbol),
        }
        traces.append(
            _points(items, some, words.candidates.format(cluster="…"))
            | {
                "showlegend": False,
                "marker": _CANDIDATE | colours,
                "text": _hover(items, some, words, counts),
                "hovertemplate": "%{text}<extra></extra>",
            }
        )
    return traces


def _results(
    items: pd.DataFrame, rows: np.ndarray, words: Words, *, numbered: bool
) -> dict[str, Any]:
    colours = [cluster_colour(int(c)) for c in items["cluster"].to_numpy()[rows]]
    return _points(items, rows, words.results) | {
        "mode": "markers+text" if numbered else "markers",
        "marker": {
            "size": 20 if numbered else 9,
            "color": "white",
            "line": {"width": 2.5, "color": colours},
        },
        "text": [str(rank) for rank in range(1, len(rows) + 1)],
        "textfont": {"size": 11, "color": "#1D1E24", "weight": 700},
        "customdata": _hover(items, rows, words),
        "hovertemplate": "<b>%{text}</b> %{customdata}<extra></extra>",
    }


def _query(place: tuple[float, float], text: str | None, name: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": [place[0]],
        "y": [place[1]],
        "mode": "markers",
        "name": name,
        "marker": {
            "size": 18,
            "symbol": "star",
            "color": YELLOW,
            "line": {"width": 1.5, "color": "#1D1E24"},
        },
        "text": [_caption(text, "")],
        "hovertemplate": f"<b>{html.escape(name)}</b> %{{text}}<extra></extra>",
    }


def _known(index: int | None) -> list[int]:
    return [] if index is None else [index]


def _hover(
    items: pd.DataFrame, rows: np.ndarray, words: Words, counts: Mapping[int, int] | None = None
) -> list[str]:
    shown = (items[name].array.take(rows).tolist() for name in ("text", "image", "cluster"))
    stood_for = [(counts or {}).get(row, 1) for row in rows.tolist()]
    return [
        f"{_caption(text, image)}<br>{words.cluster.format(cluster=cluster)}"
        + (f", {words.here.format(n=count)}" if count > 1 else "")
        for text, image, cluster, count in zip(*shown, stood_for, strict=True)
    ]


def _caption(text: str | None, otherwise: str) -> str:
    """Return a caption in lines, as text: Plotly would render its tags and ``%{…}``."""
    shown = " ".join((text or otherwise).split())
    if len(shown) > _LONGEST:
        shown = f"{shown[: _LONGEST - 1].rpartition(' ')[0] or shown[: _LONGEST - 2]} …"
    lines = html.escape("\n".join(_LINE.findall(shown)))  # textwrap takes thirty times as long
    return lines.replace("%{", "%&#123;").replace("\n", "<br>")
