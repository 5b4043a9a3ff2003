"""A vector as a sum of parts: what each cell of a picture, or each word of a text, adds to it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

Float64Array = NDArray[np.float64]

Method = Literal["sum", "attention", "occlusion", "leave-one-out", "sum and leave-one-out"]
"""How a vector was taken apart. ``sum``: the encoder itself adds the parts, so they are exact.
``attention``: direct contributions through the attention of a transformer's layers. ``occlusion``
and ``leave-one-out``: what the vector loses without the part."""


class Grid(NamedTuple):
    """The cells that a picture is seen in, and where they lie.

    Attributes
    ----------
    rows, columns : int
    left, top, width, height : float
        The grid's rectangle in units of the picture's own width and height. It reaches beyond the
        picture (0 to 1) where an encoder fills a square up, and lies inside where one crops.
    """

    rows: int
    columns: int
    left: float
    top: float
    width: float
    height: float

    @property
    def on_picture(self) -> NDArray[np.bool_]:
        """Which cells have their centre on the picture, (rows · columns,): not what fills it up."""
        x = self.left + self.width * (np.arange(self.columns) + 0.5) / self.columns
        y = self.top + self.height * (np.arange(self.rows) + 0.5) / self.rows
        return np.outer((y >= 0) & (y <= 1), (x >= 0) & (x <= 1)).ravel()


def fitted_grid(size: tuple[int, int], rows: int, columns: int, aspect: float = 1.0) -> Grid:
    """Return the grid of a picture that was fitted into a frame and filled up around it.

    Parameters
    ----------
    size
        The picture's width and height.
    rows, columns
    aspect
        The frame's width by its height: a square's, if not given.
    """
    return _framed(size, rows, columns, max(size[0], size[1] * aspect), aspect)


def cropped_grid(size: tuple[int, int], rows: int, columns: int, aspect: float = 1.0) -> Grid:
    """Return the grid of a picture's middle: it filled a frame, as above, and was cropped."""
    return _framed(size, rows, columns, min(size[0], size[1] * aspect), aspect)


def _framed(size: tuple[int, int], rows: int, columns: int, across: float, aspect: float) -> Grid:
    width, height = across / size[0], across / aspect / size[1]
    return Grid(rows, columns, (1 - width) / 2, (1 - height) / 2, width, height)


@dataclass(frozen=True, eq=False)
class Parts:
    """A vector as a sum of parts.

    Attributes
    ----------
    vectors : ndarray (m, d) float64
        What each part adds.
    whole : ndarray (d,) float64
        What no part carries: the picture, or the text, as a whole.
    method : Method
    """

    vectors: Float64Array
    whole: Float64Array
    method: Method

    @property
    def exact(self) -> bool:
        """Whether the encoder itself adds the parts; otherwise they are an approximation."""
        return self.method == "sum"

    @property
    def total(self) -> Float64Array:
        """The vector, shape (d,): all parts and the whole added."""
        return self.vectors.sum(axis=0) + self.whole

    def summing_to(self, vector: NDArray[np.floating]) -> Self:
        """Return the parts of a vector that is nearly, but not to all digits, their total.

        A bundle's vectors are of the pictures as they were, and what is left of these is
        thumbnails; the offline encoder's vector of a caption that it was fitted on is as if it had
        not been. Each part takes of the difference what it has of the total: its projection on it.

        Parameters
        ----------
        vector
            Shape (d,).
        """
        total = self.total
        squared = float(total @ total) or 1.0
        missing = np.asarray(vector, dtype=np.float64) - total
        return replace(
            self,
            vectors=self.vectors + np.outer(self.vectors @ total / squared, missing),
            whole=self.whole + (self.whole @ total / squared) * missing,
        )


@dataclass(frozen=True, eq=False)
class PictureParts(Parts):
    """A picture's vector by the cells of a grid, row by row from its upper left corner."""

    grid: Grid


@dataclass(frozen=True, eq=False)
class TextParts(Parts):
    """A text's vector by its words.

    Attributes
    ----------
    spans : tuple of (int, int)
        Where each word begins and ends in the text.
    """

    spans: tuple[tuple[int, int], ...]


_WORD = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff]|[^\s\u2e80-\u9fff\uf900-\ufaff]+")
"""Up to the next space; where a script has none between words, a character."""


def words(text: str) -> tuple[tuple[int, int], ...]:
    """Return where the words of a text begin and end, with the punctuation that clings to them.

    Examples
    --------
    >>> [text[start:end] for text in ["A red-haired girl."] for start, end in words(text)]
    ['A', 'red-haired', 'girl.']
    """
    return tuple(match.span() for match in _WORD.finditer(text))


def without(text: str, span: tuple[int, int]) -> str:
    """Return a text without one of its words.

    Examples
    --------
    >>> without("A red apple.", (2, 5))
    'A apple.'
    """
    return " ".join((text[: span[0]] + text[span[1] :]).split())
