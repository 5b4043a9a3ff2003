"""What an encoder is: a frozen description, and two small protocols."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, PositiveInt

from mmrec_core.encoders.device import Precision
from mmrec_core.encoders.parts import PictureParts, TextParts
from mmrec_core.encoders.scripts import script_of

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
    precision
        Of the weights that made the pictures' vectors; None where that is not recorded.
    scripts
        Scripts that it was taught texts of, as codes of ISO 15924; none where that is not known.
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
    precision: Precision | None = None
    scripts: tuple[str, ...] = ()

    def reads(self, text: str) -> bool:
        """Whether nothing says that the text is in a script that it was taught no text of.

        Examples
        --------
        >>> from mmrec_core.bundle import open_bundle
        >>> clip = open_bundle("artifacts/demo").manifest.encoders.image_text
        >>> clip.reads("Кот"), clip.reads("Γάτα")
        (True, False)
        """
        return not self.scripts or script_of(text) in (None, *self.scripts)


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

    def text_parts(self, text: str) -> TextParts:
        """Take the vector of a text apart by its words; it says how, and whether that is exact."""
        ...


@runtime_checkable
class ImageTextEncoder(TextEncoder, Protocol):
    """Images and texts to vectors of one space."""

    @property
    def picture_side(self) -> int:
        """Pixels a side of what the model sees: `decode` shrinks a picture towards it."""
        ...

    def encode_images(self, images: Sequence[Image]) -> FloatArray:
        """Encode images.

        Parameters
        ----------
        images
            RGB images, already upright. Where torch runs on one thread, each is read once and
            let go, so that a sequence may decode them as they are read.

        Returns
        -------
        ndarray of float32, shape (n, dimension)
            In the order given, raw as the model gives them: not normalised.
        """
        ...

    def picture_parts(self, image: Image) -> PictureParts:
        """Take the vector of a picture apart by the cells of a grid; it says how, as for texts."""
        ...
