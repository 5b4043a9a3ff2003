"""What a pair weighs: every query counts the same, however many pairs it has."""

import numpy as np


def query_weights(queries: np.ndarray) -> np.ndarray:
    """Return the weight of each pair, so that the pairs of a query add up to 1.

    Training, calibration, the choice of a threshold and the calibration error all use it: pairs
    are sampled by query, and some queries have ten times the pairs of others.

    Parameters
    ----------
    queries : ndarray (n,) int
        The query of each pair.

    Returns
    -------
    ndarray (n,) float64

    Examples
    --------
    >>> import numpy as np
    >>> query_weights(np.array([7, 7, 3, 7, 7])).tolist()
    [0.25, 0.25, 1.0, 0.25, 0.25]
    """
    _, position, counts = np.unique(queries, return_inverse=True, return_counts=True)
    return 1 / counts[position]
