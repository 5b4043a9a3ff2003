"""Vectors of one image or caption, and the cosines between them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np


def unit(vectors: np.ndarray) -> np.ndarray:
    """Scale the last axis to length 1; NaN and zero vectors become NaN."""
    vectors = np.asarray(vectors, dtype=np.float32)
    with np.errstate(invalid="ignore", divide="ignore"):
        return vectors / lengths(vectors)[..., None]


def lengths(vectors: np.ndarray) -> np.ndarray:
    """Return the Euclidean length of each vector along the last axis; NaN stays NaN."""
    vectors = np.asarray(vectors)
    return np.sqrt(np.einsum("...i,...i->...", vectors, vectors))


@dataclass(frozen=True, eq=False)
class Vectors:
    """The three vectors of each of n images, not normalised; NaN rows where there is no text.

    Attributes
    ----------
    clip_image, clip_text : ndarray (n, clip_dim) float32
    bert_text : ndarray (n, bert_dim) float32
    """

    clip_image: np.ndarray
    clip_text: np.ndarray
    bert_text: np.ndarray

    def __len__(self) -> int:
        """Return how many images there are."""
        return len(self.clip_image)

    def rows(self, rows: np.ndarray | slice) -> "Vectors":
        """Return the vectors of these rows."""
        return Vectors(self.clip_image[rows], self.clip_text[rows], self.bert_text[rows])

    @cached_property
    def normalised(self) -> "Vectors":
        """The vectors scaled to length 1, in memory."""
        return Vectors(unit(self.clip_image), unit(self.clip_text), unit(self.bert_text))

    def side_by_side(self) -> np.ndarray:
        """Return image and BERT vectors in one row each, (n, clip_dim + bert_dim).

        A caption that is missing counts as the mean caption.
        """
        text = np.array(self.bert_text)
        missing = np.isnan(text[:, 0])
        text[missing] = text[~missing].mean(axis=0) if (~missing).any() else 0
        return np.hstack([self.clip_image, text])

    def without_text(self, rows: np.ndarray) -> "Vectors":
        """Return a copy whose ``rows`` have no text."""
        clip_text, bert_text = np.array(self.clip_text), np.array(self.bert_text)
        clip_text[rows] = np.nan
        bert_text[rows] = np.nan
        return Vectors(self.clip_image, clip_text, bert_text)


def fused(image_cosine: np.ndarray, text_cosine: np.ndarray) -> np.ndarray:
    """Mean of CLIP image cosine and BERT cosine; the former alone where there is no text."""
    return np.where(np.isnan(text_cosine), image_cosine, (image_cosine + text_cosine) / 2)
