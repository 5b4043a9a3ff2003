"""The reference's four similarities of a pair: cosine and distance of both modalities, raw.

In float64, since a distance is computed from lengths and products, and two like pictures would
lose theirs in the last digits of float32.
"""

import numpy as np

SIMILARITIES = ("clip_cossim", "clip_l2", "bert_cossim", "bert_l2")
_CHUNK = 4096


def similarities(
    clip: np.ndarray, bert: np.ndarray, queries: np.ndarray, candidates: np.ndarray
) -> np.ndarray:
    """Return the similarities of any pairs.

    Parameters
    ----------
    clip, bert : ndarray (images, d) float32
        Vectors, not normalised; NaN rows where there is no text.
    queries, candidates : ndarray (n,) int
        Rows.

    Returns
    -------
    ndarray (n, 4) float64
        Columns as `SIMILARITIES`; NaN where a vector is missing.
    """
    values = np.empty((len(queries), len(SIMILARITIES)))
    for start in range(0, len(queries), _CHUNK):
        part = slice(start, start + _CHUNK)
        for place, vectors in enumerate((clip, bert)):
            a = vectors[queries[part]].astype(np.float64)
            b = vectors[candidates[part]].astype(np.float64)
            lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
            with np.errstate(invalid="ignore", divide="ignore"):
                values[part, 2 * place] = np.einsum("nd,nd->n", a, b) / lengths
            values[part, 2 * place + 1] = np.linalg.norm(a - b, axis=1)
    return values


def is_one(cosines: np.ndarray) -> np.ndarray:
    """Say which cosines are exactly 1 to float32; the last digits of float64 are noise."""
    return cosines.astype(np.float32) == 1
