"""Random draws that an image's name decides: they stay as they are when other images come or go."""

import hashlib
from collections.abc import Iterable

import numpy as np
import pandas as pd


def uniform_by_name(names: Iterable[str], *purpose: str | int) -> np.ndarray:
    """Draw a number for each image.

    Parameters
    ----------
    names : iterable of str
        The n images.
    *purpose : str or int
        What is drawn, and the seed: each purpose has draws of its own.

    Returns
    -------
    ndarray (n,) float64
        Evenly spread over [0, 1), the same on every machine.

    Notes
    -----
    A keyed SipHash of the name (`pandas.util.hash_array`).

    Examples
    --------
    >>> uniform_by_name(["a.jpg", "Ёж/ы.png"], "fold", 0).round(3).tolist()
    [0.774, 0.711]
    """
    key = hashlib.blake2b("\0".join(map(str, purpose)).encode(), digest_size=8).hexdigest()
    written = np.array([name.encode(errors="surrogatepass") for name in names], dtype=object)
    return _uniform(pd.util.hash_array(written, hash_key=key, categorize=False))


def uniform_by_pair(one: float, others: np.ndarray) -> np.ndarray:
    """Draw a number for the pair of an image with each other, (n,), from what was drawn for both.

    The pair the other way round has a draw of its own.

    Examples
    --------
    >>> uniform_by_pair(0.25, np.array([0.5, 0.125])).round(3).tolist()
    [0.688, 0.395]
    """
    return _uniform(pd.util.hash_array(one - others, categorize=False))


def _uniform(hashes: np.ndarray) -> np.ndarray:
    return (hashes >> np.uint64(11)) / 2.0**53
