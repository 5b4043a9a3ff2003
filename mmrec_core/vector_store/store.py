"""What a database of vectors does for a bundle: it finds the nearest rows, and gives rows."""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

import numpy as np

PART = 8192  # rows


class Allowed(NamedTuple):
    """What a search may find: nothing else is found, and nothing else counts.

    Attributes
    ----------
    text : bool or None
        Images with a caption, or those without; None: all.
    but : ndarray (m,) int64
        Rows that are left out.
    """

    text: bool | None
    but: np.ndarray


class Found(NamedTuple):
    """What a search found, the highest product first.

    Attributes
    ----------
    rows : ndarray (m,) int64
    products : ndarray (m,) float32
        About: whoever needs cosines computes them of the rows.
    """

    rows: np.ndarray
    products: np.ndarray


class VectorStore(Protocol):
    """The vectors of n images, by row: what is searched, and several kinds in half precision."""

    def search(self, query: np.ndarray, size: int, allowed: Allowed) -> Found:
        """Return at most ``size`` images of the highest products with a query, (d,) float32."""
        ...

    def rows(self, rows: np.ndarray) -> np.ndarray:
        """Return all kinds side by side, (m, e) float16; ``rows`` ascend, none is there twice."""
        ...

    def parts(self, kind: str) -> Iterator[np.ndarray]:
        """Yield one kind of all rows in their order, `PART` at a time."""
        ...
