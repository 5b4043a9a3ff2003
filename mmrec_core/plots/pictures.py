"""Pictures in a row, each with a title: a query and its results in a notebook."""

import html
from collections.abc import Sequence
from pathlib import Path

import plotly.graph_objects as go

from mmrec_core.data_urls import data_url
from mmrec_core.plots.chart import drawn


def picture_row(
    files: Sequence[Path], titles: Sequence[str] = (), *, height: int = 220
) -> go.Figure:
    """Show pictures side by side.

    Parameters
    ----------
    files : sequence of Path
        WebP files, such as the thumbnails of a bundle; they are embedded.
    titles : sequence of str, optional
        One above each picture.
    height : int
        In pixels.

    Examples
    --------
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.plots.pictures import picture_row
    >>> bundle = open_bundle("artifacts/demo")
    >>> figure = picture_row([bundle.thumbnail_path(row) for row in (0, 1, 2)], "abc")
    >>> [title.text for title in figure.layout.annotations]
    ['a', 'b', 'c']
    """
    pictures = [
        {
            "source": data_url(file.read_bytes()),
            "xref": "x", "yref": "y", "x": place, "y": 0, "sizex": 0.92, "sizey": 0.92,
            "xanchor": "center", "yanchor": "middle",
        }
        for place, file in enumerate(files)
    ]  # fmt: skip
    above = {"y": 0.5, "yanchor": "bottom", "showarrow": False}
    hidden = {"visible": False, "fixedrange": True}
    return drawn(
        [],
        images=pictures,
        annotations=[
            above | {"text": html.escape(title), "x": place} for place, title in enumerate(titles)
        ],
        height=height,
        width=height * max(len(files), 1),
        margin={"l": 0, "r": 0, "t": 24, "b": 0},
        xaxis=hidden | {"range": [-0.5, len(files) - 0.5]},
        yaxis=hidden | {"range": [-0.5, 0.5], "scaleanchor": "x"},
    )
