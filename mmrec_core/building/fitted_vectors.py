"""The vectors of a collection, of an encoder that is fitted to it or of one that is not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mmrec_core.collection.vectors import Vectors
from mmrec_core.inputs.judgements import TEST, fitted_on


@dataclass(frozen=True, eq=False)
class FittedVectors:
    """Vectors of n images.

    Attributes
    ----------
    vectors : Vectors
        The caption vectors of images that the encoder was fitted on are leave-one-out: none has
        seen its own picture, so they are what the encoder would give for a new image.
    further : ndarray (n, columns, clip_dim) float32
        Of captions in further languages; of held-out images alone, NaN elsewhere.
    projection
        What was fitted; None if nothing was.
    unseen : mapping of int to ndarray (n, clip_dim) float32
        The captions' CLIP vectors as if a fold's captions had taught nothing, by fold.
    """

    vectors: Vectors
    further: np.ndarray
    projection: Any = None
    unseen: Mapping[int, np.ndarray] = field(default_factory=dict)


def fit_vectors(
    clip: Any,
    pictures: np.ndarray,
    captions: np.ndarray,
    bert_text: np.ndarray,
    split: np.ndarray,
    fold_of: np.ndarray,
) -> FittedVectors:
    """Fit an encoder on all images but the held-out ones, if it is of that kind.

    Parameters
    ----------
    clip : ImageTextEncoder
    pictures : ndarray (n, features) float32
        What its image tower gives.
    captions : ndarray (n, columns, features) float32
        What its text tower gives for the captions in each language, the main one first; NaN where
        there is none.
    bert_text : ndarray (n, bert_dim) float32
    split, fold_of : ndarray (n,)
        Of each image.
    """
    if not hasattr(clip, "fit"):
        vectors, further, projection, unseen = captions[:, 0], captions[:, 1:].copy(), None, {}
    else:
        taught = fitted_on(split)
        fit = clip.fit(pictures[taught], captions[taught], fold_of[taught])
        projection = fit.projection
        pictures = projection.project_images(pictures)
        columns = [projection.project_texts(column) for column in captions.swapaxes(0, 1)]
        vectors = _with(columns[0], taught, fit.left_out)
        further = np.stack(columns, axis=1)[:, 1:]
        unseen = {fold: _with(vectors, taught, texts) for fold, texts in fit.unseen.items()}
    further[split != TEST] = np.nan
    return FittedVectors(Vectors(pictures, vectors, bert_text), further, projection, unseen)


def _with(vectors: np.ndarray, rows: np.ndarray, values: np.ndarray) -> np.ndarray:
    vectors = vectors.copy()
    vectors[rows] = values
    return vectors
