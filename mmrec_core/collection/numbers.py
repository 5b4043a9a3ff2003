"""Numbers of images: which the catalogue has, ranges of them, and how many images lie where."""

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

WORDS = "words"
_NOT_MEASURED = ("group", "fold", "cluster", "x", "y")
_BINS = 24
_MOST_RANGES = 12
_BETWEEN, _COLON, _COMMA = "..", ":", ","


class Bins(NamedTuple):
    """How many images lie where.

    Attributes
    ----------
    edges : ndarray (bins + 1,) float64
        The bins' borders; the last bin has its right one too.
    total, passing : ndarray (bins,) int64
        All images, and those that pass a filter.
    """

    edges: np.ndarray
    total: np.ndarray
    passing: np.ndarray


def catalogue_numbers(items: pd.DataFrame) -> tuple[str, ...]:
    """Return the names of what is measured of images: ``words`` of the caption, numeric columns.

    Parameters
    ----------
    items : DataFrame
        The catalogue, as ``bundle.items`` has it.
    """
    columns = [
        str(name)
        for name in items.columns
        if name not in (*_NOT_MEASURED, WORDS)
        and is_numeric_dtype(items[name])
        and not is_bool_dtype(items[name])
        and _COMMA not in str(name)
    ]
    return ((WORDS,) if items["text"].notna().any() else ()) + tuple(columns)


def numbers_of(items: pd.DataFrame, name: str) -> np.ndarray:
    """Return one of `catalogue_numbers` of each image, (n,) float64; NaN where it has none."""
    if name == WORDS:
        return items["text"].map(lambda text: len(text.split()), na_action="ignore").to_numpy(float)
    return items[name].to_numpy(float)


def parsed_ranges(text: str) -> dict[str, tuple[float, float]]:
    """Read ranges as a link has them, ``words:3..8,width:100..200``: what is none is left out.

    Examples
    --------
    >>> parsed_ranges("words:3..8,width:x..2")
    {'words': (3.0, 8.0)}
    """
    ranges = {}
    for part in text.split(_COMMA)[:_MOST_RANGES]:
        name, _colon, ends = part.rpartition(_COLON)
        low, between, high = ends.partition(_BETWEEN)
        try:
            span = float(low), float(high)
        except ValueError:
            continue
        if name and between and all(map(math.isfinite, span)):
            ranges[name] = span
    return ranges


def written_ranges(ranges: Mapping[str, tuple[float, float]]) -> str:
    """Write ranges as `parsed_ranges` reads them.

    Examples
    --------
    >>> written_ranges({"words": (3.0, 8.0)})
    'words:3..8'
    """
    return _COMMA.join(
        f"{name}{_COLON}{low:.10g}{_BETWEEN}{high:.10g}" for name, (low, high) in ranges.items()
    )


def scale(values: np.ndarray) -> tuple[float, float, float]:
    """Return where a scale of the values begins and ends, in steps of 1, 10, 0.1, …, and the step.

    Examples
    --------
    >>> scale(np.array([0.02, 0.5, 0.97]))
    (0.02, 0.97, 0.01)
    >>> scale(np.array([2, 9, 4, np.nan]))
    (2.0, 9.0, 1.0)
    """
    known = values[~np.isnan(values)]
    low, high = float(known.min()), float(known.max())
    power = math.floor(math.log10(high - low)) - 1 if high > low else 0
    whole = bool((known == np.round(known)).all())
    step = 10.0 ** (max(power, 0) if whole else power)
    places = max(-power, 0)
    if whole and step == 1:
        return low, high, step
    return (
        round(math.floor(low / step) * step, places),
        round(math.ceil(high / step) * step, places),
        round(step, places),
    )


def binned(values: np.ndarray, passing: np.ndarray, bins: int = _BINS) -> Bins:
    """Count images over bins of a number.

    Parameters
    ----------
    values : ndarray (n,) float64
        NaN for an image without it, which is counted nowhere.
    passing : ndarray (m,) int
        Rows that pass a filter.
    bins : int
        The most bins; few whole numbers have one each.
    """
    low, high, step = scale(values)
    if step == 1 and high - low < bins:
        edges = np.arange(low, high + 2) - 0.5
    else:
        edges = np.linspace(low, high, bins + 1)

    def counted(some: np.ndarray) -> np.ndarray:
        return np.histogram(some[~np.isnan(some)], edges)[0]

    return Bins(edges, counted(values), counted(values[passing]))
