"""A text as a query: the CLIP vector of the text stands for the picture that there is none of.

CLIP puts texts and pictures into one space, so a text can be compared with pictures as a picture
would be. Texts and pictures keep to separate parts of that space, though (Liang et al. 2022, "Mind
the gap"): a text's distances to centroids of pictures say little. So a text is placed among the
clusters by its BERT vector alone, and its candidates are found by exact search.
"""

from dataclasses import replace

import numpy as np

from mmrec_core.collection.candidates import Collection, Placed
from mmrec_core.collection.neighbours import IMAGE, TEXT
from mmrec_core.collection.vectors import Vectors
from mmrec_core.ranker.pair_features import LEARNED, NAMES

_OF_THE_PICTURE = [
    NAMES.index(name)
    for name in (
        "clip_cosine",
        "clip_l2",
        "image_shared_neighbours",
        "image_expanded_cosine",
        "image_to_text_cosine",
        "image_standardised",
        "image_to_text_standardised",
        "neighbour_relevance",
        *LEARNED,
    )
]


def place_text(collection: Collection, clip: np.ndarray, bert: np.ndarray) -> Placed:
    """Place a text in a collection.

    Parameters
    ----------
    collection : Collection
    clip : ndarray (1, clip_dim) float32
        The text's CLIP vector.
    bert : ndarray (1, bert_dim) float32
        Its BERT vector.
    """
    placed = collection.place(Vectors(clip, clip, bert))
    centroids = collection.centroids[:, clip.shape[1] :]
    return replace(placed, distances=np.linalg.norm(centroids - placed.unit.bert_text, axis=1))


def text_candidates(collection: Collection, placed: Placed, size: int) -> np.ndarray:
    """Return the rows of the ``size`` nearest pictures and the ``size`` nearest captions.

    Ascending, shape (n,), int64, n between ``size`` and twice that: each ranker finds in them what
    it would find in the whole collection.
    """
    pictures, captions = (
        collection.search.nearest(placed.unit, modality, size) for modality in (IMAGE, TEXT)
    )
    return np.union1d(pictures, captions)


def without_picture(features: np.ndarray) -> np.ndarray:
    """Return pair features of a text, with NaN where they speak of the query's picture."""
    features = features.copy()
    features[:, _OF_THE_PICTURE] = np.nan
    return features
