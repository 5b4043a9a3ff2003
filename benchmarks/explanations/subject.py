"""What is measured: a bundle's pictures and captions, by its own encoder or by another."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from PIL.Image import Image

from mmrec_core.bundle import Bundle
from mmrec_core.collection.vectors import unit
from mmrec_core.encoders import ImageTextEncoder, load_image_text_encoder
from mmrec_core.inputs.images import decode
from mmrec_core.serving.recommender import Recommender


@dataclass(frozen=True, eq=False)
class Subject:
    """A collection and an image-and-text encoder.

    Attributes
    ----------
    name : str
    bundle : Bundle
    encoder : ImageTextEncoder
    pictures, captions : ndarray (n, d) float32
        Vectors of length 1; NaN where there is no caption.
    """

    name: str
    bundle: Bundle
    encoder: ImageTextEncoder
    pictures: np.ndarray
    captions: np.ndarray

    @classmethod
    def of(cls, recommender: Recommender) -> Self:
        """Return a bundle with its own encoder and vectors."""
        vectors, encoder = recommender.collection.unit, recommender.encoder.image_text
        name = recommender.bundle.name
        return cls(name, recommender.bundle, encoder, vectors.clip_image, vectors.clip_text)

    @classmethod
    def encoded(cls, bundle: Bundle, encoder_name: str) -> Self:
        """Return a bundle whose thumbnails and captions another encoder reads now."""
        encoder = load_image_text_encoder(encoder_name)
        rows = range(len(bundle.items))
        pictures = encoder.encode_images([decode(bundle.thumbnail_path(row)) for row in rows])
        texts = [bundle.text(row) for row in rows]
        captions = np.full_like(pictures, np.nan)
        there = [row for row in rows if texts[row] is not None]
        captions[there] = encoder.encode_texts([str(texts[row]) for row in there])
        name = f"{bundle.name}, {encoder_name.rpartition('/')[2]}"
        return cls(name, bundle, encoder, unit(pictures), unit(captions))

    def picture(self, row: int) -> Image:
        """Return a thumbnail as encoders see it."""
        return decode(self.bundle.thumbnail_path(row))
