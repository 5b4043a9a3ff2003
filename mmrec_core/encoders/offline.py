"""The offline default: real pretrained weights that come as packages, no hub needed."""

from __future__ import annotations

import copy
import functools
from collections.abc import Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mmrec_core.encoders.base import EncoderSpec, FloatArray
from mmrec_core.encoders.joint_space import Anchors, Fit, fit_projection
from mmrec_core.encoders.offline_image import PICTURE_SIDE, OfflineImageTower, class_names
from mmrec_core.encoders.offline_text import OfflineTextEncoder
from mmrec_core.encoders.packaged import OFFLINE
from mmrec_core.encoders.parts import PictureParts, TextParts
from mmrec_core.encoders.projection import DIMENSION, Projection, projected
from mmrec_core.errors import EncoderError

if TYPE_CHECKING:
    from PIL.Image import Image


class OfflineEncoder:
    """A dual encoder of two locked towers, projected into one space in closed form.

    The towers are `OfflineImageTower` and `OfflineTextEncoder`. The projections belong to a
    collection: `fit` makes them, `with_projection` puts them in.

    Parameters
    ----------
    device
        A torch device; by default the GPU where there is one.

    Raises
    ------
    EncoderError
        If a package with weights is not installed, or its file is not as expected.
    """

    def __init__(self, *, device: str | None = None) -> None:
        self._images = OfflineImageTower(device=device)
        self._texts = OfflineTextEncoder(device=device)
        self._projection: Projection | None = None
        self._spec = EncoderSpec(
            kind="image-text",
            name=OFFLINE,
            library=f"timm=={version('timm')}",
            revision=f"{self._images.revision} {self._texts.spec.revision}",
            dimension=DIMENSION,
            pooling="mean",
            precision="fp32",
            description=(
                "EfficientNet-Lite2, trained to classify ImageNet, and two sentence encoders, the "
                "English all-MiniLM-L6-v2 and the multilingual Universal Sentence Encoder, joined "
                "by linear projections fitted on this collection's own captions. It is no CLIP: "
                "it knows what ImageNet's classes and these captions teach. English is understood "
                "best, then Russian and 14 more languages."
            ),
            licence="Apache-2.0",
            scripts=self._texts.spec.scripts,
        )

    @property
    def spec(self) -> EncoderSpec:
        """Which encoder this is; the same with and without projections."""
        return self._spec

    @property
    def projection(self) -> Projection | None:
        """The fitted projections, if any."""
        return self._projection

    @property
    def picture_side(self) -> int:
        """Pixels a side of what the model sees; see `ImageTextEncoder.picture_side`."""
        return PICTURE_SIDE

    def image_features(self, images: Sequence[Image]) -> FloatArray:
        """Run the image tower: float32, shape (n, 1280), not normalised."""
        return self._images.features(images)

    def text_features(self, texts: Sequence[str]) -> FloatArray:
        """Run the text tower: float32, shape (n, 896), not normalised."""
        return self._texts.encode_texts(texts)

    @functools.cached_property
    def anchors(self) -> Anchors:
        """The image tower's ImageNet classifier, and text vectors of the class names."""
        texts = self.text_features([f"A {name}." for name in class_names()])
        return Anchors(self._images.classifier, texts)

    def fit(
        self,
        image_features: FloatArray,
        text_features: FloatArray,
        folds: NDArray[np.integer] | None = None,
    ) -> Fit:
        """Fit projections to a collection; see `joint_space.fit_projection`."""
        return fit_projection(image_features, text_features, self.anchors, folds)

    def with_projection(self, projection: Projection) -> OfflineEncoder:
        """Return an encoder with these projections; both share the towers."""
        fitted = copy.copy(self)
        fitted._projection = projection
        return fitted

    def encode_images(self, images: Sequence[Image]) -> FloatArray:
        """Encode images; see `ImageTextEncoder.encode_images`.

        Raises
        ------
        EncoderError
            If no projections were put in.
        """
        return self._fitted().project_images(self.image_features(images))

    def encode_texts(self, texts: Sequence[str]) -> FloatArray:
        """Encode texts; see `TextEncoder.encode_texts`.

        Raises
        ------
        EncoderError
            If no projections were put in.
        """
        return self._fitted().project_texts(self.text_features(texts))

    def picture_parts(self, image: Image) -> PictureParts:
        """Take a picture's vector apart, exactly; see `ImageTextEncoder.picture_parts`.

        Raises
        ------
        EncoderError
            If no projections were put in.
        """
        projection = self._fitted()
        cells, grid = self._images.cells(image)
        vectors = projected(cells, projection.image_weight, projection.image_bias)
        return PictureParts(vectors, np.zeros(DIMENSION), "sum", grid)

    def text_parts(self, text: str) -> TextParts:
        """Take a text's vector apart; see `TextEncoder.text_parts`.

        Raises
        ------
        EncoderError
            If no projections were put in.
        """
        projection = self._fitted()
        parts = self._texts.text_parts(text)
        every = projected(
            np.vstack([parts.vectors, parts.whole]), projection.text_weight, projection.text_bias
        )
        return TextParts(every[:-1], every[-1], parts.method, parts.spans)

    def _fitted(self) -> Projection:
        if self._projection is None:
            raise EncoderError(
                "the offline encoder has no projections yet; fit it to a collection, or load "
                "those of a bundle"
            )
        return self._projection
