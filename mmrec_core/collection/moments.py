"""Mean and covariance of vectors: how cosines with any query are spread, without computing them.

The cosines of a query q with vectors of mean μ and covariance Σ have the mean μ·q and the variance
qᵀΣq, exactly. That costs d² multiplications instead of n·d.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

_CHUNK = 8192  # rows


@dataclass(frozen=True, eq=False)
class Moments:
    """Of the vectors that are not missing.

    Attributes
    ----------
    count : int
        How many vectors there are.
    mean : ndarray (d,) float32
    covariance : ndarray (d, d) float32
    """

    count: int
    mean: np.ndarray
    covariance: np.ndarray

    @classmethod
    def of(cls, vectors: np.ndarray, hidden: np.ndarray | None = None) -> "Moments":
        """Compute the moments of vectors (n, d); NaN rows, and those ``hidden``, do not count."""
        dimension = vectors.shape[1]
        count, total = 0, np.zeros(dimension)
        for chunk in _known(vectors, hidden):
            count += len(chunk)
            total += chunk.sum(axis=0, dtype=np.float64)
        mean = (total / max(count, 1)).astype(np.float32)
        squares = np.zeros((dimension, dimension))
        for chunk in _known(vectors, hidden):
            # In single precision the last digit would depend on the number of threads.
            centred = chunk.astype(np.float64) - mean
            squares += centred.T @ centred
        return cls(count, mean, (squares / max(count, 1)).astype(np.float32))

    def of_cosines(
        self, query: np.ndarray, without: np.ndarray | None = None
    ) -> tuple[float, float]:
        """Return mean and standard deviation of the cosines with a query; 0 where there is none.

        Parameters
        ----------
        query : ndarray (d,) float32
            Of length 1; NaN if it is missing.
        without : ndarray (d,), optional
            One of the vectors, which is not counted; NaN if it is missing.
        """
        count = self.count
        if not count or np.isnan(query[0]):
            return 0.0, 0.0
        mean = float(self.mean.astype(np.float64) @ query)
        variance = float((self.covariance @ query).astype(np.float64) @ query)
        if without is not None and not np.isnan(without[0]):
            if count == 1:
                return 0.0, 0.0
            off = float(without.astype(np.float64) @ query) - mean
            mean -= off / (count - 1)
            variance = variance * count / (count - 1) - off**2 * count / (count - 1) ** 2
        return mean, float(np.sqrt(max(variance, 0.0)))


def _known(vectors: np.ndarray, hidden: np.ndarray | None) -> Iterator[np.ndarray]:
    for start in range(0, len(vectors), _CHUNK):
        part = slice(start, start + _CHUNK)
        chunk = vectors[part].astype(np.float32)
        known = ~np.isnan(chunk[:, 0])
        if hidden is not None:
            known &= ~hidden[part]
        yield chunk[known]
