"""What an encoder is: a frozen description, and two small protocols."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, PositiveInt

if TYPE_CHECKING:
    from PIL.Image import Image

FloatArray = NDArray[np.float32]
Pooling = Literal["mean", "cls"]
UNKNOWN = "unknown"  # revision of weights whose vectors came from elsewhere


class EncoderSpec(BaseModel):
    """A frozen description of an encoder, written into the bundle that it made.

    Attributes
    ----------
    kind
        ``image-text`` (CLIP: both modalities in one space) or ``text`` (BERT).
    name
        What the user gave, such as ``offline`` or ``ViT-B-32/openai``.
    library
        The library that runs it, with its version.
    revision
        Which weights: a hub commit, ``sha256:`` of a file or folder, or ``package==version``.
    dimension
        Length of its vectors.
    pooling
        How token or patch states become one vector.
    description
        One or two honest sentences for people.
    licence
        Of the weights.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["image-text", "text"]
    name: str
    library: str
    revision: str
    dimension: PositiveInt
    pooling: str
    description: str
    licence: str


@runtime_checkable
class TextEncoder(Protocol):
    """Texts to vectors."""

    @property
    def spec(self) -> EncoderSpec:
        """Which encoder this is."""
        ...

    def encode_texts(self, texts: Sequence[str]) -> FloatArray:
        """Encode texts.

        Parameters
        ----------
        texts
            Any number of texts, none included; an empty text is a text.

        Returns
        -------
        ndarray of float32, shape (n, dimension)
            In the order given, raw as the model gives them: not normalised.
        """
        ...


@runtime_checkable
class ImageTextEncoder(TextEncoder, Protocol):
    """Images and texts to vectors of one space."""

    def encode_images(self, images: Sequence[Image]) -> FloatArray:
        """Encode images.

        Parameters
        ----------
        images
            RGB images, already upright.

        Returns
        -------
        ndarray of float32, shape (n, dimension)
            In the order given, raw as the model gives them: not normalised.
        """
        ...
