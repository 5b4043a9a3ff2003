"""New pictures and texts as vectors, by the encoders that made the bundle."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

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
from mmrec_core.errors import EncoderError, WorkerError
from mmrec_core.inputs.text import as_utf8
from mmrec_core.worker import Worker

_SECONDS = 300  # that a call may take: the first one may load the encoders
_LOADING_SECONDS = 3600  # which may mean that they are downloaded
_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class _Encoders:
    """Both encoders of a bundle, each loaded when it is first used."""

    image_text_spec: EncoderSpec
    text_spec: EncoderSpec
    projection: Path | None
    checksums: tuple[str, ...]
    """Of the projection's files: a bundle that is built again has others at the same place."""

    @property
    def are_loaded(self) -> bool:
        return {"image_text", "text"} <= vars(self).keys()

    @cached_property
    def image_text(self) -> ImageTextEncoder:
        spec = self.image_text_spec
        _check_known(spec)
        encoder = load_image_text_encoder(
            spec.name, projection_dir=self.projection, built_with=spec.precision
        )
        _check_same(spec, encoder.spec)
        return encoder

    @cached_property
    def text(self) -> TextEncoder:
        spec = self.text_spec
        _check_known(spec)
        encoder = load_text_encoder(spec.name, pooling=spec.pooling)
        _check_same(spec, encoder.spec)
        return encoder


class QueryEncoder:
    """Encodes queries. Safe to share between threads.

    The encoders are loaded when they are first needed. Every method raises EncoderError if one
    is missing, is not the one that made the bundle, or gave no answer.

    Parameters
    ----------
    bundle : Bundle
    worker : Worker, optional
        Where the encoders are; in this process without one.
    """

    def __init__(self, bundle: Bundle, worker: Worker | None = None):
        specs, folder = bundle.manifest.encoders, bundle.path / layout.PROJECTION
        projection = folder if folder.is_dir() else None
        files = bundle.manifest.files
        checksums = tuple(files[name].sha256 for name in layout.PROJECTION_FILES if name in files)
        self._encoders = _Encoders(specs.image_text, specs.text, projection, checksums)
        self._worker = worker
        self._loaded_in: int | None = None  # this process of the worker
        self._lock = Lock()

    def load(self) -> None:
        """Load the encoders now, so that no query has to wait for them."""
        self._run(_load, seconds=_LOADING_SECONDS)

    @property
    def is_loaded(self) -> bool:
        """Whether both are loaded already."""
        if self._worker is None:
            return self._encoders.are_loaded
        return self._loaded_in is not None and self._loaded_in == self._worker.process

    @property
    def image_text(self) -> ImageTextEncoder:
        """The image-and-text encoder, with the bundle's projections if it has some, for a fit.

        In this process, whatever queries use.
        """
        return self._encoders.image_text

    def image_vector(self, image: Image) -> np.ndarray:
        """Return a picture's CLIP vector, (clip_dim,) float32, not normalised."""
        return self.picture_vectors([image])[0]

    def text_vector(self, text: str) -> np.ndarray:
        """Return a text's CLIP vector, (clip_dim,) float32, not normalised."""
        return self._run(_text_vector, as_utf8(text))

    def text_vectors(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Return the CLIP and BERT vectors of n texts, (n, dim) float32 each, not normalised."""
        return self._run(_text_vectors, [as_utf8(text) for text in texts])

    def picture_vectors(self, images: Sequence[Image]) -> np.ndarray:
        """Return the CLIP vectors of n pictures, (n, clip_dim) float32, not normalised."""
        return self._run(_picture_vectors, images)

    def picture_parts(self, image: Image) -> PictureParts:
        """Take a picture's CLIP vector apart; see `ImageTextEncoder.picture_parts`."""
        return self._run(_picture_parts, image)

    def text_parts(self, text: str) -> tuple[TextParts, TextParts]:
        """Take a text's CLIP and BERT vectors apart; see `TextEncoder.text_parts`."""
        return self._run(_text_parts, as_utf8(text))

    def vectors(self, image: np.ndarray | None, text: str | None) -> Vectors:
        """Return the vectors of a query, n = 1, NaN where it has no picture or no text.

        Parameters
        ----------
        image : ndarray (clip_dim,) float32, optional
            The picture's CLIP vector.
        text : str, optional
        """
        specs = self._encoders.image_text_spec, self._encoders.text_spec
        clip, bert = (np.full((1, spec.dimension), np.nan, dtype=np.float32) for spec in specs)
        picture = clip if image is None else image[None]
        if text is not None:
            clip, bert = self.text_vectors([text])
        return Vectors(picture, clip, bert)

    def _run(
        self, function: Callable[..., _Answer], *given: Any, seconds: float = _SECONDS
    ) -> _Answer:
        if self._worker is None:
            with self._lock:
                return function(self._encoders, *given)
        try:
            answer, loaded_in = self._worker.call(seconds, _there, function, self._encoders, *given)
        except WorkerError as error:
            raise EncoderError(f"no answer by the encoders: {error}") from None
        self._loaded_in = loaded_in
        return answer


def _there(
    function: Callable[..., _Answer], encoders: _Encoders, *given: Any
) -> tuple[_Answer, int | None]:
    """Call a function where the encoders are; return in which process both are loaded, too."""
    kept = _kept(encoders)
    return function(kept, *given), os.getpid() if kept.are_loaded else None


@lru_cache(maxsize=4)
def _kept(encoders: _Encoders) -> _Encoders:
    """Return the first that was like these: they are loaded by now."""
    return encoders


def _load(encoders: _Encoders) -> None:
    _loaded = encoders.image_text, encoders.text


def _text_vector(encoders: _Encoders, text: str) -> np.ndarray:
    return encoders.image_text.encode_texts([text])[0]


def _text_vectors(encoders: _Encoders, texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    return encoders.image_text.encode_texts(texts), encoders.text.encode_texts(texts)


def _picture_vectors(encoders: _Encoders, images: Sequence[Image]) -> np.ndarray:
    return encoders.image_text.encode_images(images)


def _picture_parts(encoders: _Encoders, image: Image) -> PictureParts:
    return encoders.image_text.picture_parts(image)


def _text_parts(encoders: _Encoders, text: str) -> tuple[TextParts, TextParts]:
    return encoders.image_text.text_parts(text), encoders.text.text_parts(text)


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
