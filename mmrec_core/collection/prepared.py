"""What a collection computes once of its vectors, so that queries are answered quickly."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from mmrec_core.collection.moments import Moments
from mmrec_core.collection.shortlist import Finder
from mmrec_core.collection.stored import StoredVectors
from mmrec_core.collection.vectors import Vectors, half_unit, lengths


@dataclass(frozen=True, eq=False)
class Prepared:
    """Vectors of length 1, and what follows from them alone.

    Attributes
    ----------
    unit : Vectors
        Of length 1, float16, n images.
    lengths : ndarray (n, 2) float32
        Lengths of the CLIP image and BERT vectors before they were scaled; NaN where there is none.
    moments : tuple of Moments, optional
        Of pictures, captions by CLIP and captions by BERT, over all images.
    expanded : tuple of ndarray, optional
        `mmrec_core.collection.expansion.expand_all` of the images.
    shortlist : Finder, optional
        Of a large collection, or of one in a database.
    stored : StoredVectors, optional
        Where the vectors lie, if that is a database.
    """

    unit: Vectors
    lengths: np.ndarray
    moments: tuple[Moments, Moments, Moments] | None = None
    expanded: tuple[np.ndarray, np.ndarray] | None = None
    shortlist: Finder | None = None
    stored: StoredVectors | None = None

    @classmethod
    def of(cls, vectors: Vectors) -> Self:
        """Scale vectors as the encoders gave them, in memory."""
        return cls(vectors.halved, both_lengths(vectors))

    def hiding(self) -> Self:
        """Return what holds as well when some of the images are hidden."""
        return replace(self, moments=None, expanded=None)

    def with_clip_text(self, clip_text: np.ndarray) -> Self:
        """Return what holds with other CLIP vectors of the captions, (n, clip_dim) float32."""
        unit = Vectors(self.unit.clip_image, half_unit(clip_text), self.unit.bert_text)
        return replace(self, unit=unit, moments=None)


def both_lengths(vectors: Vectors) -> np.ndarray:
    """Return the lengths of the CLIP image and BERT vectors, (n, 2) float32."""
    return np.column_stack([lengths(vectors.clip_image), lengths(vectors.bert_text)])
