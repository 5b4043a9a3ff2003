"""Random draws that an image's name decides: they stay as they are when other images come or go."""

import hashlib
from collections.abc import Sequence

import numpy as np
import pandas as pd

_ALL = 2.0**64


def draws(names: Sequence[str] | pd.Series, *purpose: object) -> np.ndarray:
    """Draw a number for each image.

    Parameters
    ----------
    names : sequence of str
        The n images.
    *purpose : object
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
    >>> first, second = draws(["a.jpg", "b.jpg"], "folds", 0)
    >>> bool(second == draws(["b.jpg"], "folds", 0)[0]), 0 <= first < 1
    (True, True)
    """
    key = hashlib.blake2b(repr(purpose).encode(), digest_size=8).hexdigest()
    written = np.array([name.encode(errors="surrogatepass") for name in names], dtype=object)
    return pd.util.hash_array(written, hash_key=key, categorize=False) / _ALL


def pair_draws(one: float, others: np.ndarray) -> np.ndarray:
    """Draw a number for each pair of an image with others, (n,), from the `draws` of both."""
    return pd.util.hash_array(one + others, categorize=False) / _ALL
