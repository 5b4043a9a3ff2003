"""A cosine as a sum over pairs of parts."""

from dataclasses import dataclass

import numpy as np

from mmrec_core.encoders.parts import Parts


@dataclass(frozen=True, eq=False)
class Alignment:
    """What each part of a query and each part of a candidate add to their likeness together.

    Attributes
    ----------
    pairs : ndarray (m + 1, n + 1) float64
        Parts of the query by parts of the candidate. The last row and the last column are what no
        part carries: the whole.
    """

    pairs: np.ndarray

    @property
    def total(self) -> float:
        """The sum of all."""
        return float(self.pairs.sum())

    @property
    def by_query(self) -> np.ndarray:
        """What each part of the query adds, the whole last, shape (m + 1,)."""
        return self.pairs.sum(axis=1)

    @property
    def by_candidate(self) -> np.ndarray:
        """What each part of the candidate adds, the whole last, shape (n + 1,)."""
        return self.pairs.sum(axis=0)


def align(query: Parts, candidate: Parts) -> Alignment:
    """Take the cosine of two vectors apart.

    Both vectors are sums, so their product is the sum over all pairs of summands. A vector of
    length 0 has no cosine: its parts add NaN.

    Examples
    --------
    >>> import numpy as np
    >>> from mmrec_core.encoders.parts import Parts
    >>> one = Parts(np.array([[3.0, 0.0], [0.0, 4.0]]), np.zeros(2), "sum")
    >>> two = Parts(np.array([[1.0, 0.0]]), np.zeros(2), "sum")
    >>> align(one, two).pairs.tolist()
    [[0.6, 0.0], [0.0, 0.0], [0.0, 0.0]]
    """
    with np.errstate(invalid="ignore"):
        return Alignment(_scaled(query) @ _scaled(candidate).T)


def _scaled(parts: Parts) -> np.ndarray:
    """Return the parts and the whole, (m + 1, d), so that their sum has length 1."""
    every = np.vstack([parts.vectors, parts.whole])
    return every / np.linalg.norm(parts.total)
