"""The offline encoder's projections: two linear maps, as a bundle keeps them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from mmrec_core.encoders.base import FloatArray
from mmrec_core.encoders.offline_image import IMAGE_FEATURES
from mmrec_core.encoders.offline_text import TEXT_FEATURES
from mmrec_core.errors import BundleError
from mmrec_core.files import read_array, write_array

DIMENSION = 512

_SHAPES = {
    "image_weight": (DIMENSION, IMAGE_FEATURES),
    "image_bias": (DIMENSION,),
    "text_weight": (DIMENSION, TEXT_FEATURES),
    "text_bias": (DIMENSION,),
}


@dataclass(frozen=True)
class Projection:
    """Linear maps from unit-normalised tower features into the joint 512-dimensional space.

    Attributes
    ----------
    image_weight, image_bias
        float32, shapes (512, 1280) and (512,).
    text_weight, text_bias
        float32, shapes (512, 896) and (512,).
    """

    image_weight: FloatArray
    image_bias: FloatArray
    text_weight: FloatArray
    text_bias: FloatArray

    def project_images(self, features: FloatArray) -> FloatArray:
        """Map image features, shape (n, 1280), to float32 (n, 512), not normalised."""
        return (unit(features) @ self.image_weight.T + self.image_bias).astype(np.float32)

    def project_texts(self, features: FloatArray) -> FloatArray:
        """Map text features, shape (n, 896), to float32 (n, 512), not normalised."""
        return (unit(features) @ self.text_weight.T + self.text_bias).astype(np.float32)

    def save(self, folder: Path) -> None:
        """Write four ``.npy`` files into a folder, which is made if need be."""
        folder.mkdir(parents=True, exist_ok=True)
        for field in fields(self):
            write_array(folder / f"{field.name}.npy", getattr(self, field.name))

    @classmethod
    def load(cls, folder: Path) -> Projection:
        """Read what `save` wrote.

        Raises
        ------
        BundleError
            If a file is missing, unreadable, of another shape or type, or not finite.
        """
        return cls(**{name: _load_array(folder / f"{name}.npy", _SHAPES[name]) for name in _SHAPES})


def unit(vectors: np.ndarray) -> np.ndarray:
    """Return float64 vectors of length 1 along the last axis; zeros stay zeros."""
    vectors = np.asarray(vectors, dtype=np.float64)
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)


def projected(parts: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Project what adds up to a vector, (n, d), so that it adds up to the projected vector.

    Each part has an equal share of the constant ``bias``.
    """
    scaled = parts / max(float(np.linalg.norm(parts.sum(axis=0))), 1e-12)
    return scaled @ weight.T.astype(np.float64) + bias / len(parts)


def _load_array(path: Path, shape: tuple[int, ...]) -> FloatArray:
    try:
        array = np.array(read_array(path))
    except (OSError, ValueError, EOFError, OverflowError, TypeError) as error:
        raise BundleError(
            f"{path} cannot be read ({type(error).__name__}); build the bundle again"
        ) from error
    if array.shape != shape or array.dtype != np.float32 or not np.isfinite(array).all():
        raise BundleError(
            f"{path} holds {array.dtype} of shape {array.shape}, expected finite float32 of shape "
            f"{shape}; build the bundle again"
        )
    return array
