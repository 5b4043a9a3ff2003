"""Learned likenesses as sums over pairs of parts: the space is linear in regions and words."""

import numpy as np

from mmrec_core.attribution.alignment import Alignment
from mmrec_core.attribution.item_parts import ItemParts
from mmrec_core.collection.learned_metric import LearnedMetric
from mmrec_core.collection.learned_space import LearnedSpace
from mmrec_core.collection.vectors import Vectors
from mmrec_core.encoders.parts import Method, Parts
from mmrec_core.ranker import pair_features

_KINDS = (
    ("picture", "picture"),
    ("clip_text", "clip_text"),
    ("picture", "clip_text"),
    ("clip_text", "picture"),
)
LEARNED = dict(zip(pair_features.LEARNED, _KINDS, strict=True))
"""The pair features that are learned likenesses, each with what it compares; captions are compared
by both encoders, whose words are the same."""


def compared(item: ItemParts, kind: str, name: str) -> list[Parts]:
    """Return the vectors of an item that a likeness compares: of a learned one all of a caption."""
    both = name in LEARNED and kind == "clip_text"
    parts = [getattr(item, kind), item.bert_text if both else None]
    return [part for part in parts if part is not None]


def method(parts: list[Parts]) -> Method:
    """Say how vectors that are compared together were taken apart."""
    methods = {part.method for part in parts}
    return methods.pop() if len(methods) == 1 else "sum and leave-one-out"


def learned_alignments(
    space: LearnedSpace, vectors: Vectors, own: int, query: ItemParts, candidate: ItemParts
) -> dict[str, Alignment]:
    """Take apart those of the `LEARNED` likenesses that a query and a candidate have.

    Parameters
    ----------
    space : LearnedSpace
    vectors : Vectors
        The query's, of length 1, n = 1.
    own : int
        The query's own row if it counts in the space's moments, else -1.
    query, candidate : ItemParts

    Returns
    -------
    dict of Alignment
        By the name of the feature, whose value the alignment's parts add up to: its mean over the
        collection is taken from the pair of the two wholes. Empty for a text alone.
    """
    if query.picture is None or candidate.picture is None:
        return {}
    means, deviation = space.scale(vectors, own)
    if not deviation:
        return {}
    ours, theirs = (_shares(space.metric, item) for item in (query, candidate))
    alignments = {}
    for (name, (first, second)), mean in zip(LEARNED.items(), means, strict=True):
        if first in ours and second in theirs:
            pairs = ours[first] @ theirs[second].T
            pairs[-1, -1] -= mean
            alignments[name] = Alignment(pairs / deviation)
    return alignments


def _shares(metric: LearnedMetric, item: ItemParts) -> dict[str, np.ndarray]:
    """Return the shares of picture and caption by their parts, each whole last: (m + 1, k)."""
    assert item.picture is not None
    picture_dim = len(item.picture.whole)
    places = np.cumsum([0, picture_dim, picture_dim, len(metric.mean) - 2 * picture_dim])

    def mapped(parts: Parts, place: int) -> np.ndarray:
        dims = slice(*places[place : place + 2])
        every = np.vstack([parts.vectors, parts.whole]) / np.linalg.norm(parts.total)
        every[-1] -= metric.mean[dims]
        return every @ metric.weights[dims].astype(np.float64)

    shares = {"picture": mapped(item.picture, 0)}
    if item.clip_text is not None and item.bert_text is not None:
        shares["clip_text"] = mapped(item.clip_text, 1) + mapped(item.bert_text, 2)
    length = np.linalg.norm(sum(share.sum(axis=0) for share in shares.values()))
    return {name: share / length for name, share in shares.items()}
