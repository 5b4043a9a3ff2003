"""New pictures and texts as vectors, by the encoders that made the bundle."""

from collections.abc import Sequence
from functools import cached_property
from threading import Lock

import numpy as np
from PIL.Image import Image

from mmrec_core.bundle import Bundle, layout
from mmrec_core.collection.vectors import Vectors
from mmrec_core.encoders import (
    UNKNOWN,
    EncoderSpec,
    ImageTextEncoder,
    TextEncoder,
    load_image_text_encoder,
    load_text_encoder,
)
from mmrec_core.encoders.parts import PictureParts, TextParts
from mmrec_core.errors import EncoderError
from mmrec_core.inputs.text import as_utf8


class QueryEncoder:
    """Encodes queries. Safe to share between threads.

    The encoders are loaded when they are first needed. Every method raises EncoderError if one
    is missing, or is not the one that made the bundle.
    """

    def __init__(self, bundle: Bundle):
        self._bundle = bundle
        self._lock = Lock()

    def load(self) -> None:
        """Load the encoders now, so that no query has to wait for them."""
        with self._lock:
            _loaded = self.image_text, self._text

    @property
    def is_loaded(self) -> bool:
        """Whether both are loaded already."""
        return {"image_text", "_text"} <= self.__dict__.keys()

    def image_vector(self, image: Image) -> np.ndarray:
        """Return a picture's CLIP vector, (clip_dim,) float32, not normalised."""
        with self._lock:
            return self.image_text.encode_images([image])[0]

    def text_vector(self, text: str) -> np.ndarray:
        """Return a text's CLIP vector, (clip_dim,) float32, not normalised."""
        with self._lock:
            return self.image_text.encode_texts([as_utf8(text)])[0]

    def caption_vector(self, text: str) -> np.ndarray:
        """Return a text's BERT vector, (bert_dim,) float32, not normalised."""
        with self._lock:
            return self._text.encode_texts([as_utf8(text)])[0]

    def text_vectors(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Return the CLIP and BERT vectors of n texts, (n, dim) float32 each, not normalised."""
        readable = [as_utf8(text) for text in texts]
        with self._lock:
            return self.image_text.encode_texts(readable), self._text.encode_texts(readable)

    def picture_vectors(self, images: Sequence[Image]) -> np.ndarray:
        """Return the CLIP vectors of n pictures, (n, clip_dim) float32, not normalised."""
        with self._lock:
            return self.image_text.encode_images(images)

    def picture_parts(self, image: Image) -> PictureParts:
        """Take a picture's CLIP vector apart; see `ImageTextEncoder.picture_parts`."""
        with self._lock:
            return self.image_text.picture_parts(image)

    def text_parts(self, text: str) -> TextParts:
        """Take a text's CLIP vector apart; see `TextEncoder.text_parts`."""
        with self._lock:
            return self.image_text.text_parts(as_utf8(text))

    def caption_parts(self, text: str) -> TextParts:
        """Take a text's BERT vector apart; see `TextEncoder.text_parts`."""
        with self._lock:
            return self._text.text_parts(as_utf8(text))

    def vectors(self, image: np.ndarray | None, text: str | None) -> Vectors:
        """Return the vectors of a query, n = 1, NaN where it has no picture or no text.

        Parameters
        ----------
        image : ndarray (clip_dim,) float32, optional
            The picture's CLIP vector.
        text : str, optional
        """
        shapes = self._bundle.clip_image.shape[1], self._bundle.bert_text.shape[1]
        clip, bert = (np.full(size, np.nan, dtype=np.float32) for size in shapes)
        picture = clip if image is None else image
        if text is not None:
            clip, bert = self.text_vector(text), self.caption_vector(text)
        return Vectors(picture[None], clip[None], bert[None])

    @cached_property
    def image_text(self) -> ImageTextEncoder:
        """The image-and-text encoder, with the bundle's projections if it has some."""
        spec = self._bundle.manifest.encoders.image_text
        _check_known(spec)
        folder = self._bundle.path / layout.PROJECTION
        encoder = load_image_text_encoder(
            spec.name,
            projection_dir=folder if folder.is_dir() else None,
            built_with=spec.precision,
        )
        _check_same(spec, encoder.spec)
        return encoder

    @cached_property
    def _text(self) -> TextEncoder:
        spec = self._bundle.manifest.encoders.text
        _check_known(spec)
        encoder = load_text_encoder(spec.name, pooling=spec.pooling)
        _check_same(spec, encoder.spec)
        return encoder


def _check_known(spec: EncoderSpec) -> None:
    if spec.name == UNKNOWN:
        option = "--text-encoder" if spec.kind == "text" else "--image-encoder"
        raise EncoderError(
            f"the bundle's {spec.kind} vectors were imported, and which encoder made them is not "
            "recorded, so that nothing new compares with them: choose an image of the bundle, or "
            f"import them again with {option}."
        )


def _check_same(recorded: EncoderSpec, loaded: EncoderSpec) -> None:
    identity = {"kind", "name", "dimension", "pooling"}
    if recorded.revision != UNKNOWN:
        identity.add("revision")
    ours, theirs = loaded.model_dump(include=identity), recorded.model_dump(include=identity)
    if ours != theirs:
        raise EncoderError(
            f"the bundle was built with {recorded.name} ({recorded.revision}) and this machine has "
            f"{loaded.name} ({loaded.revision}), whose vectors do not compare with the bundle's: "
            "install the former, or build the bundle again."
        )
