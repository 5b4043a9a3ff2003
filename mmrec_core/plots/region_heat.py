"""A picture under the heat of its regions: what each adds to a score or a cosine."""

import numpy as np
import plotly.graph_objects as go
from PIL.Image import Image

from mmrec_core.plots.chart import drawn
from mmrec_core.plots.palette import LOWERS, RAISES

STRONGEST = 0.82  # how much of the picture the strongest colour hides


def region_heat(
    picture: Image,
    values: np.ndarray,
    grid: tuple[int, int, float, float, float, float],
    *,
    unit: str = "",
    most: float | None = None,
    height: int = 320,
) -> go.Figure:
    """Draw a picture with what its regions add.

    Parameters
    ----------
    picture : Image
    values : ndarray (rows · columns,) float
        What each cell adds, row by row, such as `mmrec_core.attribution.Side.regions`.
    grid : tuple
        Rows, columns, and the grid's left, top, width and height in units of the picture's own
        width and height (`mmrec_core.encoders.parts.Grid`). What lies beyond the picture is cut
        off.
    unit : str
        Of the values, for the legend: ``log-odds`` or ``cosine``.
    most : float, optional
        The end of the scale on both sides of 0, so that two figures can be compared; by default
        the largest absolute value of a cell on the picture.
    height : int
        In pixels.

    Returns
    -------
    Figure
        Blue raises, vermilion lowers, 0 is clear; the legend has the numbers.

    Raises
    ------
    ValueError
        If there are not as many values as cells.

    Examples
    --------
    >>> import numpy as np
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.inputs.images import decode
    >>> from mmrec_core.plots.region_heat import region_heat
    >>> picture = decode(open_bundle("artifacts/demo").thumbnail_path(0))
    >>> figure = region_heat(picture, np.array([0.2, -0.1]), (1, 2, 0, 0, 1, 1), unit="cosine")
    >>> figure.data[0].zmax, figure.data[0].z.tolist()
    (0.2, [[0.2, -0.1]])
    """
    rows, columns, left, top, width, tall = grid
    cells = np.asarray(values, dtype=float).reshape(rows, columns)
    x = picture.width * (left + width * (np.arange(columns) + 0.5) / columns)
    y = picture.height * (top + tall * (np.arange(rows) + 0.5) / rows)
    if most is None:
        inside = np.outer((y >= 0) & (y <= picture.height), (x >= 0) & (x <= picture.width))
        most = float(np.abs(cells[inside]).max(initial=0)) or 1.0
    heat = {
        "type": "heatmap",
        "z": cells,
        "x": x,
        "y": y,
        "zmin": -most,
        "zmax": most,
        "zsmooth": "best",
        "colorscale": [
            [0, _colour(LOWERS, 1)],
            [0.5, _colour(LOWERS, 0)],
            [0.5, _colour(RAISES, 0)],
            [1, _colour(RAISES, 1)],
        ],
        "colorbar": {
            "title": {"text": unit, "side": "right"},
            "tickvals": (ticks := [-most, -most / 2, 0, most / 2, most]),
            "ticktext": [f"{tick:+.3f}".replace("-", "−") if tick else "0" for tick in ticks],
            "thickness": 12,
        },
        "hovertemplate": "%{z:+.3f} " + unit + "<extra></extra>",
    }
    below = {
        "source": picture, "xref": "x", "yref": "y", "x": 0, "y": 0, "sizex": picture.width,
        "sizey": picture.height, "sizing": "stretch", "layer": "below",
    }  # fmt: skip
    still = {"visible": False, "fixedrange": True, "constrain": "domain"}
    return drawn(
        [heat],
        images=[below],
        height=height,
        margin={"l": 0, "r": 0, "t": 8, "b": 8},
        xaxis=still | {"range": [0, picture.width]},
        yaxis=still | {"range": [picture.height, 0], "scaleanchor": "x"},
    )


def _colour(colour: str, share: float) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {STRONGEST * share:.2f})"
