"""Searching the collection by content: texts and images that add up or are taken away."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mmrec_core.collection.vectors import cosines, products, unit
from mmrec_core.errors import QueryError
from mmrec_core.serving.recommender import Recommender

AWAY = -0.6
"""The weight of what is taken away: of 0 to −1 the best average precision of the pictures that have
the wanted word and lack the unwanted one (``python -m benchmarks.subtracting``)."""


@dataclass(frozen=True)
class Term:
    """A part of a search: a text, or the name of an image of the bundle, and its weight.

    A negative weight takes away what is like it.
    """

    weight: float
    text: str | None = None
    image: str | None = None


def search(recommender: Recommender, terms: Sequence[Term]) -> np.ndarray:
    """Score every image of the collection against weighted terms.

    Parameters
    ----------
    recommender : Recommender
        Its CLIP turns a text into a vector of the space in which the pictures lie.
    terms : sequence of Term
        At least one.

    Returns
    -------
    ndarray (n_images,) float32
        A single term of positive weight: its cosine with each picture. Several: the weighted mean
        of their cosines, each brought to mean 0 and standard deviation 1 over the collection, since
        the cosine of a text and a picture lies on another scale than that of two pictures (z-score
        fusion; Montague and Aslam 2001, "Relevance score normalization for metasearch"). Beside a
        positive term, a negative one takes away from pictures above the mean only: being unlike
        what is unwanted is no merit.

    Raises
    ------
    QueryError
        If there is no term, or an image is unknown.
    EncoderError
        If the encoder of texts cannot be loaded.

    Examples
    --------
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.serving.recommender import Recommender
    >>> from mmrec_core.serving.search import Term, search
    >>> recommender = Recommender(open_bundle("artifacts/demo"))
    >>> magpie = Term(1, image="animals/birds/magpie.png")
    >>> scores = search(recommender, [magpie])
    >>> recommender.bundle.image(int(scores.argmax()))
    'animals/birds/magpie.png'
    >>> search(recommender, [magpie, Term(-1, text="A tree.")]).shape
    (538,)
    """
    if not terms:
        raise QueryError("the search is empty: give at least one text or image.")
    pictures = recommender.collection.unit.clip_image
    vectors = [_vector(recommender, term) for term in terms]
    if len(terms) == 1 and terms[0].weight > 0:
        return cosines(pictures, vectors[0])
    wanted = any(term.weight > 0 for term in terms)
    together, mean = np.zeros(pictures.shape[1], dtype=np.float32), 0.0
    away = np.zeros(len(pictures), dtype=np.float32)
    for term, vector in zip(terms, vectors, strict=True):
        middle, spread = recommender.collection.moments[0].of_cosines(vector)
        weight = term.weight / (spread or 1.0)
        if term.weight < 0 and wanted:
            away += weight * (products(pictures, vector[None])[0] - middle).clip(min=0)
        else:
            together += weight * vector
            mean += weight * middle
    length = float(np.linalg.norm(together)) or 1.0
    scores = products(pictures, together[None] / length)[0] * length - mean + away
    return scores.astype(np.float32) / (sum(abs(term.weight) for term in terms) or 1.0)


def _vector(recommender: Recommender, term: Term) -> np.ndarray:
    if term.image is not None:
        row = recommender.bundle.index_of(term.image)
        return recommender.collection.unit.clip_image[row].astype(np.float32)
    return unit(recommender.encoder.text_vector(term.text or ""))
