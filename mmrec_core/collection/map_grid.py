"""The map as the browser draws it: places on a grid of 16 bits, sets of images as bits."""

from dataclasses import dataclass

import numpy as np

GRID = 65535
NO_CODE = 65535  # of an image that has no category
NO_VALUE = 255  # of an image that was not measured


@dataclass(frozen=True)
class Frame:
    """The square of the map that the grid covers, in map units."""

    left: float
    low: float
    size: float


def frame_of(positions: np.ndarray) -> Frame:
    """Return the least square that holds all positions, shape (n, 2)."""
    if not len(positions):
        return Frame(0.0, 0.0, 1.0)
    low, high = np.array([(column.min(), column.max()) for column in positions.T]).T
    size = float((high - low).max()) or 1.0
    left, bottom = (low + high) / 2 - size / 2
    return Frame(float(left), float(bottom), size)


def on_grid(positions: np.ndarray, frame: Frame) -> np.ndarray:
    """Return positions, (n, 2) in map units, on the grid, (n, 2) uint16."""
    shares = (np.asarray(positions, float) - (frame.left, frame.low)) / frame.size
    return np.clip(np.rint(shares * GRID), 0, GRID).astype("<u2")


def coded(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Return values as 0 to 254, from ``low`` or less to ``high`` or more; NaN is `NO_VALUE`."""
    shares = np.clip((values - low) / ((high - low) or 1.0), 0, 1)
    known = np.isfinite(shares)
    return np.where(known, np.rint(np.where(known, shares, 0) * (NO_VALUE - 1)), NO_VALUE).astype(
        np.uint8
    )


def as_bits(rows: np.ndarray, order: np.ndarray) -> bytes:
    """Return one bit an image, set for those in ``rows``; the first is the lowest of its byte.

    Parameters
    ----------
    rows : ndarray (m,) int
    order : ndarray (n,) int
        All rows, in the order of the bits.
    """
    held = np.zeros(len(order), bool)
    held[rows] = True
    return np.packbits(held[order], bitorder="little").tobytes()
