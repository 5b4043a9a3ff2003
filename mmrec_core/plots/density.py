"""All images of a large collection as one picture of where they lie: the denser, the darker.

A browser draws it as quickly as one point, however many images there are.
"""

import io
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from PIL import Image

from mmrec_core.collection.map_grid import GRID, Frame, frame_of, on_grid
from mmrec_core.data_urls import data_url

OVERVIEW, CLOSE_UP = 400, 1600
"""Cells of a side: for the whole map, and for a close-up, which shows a part of it."""

_GREY = (128, 132, 145)
_FAINTEST, _DARKEST = 90, 230  # opacity of one image and of the densest cell, of 255
_LEVELS = 16


@dataclass(frozen=True)
class Density:
    """The square that holds a whole map, and a picture of how many images lie where in it.

    Attributes
    ----------
    frame : Frame
        The square.
    picture : str
        A PNG as an address that begins with ``data:``; clear where there is nothing, else grey,
        with an opacity by the logarithm of the number of images.
    """

    frame: Frame
    picture: str

    @classmethod
    def of(cls, positions: np.ndarray, side: int = OVERVIEW) -> Self:
        """Draw the density of all positions, (n, 2) in map units, in ``side`` × ``side`` cells."""
        frame = frame_of(positions)
        columns, rows = (on_grid(positions, frame).astype(np.int64) * side // (GRID + 1)).T
        counts = np.bincount((side - 1 - rows) * side + columns, minlength=side**2)
        filled = np.flatnonzero(counts)
        share = np.log(counts[filled]) / np.log(counts.max(initial=2))
        levels = np.zeros(side**2, dtype=np.uint8)
        levels[filled] = 1 + np.rint(share * (_LEVELS - 2))
        return cls(frame, _address(levels.reshape(side, side)))

    @property
    def layout_image(self) -> dict[str, Any]:
        """The picture as Plotly lays it below the points."""
        return {
            "source": self.picture,
            "xref": "x",
            "yref": "y",
            "x": self.frame.left,
            "y": self.frame.low + self.frame.size,
            "sizex": self.frame.size,
            "sizey": self.frame.size,
            "sizing": "stretch",
            "layer": "below",
        }


def _address(levels: np.ndarray) -> str:
    picture = Image.fromarray(levels)
    picture.putpalette(_GREY * _LEVELS)
    opacity = np.linspace(_FAINTEST, _DARKEST, _LEVELS - 1).astype(np.uint8).tobytes()
    content = io.BytesIO()
    picture.save(content, "PNG", transparency=b"\0" + opacity, bits=4)
    return data_url(content.getvalue(), "png")
