"""The offline encoder's joint space: two linear projections, fitted in closed form.

The image side is a principal component analysis with mild whitening. The text side is a weighted
ridge regression from caption vectors onto the projected images, helped by anchors: the image
tower's own ImageNet classes, each a class mean paired with the class name's text vector. Locked
towers with a learnt text side are the idea of LiT (Zhai et al. 2022,
https://arxiv.org/abs/2111.07991); here both sides are closed forms, for a few hundred pairs.

Every text that the English encoder reads is fitted twice: as it is, and by its multilingual vector
alone, as a text of another script comes. So the multilingual part learns to stand for itself, and
captions in English alone teach what Russian queries need. (On splits of the demo's fitted images,
the recall@5 of Russian captions went from 0.34 to 0.41 without, and from 0.44 to 0.46 with Russian
captions to fit on.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mmrec_core.encoders.base import FloatArray
from mmrec_core.encoders.offline_text import ENGLISH_FEATURES
from mmrec_core.encoders.projection import DIMENSION, Projection, unit
from mmrec_core.errors import EncoderError

Float64Array = NDArray[np.float64]

COMPONENTS = 200
WHITENING = 0.5
RIDGE = 1.0
ANCHOR_WEIGHT = 0.3
# The anchors' mean counts as this many captions in the mean that the text side subtracts.
CENTRE_PRIOR = 1.0
_CHUNK = 2048


@dataclass(frozen=True)
class Anchors:
    """Pairs that the image tower knows from its training, beside the collection's own captions.

    Attributes
    ----------
    classifier
        float32, shape (classes, 1280): rows of the image tower's classifier.
    texts
        float32, shape (classes, 896): the text tower's vectors of the class names.
    """

    classifier: FloatArray
    texts: FloatArray


class Fit(NamedTuple):
    """Projections fitted to a collection.

    Attributes
    ----------
    projection : Projection
        At most 200 of the 512 dimensions are used; the others are zero.
    left_out : ndarray of float32, shape (n, 512)
        The vector of each image's main caption under the text side refitted without any of that
        image's captions, by the exact leave-one-out formula of ridge regression for a group of
        rows (Hastie, Tibshirani and Friedman 2009, section 7.10; Cook and Weisberg 1982, section
        3.4), with image side and penalty held fixed. Not normalised; NaN where there is no text.
    unseen : dict of int to ndarray of float32, shape (n, 512)
        The same under a text side that none of a fold's captions taught, by fold.
    """

    projection: Projection
    left_out: FloatArray
    unseen: dict[int, FloatArray]


def fit_projection(
    image_features: FloatArray,
    text_features: FloatArray,
    anchors: Anchors,
    folds: NDArray[np.integer] | None = None,
) -> Fit:
    """Fit the joint space on a collection, and give its texts as if each had been left out.

    Deterministic; all sums in float64.

    Parameters
    ----------
    image_features
        Shape (n, 1280), n at least 2: the image tower's features. All of them fit the image side.
    text_features
        Shape (n, c, 896): the text tower's vectors of the captions in c languages, the main one
        first; NaN where an image has none. With no text at all, the text side comes from the
        anchors alone.
    anchors
        The image tower's own classes.
    folds
        Shape (n,): the fold of each image, -1 for one that is in none. Without it there are no
        vectors of unseen captions.

    Raises
    ------
    EncoderError
        If fewer than two images differ.
    """
    images = _ImageSide(image_features)
    everything = np.ones(len(image_features), dtype=bool)
    text_weight, text_bias, left_out = _text_side(images, text_features, anchors, everything)
    unseen = {}
    if folds is not None:
        for fold in np.unique(folds[folds >= 0]):
            unseen[int(fold)] = _text_side(images, text_features, anchors, folds != fold)[2]
    projection = Projection(
        image_weight=_padded(images.components),
        image_bias=_padded(-images.components @ images.mean),
        text_weight=text_weight,
        text_bias=text_bias,
    )
    return Fit(projection, left_out, unseen)


class _ImageSide:
    """The image side of the joint space, and where it puts images and classes."""

    def __init__(self, features: FloatArray) -> None:
        self._features = features
        self.mean, self._scatter = _moments(features)
        self.components = _principal_components(self._scatter)

    def __len__(self) -> int:
        return len(self._features)

    def targets(self, part: slice) -> Float64Array:
        """Return where some images lie, (m, components), of length 1."""
        return unit((unit(self._features[part]) - self.mean) @ self.components.T)

    def class_means(self, classifier: FloatArray) -> Float64Array:
        """Return where the image tower's classes lie, (classes, components), of length 1."""
        rows = classifier.astype(np.float64)
        return unit((rows - rows.mean(axis=0)) @ self._scatter @ self.components.T)


def _text_side(
    images: _ImageSide, text_features: FloatArray, anchors: Anchors, taught: NDArray[np.bool_]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Fit the text side on the captions of some images.

    Returns its weight and bias, and the vector of each image's main caption as if none of that
    image's captions had taught it.
    """

    def pairs() -> Iterator[tuple[slice, Float64Array, NDArray[np.bool_], NDArray[np.bool_]]]:
        for start in range(0, len(images), _CHUNK):
            part = slice(start, start + _CHUNK)
            texts, there = _readings(text_features[part])
            yield part, texts, there, there & taught[part, None]

    sums = _Sums(text_features.shape[-1], len(images.components))
    for part, texts, _, fitted in pairs():
        sums.add(texts, fitted, images.targets(part), 1.0)
    anchor_texts, anchors_there = _readings(anchors.texts[:, None])
    # The mean caption maps to zero, as the mean image does: differences between captions count.
    text_sum = sums.inputs + CENTRE_PRIOR * anchor_texts[:, 0].mean(axis=0)
    count = sums.weight + CENTRE_PRIOR
    sums.add(anchor_texts, anchors_there, images.class_means(anchors.classifier), ANCHOR_WEIGHT)

    input_mean, target_mean = sums.inputs / sums.weight, sums.targets / sums.weight
    gram = sums.gram - sums.weight * np.outer(input_mean, input_mean)
    size = len(gram)
    inverse = np.linalg.inv(gram + RIDGE * np.trace(gram) / size * np.eye(size))
    slope = inverse @ (sums.cross - sums.weight * np.outer(input_mean, target_mean))

    vectors_of = np.full((len(images), DIMENSION), np.nan, dtype=np.float32)
    for part, texts, there, fitted in pairs():
        own = (texts - input_mean) * fitted[..., None]
        influence = own @ inverse
        leverage = (
            influence @ own.swapaxes(1, 2) + fitted[:, :, None] * fitted[:, None] / sums.weight
        )
        residual = (images.targets(part)[:, None] - target_mean - own @ slope) * fitted[..., None]
        left_out = np.linalg.solve(np.eye(there.shape[1]) - leverage, residual)
        # Each text from the centre of the others; `pull` is how far its own image moved it.
        others = (count - fitted.sum(axis=1))[:, None]
        offset = texts[:, 0] - (text_sum - (texts * fitted[..., None]).sum(axis=1)) / others
        pull = np.einsum("nkd,nd->nk", influence, offset)
        vectors = offset @ slope - np.einsum("nk,nkt->nt", pull, left_out)
        vectors_of[part][there[:, 0]] = _padded(vectors[there[:, 0]].T).T
    return _padded(slope.T), _padded(-(text_sum / count) @ slope), vectors_of


def _readings(texts: FloatArray) -> tuple[Float64Array, NDArray[np.bool_]]:
    """Return the rows that texts (n, c, 896) are fitted by, (n, 2c, 896), and which there are.

    Each text as it is, then each by its multilingual part alone, where that is another vector.
    Rows have length 1, or are 0 where there is none.
    """
    there = ~np.isnan(texts[..., 0])
    whole = np.where(there[..., None], texts, 0).astype(np.float64)
    multilingual = whole.copy()
    multilingual[..., :ENGLISH_FEATURES] = 0
    differ = whole[..., :ENGLISH_FEATURES].any(axis=-1)
    there = np.concatenate([there, differ], axis=1)
    return unit(np.concatenate([whole, multilingual], axis=1)) * there[..., None], there


class _Sums:
    """Weighted sums of a regression's rows, taken chunk by chunk."""

    def __init__(self, inputs: int, targets: int) -> None:
        self.weight = 0.0
        self.inputs = np.zeros(inputs)
        self.targets = np.zeros(targets)
        self.gram = np.zeros((inputs, inputs))
        self.cross = np.zeros((inputs, targets))

    def add(
        self,
        texts: Float64Array,
        there: NDArray[np.bool_],
        targets: Float64Array,
        weight: float,
    ) -> None:
        """Add rows (n, k, inputs), those that are there, each with its image's target."""
        rows, goals = texts[there], targets[np.nonzero(there)[0]]
        self.weight += weight * len(rows)
        self.inputs += weight * rows.sum(axis=0)
        self.targets += weight * goals.sum(axis=0)
        self.gram += weight * rows.T @ rows
        self.cross += weight * rows.T @ goals


def _moments(features: FloatArray) -> tuple[Float64Array, Float64Array]:
    """Mean and covariance of the unit-normalised features, without a float64 copy of them all."""
    chunks = range(0, len(features), _CHUNK)
    mean = np.zeros(features.shape[1])
    for start in chunks:
        mean += unit(features[start : start + _CHUNK]).sum(axis=0) / len(features)
    scatter = np.zeros((features.shape[1], features.shape[1]))
    for start in chunks:
        centred = unit(features[start : start + _CHUNK]) - mean
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


def _padded(array: Float64Array) -> FloatArray:
    """Extend the first axis to 512 with zeros."""
    padded = np.zeros((DIMENSION, *array.shape[1:]), dtype=np.float32)
    padded[: len(array)] = array
    return padded
