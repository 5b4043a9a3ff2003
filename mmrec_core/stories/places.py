"""The map of a story: where points lie on a sheet, and what of a large collection is drawn."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from mmrec_core.bundle import Bundle
from mmrec_core.stories.model import Map

WIDTH, HEIGHT = 110.0, 100.0
"""The sheet on which places are given, y downwards."""

_MARGIN = 4.0
_MOST_POINTS = 4000
_MOST_MARKED = 1500
_CELL = 1.25  # side of a cell of the density
_LEVELS = 5


class Places(NamedTuple):
    """Where what a map shows lies.

    Attributes
    ----------
    points : ndarray (n, 2)
        All images; none where they are drawn as density.
    density : list of ndarray (m, 2)
        The corners of cells from the emptiest level to the fullest; empty where there are points.
    cell : float
        A cell's side.
    marked : ndarray (m, 2)
    marked_of : int
        How many are marked, of which ``marked`` are drawn.
    query : tuple of float or None
    images : int
    """

    points: np.ndarray
    density: list[np.ndarray]
    cell: float
    marked: np.ndarray
    marked_of: int
    query: tuple[float, float] | None
    images: int


def places(bundle: Bundle, finding: Map) -> Places:
    """Return where a finding's points lie; names that the bundle lacks are left out."""
    sheet = _on_sheet(np.asarray(bundle.map, dtype=float))
    rows = _marked_rows(bundle, finding)
    shown = rows[np.unique(np.linspace(0, len(rows) - 1, min(len(rows), _MOST_MARKED)).astype(int))]
    query = None
    if finding.query and finding.query in bundle:
        x, y = sheet[bundle.index_of(finding.query)]
        query = (float(x), float(y))
    few = len(sheet) <= _MOST_POINTS
    return Places(
        sheet if few else sheet[:0],
        [] if few else _density(sheet),
        _CELL,
        sheet[shown],
        len(rows),
        query,
        len(sheet),
    )


def _marked_rows(bundle: Bundle, finding: Map) -> np.ndarray:
    named = _rows(bundle, finding.marked)
    if not finding.cluster_of or finding.cluster_of not in bundle:
        return named
    cluster = bundle.cluster_of[bundle.index_of(finding.cluster_of)]
    return np.union1d(named, np.flatnonzero(bundle.cluster_of == cluster))


def _rows(bundle: Bundle, names: Sequence[str]) -> np.ndarray:
    return np.array([bundle.index_of(name) for name in names if name in bundle], dtype=np.int64)


def _on_sheet(positions: np.ndarray) -> np.ndarray:
    """Return places on the sheet, to a tenth, with one scale in both directions."""
    low, high = positions.min(axis=0), positions.max(axis=0)
    room = np.array([WIDTH, HEIGHT]) - 2 * _MARGIN
    scale = (room / np.maximum(high - low, 1e-9)).min()
    centred = (positions - (low + high) / 2) * scale * (1, -1)
    middle = np.array([WIDTH, HEIGHT]) / 2
    return (centred + middle).round(1)


def _density(sheet: np.ndarray) -> list[np.ndarray]:
    columns = int(WIDTH / _CELL)
    cells = np.floor(sheet / _CELL).astype(int)
    codes, counts = np.unique(cells[:, 1] * columns + cells[:, 0], return_counts=True)
    level = np.ceil(_LEVELS * np.sqrt(counts / counts.max())).astype(int)
    corners = np.column_stack([codes % columns, codes // columns]) * _CELL
    return [corners[level == number] for number in range(1, _LEVELS + 1)]
