"""The offline encoder's joint space: two linear projections, fitted in closed form.

The image side is a principal component analysis with mild whitening. The text side is a weighted
ridge regression from caption vectors onto the projected images, helped by anchors: the image
tower's own ImageNet classes, each a class mean paired with the class name's text vector. Locked
towers with a learnt text side are the idea of LiT (Zhai et al. 2022,
https://arxiv.org/abs/2111.07991); here both sides are closed forms, for a few hundred pairs.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mmrec_core.encoders.base import FloatArray
from mmrec_core.errors import BundleError, EncoderError
from mmrec_core.files import write_array

Float64Array = NDArray[np.float64]

DIMENSION = 512
IMAGE_FEATURES = 1280
TEXT_FEATURES = 384

COMPONENTS = 200
WHITENING = 0.5
RIDGE = 0.5
ANCHOR_WEIGHT = 0.3
# The anchors' mean counts as this many captions in the mean that the text side subtracts.
CENTRE_PRIOR = 1.0
_CHUNK = 8192

_SHAPES = {
    "image_weight": (DIMENSION, IMAGE_FEATURES),
    "image_bias": (DIMENSION,),
    "text_weight": (DIMENSION, TEXT_FEATURES),
    "text_bias": (DIMENSION,),
}


@dataclass(frozen=True)
class Anchors:
    """Pairs that the image tower knows from its training, beside the collection's own captions.

    Attributes
    ----------
    classifier
        float32, shape (classes, 1280): rows of the image tower's classifier.
    texts
        float32, shape (classes, 384): the text tower's vectors of the class names.
    """

    classifier: FloatArray
    texts: FloatArray


@dataclass(frozen=True)
class Projection:
    """Linear maps from unit-normalised tower features into the joint 512-dimensional space.

    Attributes
    ----------
    image_weight, image_bias
        float32, shapes (512, 1280) and (512,).
    text_weight, text_bias
        float32, shapes (512, 384) and (512,).
    """

    image_weight: FloatArray
    image_bias: FloatArray
    text_weight: FloatArray
    text_bias: FloatArray

    def project_images(self, features: FloatArray) -> FloatArray:
        """Map image features, shape (n, 1280), to float32 (n, 512), not normalised."""
        return (_unit(features) @ self.image_weight.T + self.image_bias).astype(np.float32)

    def project_texts(self, features: FloatArray) -> FloatArray:
        """Map text features, shape (n, 384), to float32 (n, 512), not normalised."""
        return (_unit(features) @ self.text_weight.T + self.text_bias).astype(np.float32)

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


def fit_projection(
    image_features: FloatArray, text_features: FloatArray, anchors: Anchors
) -> tuple[Projection, FloatArray]:
    """Fit the joint space on a collection, and give its texts as if each had been left out.

    Deterministic; all sums in float64.

    Parameters
    ----------
    image_features
        Shape (n, 1280), n at least 2: the image tower's features. All of them fit the image side.
    text_features
        Shape (n, 384): the text tower's vectors of the captions; a row of NaN for an image without
        text. With no text at all, the text side comes from the anchors alone.
    anchors
        The image tower's own classes.

    Returns
    -------
    projection : Projection
        At most 200 of the 512 dimensions are used; the others are zero.
    held_out : ndarray of float32, shape (n, 512)
        The text vector of each pair under the text side refitted without that pair, by the exact
        leave-one-out formula of ridge regression (Hastie, Tibshirani and Friedman 2009, section
        7.10), with image side and penalty held fixed. Not normalised; NaN where there is no text.

    Raises
    ------
    EncoderError
        If fewer than two images differ.
    """
    mean, scatter = _moments(image_features)
    components = _principal_components(scatter)
    has_text = ~np.isnan(text_features).any(axis=1)
    projected = (_unit(image_features[has_text]) - mean) @ components.T

    fitted_texts = _unit(text_features[has_text])
    anchor_texts = _unit(anchors.texts)
    classifier = anchors.classifier.astype(np.float64)
    class_means = (classifier - classifier.mean(axis=0)) @ scatter @ components.T

    inputs = np.concatenate([fitted_texts, anchor_texts])
    targets = _unit(np.concatenate([projected, class_means]))
    weights = np.ones(len(inputs))
    weights[len(fitted_texts) :] = ANCHOR_WEIGHT
    input_mean = np.average(inputs, axis=0, weights=weights)
    target_mean = np.average(targets, axis=0, weights=weights)
    centred = inputs - input_mean
    weighted = centred * weights[:, None]
    gram = weighted.T @ centred
    size = len(gram)
    inverse = np.linalg.inv(gram + RIDGE * np.trace(gram) / size * np.eye(size))
    slope = inverse @ (weighted.T @ (targets - target_mean))

    # The mean caption maps to zero, as the mean image does: differences between captions count.
    prior = CENTRE_PRIOR * anchor_texts.mean(axis=0)
    text_sum = fitted_texts.sum(axis=0) + prior
    count = len(fitted_texts) + CENTRE_PRIOR
    projection = Projection(
        image_weight=_padded(components),
        image_bias=_padded(-components @ mean),
        text_weight=_padded(slope.T),
        text_bias=_padded(-(text_sum / count) @ slope),
    )

    held_out = np.full((len(image_features), DIMENSION), np.nan, dtype=np.float32)
    if len(fitted_texts):
        own = centred[: len(fitted_texts)]
        influence = own @ inverse
        leverage = np.einsum("ij,ij->i", influence, own) + 1 / weights.sum()
        residual = targets[: len(own)] - target_mean - own @ slope
        # Each text from the centre of the others; `pull` is how far its own pair moved it.
        offset = fitted_texts - (text_sum - fitted_texts) / (count - 1)
        pull = np.einsum("ij,ij->i", offset, influence) / (1 - leverage)
        vectors = offset @ slope - pull[:, None] * residual
        held_out[has_text] = _padded(vectors.T).T
    return projection, held_out


def _moments(features: FloatArray) -> tuple[Float64Array, Float64Array]:
    """Mean and covariance of the unit-normalised features, without a float64 copy of them all."""
    chunks = range(0, len(features), _CHUNK)
    mean = np.zeros(features.shape[1])
    for start in chunks:
        mean += _unit(features[start : start + _CHUNK]).sum(axis=0) / len(features)
    scatter = np.zeros((features.shape[1], features.shape[1]))
    for start in chunks:
        centred = _unit(features[start : start + _CHUNK]) - mean
        scatter += centred.T @ centred
    return mean, scatter / max(len(features) - 1, 1)


def _principal_components(scatter: Float64Array) -> Float64Array:
    """Rows that project centred features; the first keeps its scale, later ones are whitened."""
    from scipy.linalg import eigh  # only a build fits: opening a bundle does without

    size = len(scatter)
    keep = min(COMPONENTS, size)
    variances, vectors = eigh(scatter, subset_by_index=[size - keep, size - 1])
    variances, vectors = variances[::-1], vectors.T[::-1]
    if not variances[0] > 1e-10:
        raise EncoderError(
            "the offline encoder needs at least two different images, and all the images given "
            "look the same to it; add images"
        )
    real = variances > 1e-9 * variances[0]
    variances, vectors = variances[real], vectors[real]
    largest = np.abs(vectors).argmax(axis=1)
    signs = np.sign(vectors[np.arange(len(vectors)), largest])
    scale = np.sqrt(variances / variances[0]) ** WHITENING
    return vectors * (signs / scale)[:, None]


def _unit(vectors: NDArray[np.floating]) -> Float64Array:
    vectors = np.asarray(vectors, dtype=np.float64)
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)


def _padded(array: Float64Array) -> FloatArray:
    """Extend the first axis to 512 with zeros."""
    padded = np.zeros((DIMENSION, *array.shape[1:]), dtype=np.float32)
    padded[: len(array)] = array
    return padded


def _load_array(path: Path, shape: tuple[int, ...]) -> FloatArray:
    try:
        array = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise BundleError(
            f"{path} cannot be read ({type(error).__name__}); build the bundle again"
        ) from error
    if array.shape != shape or array.dtype != np.float32 or not np.isfinite(array).all():
        raise BundleError(
            f"{path} holds {array.dtype} of shape {array.shape}, expected finite float32 of shape "
            f"{shape}; build the bundle again"
        )
    return array
