"""The most similar of many, in an order that does not depend on how similarities were summed.

How a matrix product rounds depends on its shape, the number of threads and the machine: images
with equal vectors get cosines that differ in the last digit, and one query gets other cosines than
many at once. So a product only makes a shortlist. Where its values are too close to distinguish,
the cosines are computed again, exactly, and images of equal similarity are listed by row.

Exactly means: the components of the unit vectors are rounded to multiples of 2⁻²⁶, about as precise
as float32. Their products are multiples of 2⁻⁵², which double precision adds without rounding while
the sum is below 2, in any order. Rounding the float32 cosines instead would not help: of two that
differ in the last digit, some always round to different values.
"""

from collections.abc import Callable
from functools import partial

import numpy as np

PRODUCT_ERROR = 2e-6
"""No float32 product of unit vectors is off by more: 7e-7 was the most measured, up to 768 long."""

_GRID = 2.0**26


def exact_cosines(vectors: np.ndarray, query: np.ndarray) -> np.ndarray:
    """Return cosines that are the same in any order of summation.

    Parameters
    ----------
    vectors : ndarray (n, d) float32
        Of length 1, or NaN.
    query : ndarray (d,) float32
        Likewise.

    Returns
    -------
    ndarray (n,) float64
        Equal vectors have equal cosines; NaN where either is NaN.
    """
    return _on_grid(vectors) @ _on_grid(query) / _GRID**2


def _on_grid(vectors: np.ndarray) -> np.ndarray:
    return np.rint(vectors.astype(np.float64) * _GRID)


def most_similar(
    products: np.ndarray, size: int, exact: Callable[[int, np.ndarray], np.ndarray]
) -> np.ndarray:
    """Return the columns of the highest similarities: the highest first, of equals the lower.

    Parameters
    ----------
    products : ndarray (m, n) float32
        Similarities within `PRODUCT_ERROR`; -inf where a column is out of the question.
    size : int
        How many columns a row gets, at least 1.
    exact : callable
        Given a row and some columns, (k,) int, returns their exact similarities, (k,) float64.

    Returns
    -------
    ndarray (m, size) int32
        -1 fills up.
    """
    kept = min(size + 1, products.shape[1])
    values, columns = _highest(products, kept)
    lists = np.full((len(products), size), -1, dtype=np.int32)
    lists[:, :kept] = np.where(np.isneginf(values), -1, columns)[:, :size]
    with np.errstate(invalid="ignore"):  # -inf from -inf
        close = values[:, :-1] - values[:, 1:] <= 2 * PRODUCT_ERROR
    for row in np.flatnonzero(close.any(axis=1)):
        if kept > size and close[row, -1]:
            least = values[row, size - 1] - 2 * PRODUCT_ERROR
            listed = np.flatnonzero(products[row] >= least)
            listed = listed[np.argsort(-products[row, listed], kind="stable")]
        else:
            listed = columns[row, ~np.isneginf(values[row])]
        settled = _settled(listed, products[row, listed], partial(exact, int(row)))
        lists[row, : len(settled)] = settled[:size]
    return lists


def highest_rows(
    products: np.ndarray, size: int, exact: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    """Return the columns that `most_similar` lists, in ascending order.

    Only where the list ends is the order settled.

    Parameters
    ----------
    products : ndarray (n,) float32
        As one row of those of `most_similar`.
    size : int
        At least 1.
    exact : callable
        Given some columns, (k,) int, returns their exact similarities, (k,) float64.

    Returns
    -------
    ndarray (at most size,) int64
    """
    allowed = np.flatnonzero(~np.isneginf(products))
    if len(allowed) <= size:
        return allowed
    least = -np.partition(-products[allowed], size - 1)[size - 1]
    sure = np.flatnonzero(products > least + 2 * PRODUCT_ERROR)
    unsure = np.flatnonzero(np.abs(products - least) <= 2 * PRODUCT_ERROR)
    left = size - len(sure)
    if left < len(unsure):
        unsure = unsure[np.lexsort((unsure, -exact(unsure)))[:left]]
    return np.sort(np.concatenate([sure, unsure]))


def place_of(
    products: np.ndarray, column: int, exact: Callable[[np.ndarray], np.ndarray]
) -> int | None:
    """Return a column's place in the order of `most_similar`, from 1; None if it has none.

    Parameters
    ----------
    products : ndarray (n,) float32
        As one row of those of `most_similar`.
    column : int
    exact : callable
        Given some columns, (k,) int, returns their exact similarities, (k,) float64.
    """
    own = products[column]
    if np.isneginf(own):
        return None
    close = np.flatnonzero(np.abs(products - own) <= 2 * PRODUCT_ERROR)
    similarity = exact(close)
    mine = similarity[close == column][0]
    before = (similarity > mine) | ((similarity == mine) & (close < column))
    return 1 + int((products > own + 2 * PRODUCT_ERROR).sum() + before.sum())


def _settled(
    columns: np.ndarray, values: np.ndarray, exact: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    """Put columns in order, given their products in descending order."""
    separate = values[:-1] - values[1:] > 2 * PRODUCT_ERROR
    run = np.concatenate([[0], np.cumsum(separate)])
    unsure = ~np.concatenate([[True], separate]) | ~np.concatenate([separate, [True]])
    similarity = np.zeros(len(columns))
    similarity[unsure] = exact(columns[unsure])
    return columns[np.lexsort((columns, -similarity, run))]


def _highest(products: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the ``count`` highest values of each row, in descending order, and their columns."""
    if len(products) == 1:  # spares a query of the bundle the seconds that torch takes to import
        columns = np.argpartition(-products, count - 1, axis=1)[:, :count]
        columns = np.take_along_axis(
            columns, np.argsort(-np.take_along_axis(products, columns, axis=1), axis=1), axis=1
        )
        return np.take_along_axis(products, columns, axis=1), columns
    import torch  # its partial sort is several times as fast as NumPy's

    values, places = torch.from_numpy(products).topk(count, dim=1)
    return values.numpy(), places.numpy()
