"""Vectors of one image or caption, and the cosines between them.

What is searched are vectors of length 1 in half precision: half the bytes, memory-mapped and shared
by all processes that serve a bundle. A cosine of two of them is within 1e-4 of that of the vectors
they were made of, and products are summed in single precision.
"""

from dataclasses import dataclass
from functools import cached_property

import numkong
import numpy as np

from mmrec_core.collection.over_cores import over_cores

_CHUNK = 8192  # rows


def unit(vectors: np.ndarray) -> np.ndarray:
    """Scale the last axis to length 1; NaN and zero vectors become NaN."""
    vectors = np.asarray(vectors, dtype=np.float32)
    with np.errstate(invalid="ignore", divide="ignore"):
        return vectors / lengths(vectors)[..., None]


def lengths(vectors: np.ndarray) -> np.ndarray:
    """Return the Euclidean length of each vector along the last axis; NaN stays NaN."""
    vectors = np.asarray(vectors)
    return np.sqrt(np.einsum("...i,...i->...", vectors, vectors))


def half_unit(vectors: np.ndarray, into: np.ndarray | None = None) -> np.ndarray:
    """Scale vectors (n, d) to length 1 in half precision, a chunk at a time: (n, d) float16.

    ``into`` is where they are written to, such as a memory map.
    """
    halves = np.empty(vectors.shape, dtype=np.float16) if into is None else into
    for start in range(0, len(vectors), _CHUNK):
        halves[start : start + _CHUNK] = unit(vectors[start : start + _CHUNK])
    return halves


def products(vectors: np.ndarray, queries: np.ndarray) -> np.ndarray:
    """Multiply all vectors with some queries, within `total_order.PRODUCT_ERROR`.

    Parameters
    ----------
    vectors : ndarray (n, d) float16 or float32
        Of length 1; NaN rows give NaN. Those in a database are read in parts.
    queries : ndarray (m, d)
        Of length 1; rounded to half precision where ``vectors`` are.

    Returns
    -------
    ndarray (m, n) float32
        Equal vectors have equal products, wherever they stand.
    """
    if not isinstance(vectors, np.ndarray):
        return np.concatenate([products(part, queries) for part in vectors.parts()], axis=1)
    if vectors.dtype != np.float16 or not len(vectors):
        return queries.astype(np.float32) @ vectors.astype(np.float32).T
    halves = np.ascontiguousarray(queries, dtype=np.float16)
    vectors = np.ascontiguousarray(vectors)

    def of(part: slice) -> np.ndarray:
        # NumPy converts every number on its own to multiply halves: a hundred times as slow.
        return np.asarray(numkong.cdist(vectors[part], halves, "dot"))

    every = np.concatenate(over_cores(of, len(vectors), vectors.strides[0]))
    return every.T.astype(np.float32, order="C")


def cosines(vectors: np.ndarray, query: np.ndarray) -> np.ndarray:
    """Return the cosines of all vectors with a query, as they are shown: (n,) float32, −1 to 1.

    The length of a vector in half precision is 1 to five digits, so that its product with itself
    may lie above.
    """
    return products(vectors, query[None])[0].clip(-1, 1)


@dataclass(frozen=True, eq=False)
class Vectors:
    """The three vectors of each of n images; NaN rows where there is no text.

    Attributes
    ----------
    clip_image, clip_text : ndarray (n, clip_dim)
        float32 as the encoders gave them, not normalised; float16 of length 1 (`halved`).
    bert_text : ndarray (n, bert_dim)
        Likewise.
    """

    clip_image: np.ndarray
    clip_text: np.ndarray
    bert_text: np.ndarray

    def __len__(self) -> int:
        """Return how many images there are."""
        return len(self.clip_image)

    def rows(self, rows: np.ndarray | slice) -> "Vectors":
        """Return the vectors of these rows, in single precision."""
        blocks = (self.clip_image, self.clip_text, self.bert_text)
        return Vectors(*(np.asarray(block[rows], dtype=np.float32) for block in blocks))

    @cached_property
    def normalised(self) -> "Vectors":
        """The vectors scaled to length 1, in memory."""
        return Vectors(unit(self.clip_image), unit(self.clip_text), unit(self.bert_text))

    @cached_property
    def halved(self) -> "Vectors":
        """The vectors scaled to length 1 in half precision, in memory."""
        return Vectors(*map(half_unit, (self.clip_image, self.clip_text, self.bert_text)))

    def side_by_side(self, rows: np.ndarray | slice = slice(None)) -> np.ndarray:
        """Return image and BERT vectors in one row each, (n, clip_dim + bert_dim) float32.

        A caption that is missing counts as the mean caption of ``rows``, by default all.
        """
        image, text = self.clip_image[rows], self.bert_text[rows]
        both = np.hstack([image, text], dtype=np.float32)
        captions = both[:, image.shape[1] :]
        missing = np.isnan(captions[:, 0])
        captions[missing] = captions[~missing].mean(axis=0) if (~missing).any() else 0
        return both

    def without_text(self, rows: np.ndarray) -> "Vectors":
        """Return a copy whose ``rows`` have no text."""
        clip_text, bert_text = np.array(self.clip_text), np.array(self.bert_text)
        clip_text[rows] = np.nan
        bert_text[rows] = np.nan
        return Vectors(self.clip_image, clip_text, bert_text)


def fused(image_cosine: np.ndarray, text_cosine: np.ndarray) -> np.ndarray:
    """Mean of CLIP image cosine and BERT cosine; the former alone where there is no text."""
    return np.where(np.isnan(text_cosine), image_cosine, (image_cosine + text_cosine) / 2)
