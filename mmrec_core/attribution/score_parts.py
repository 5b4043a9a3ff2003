"""A score by regions and words: what a cosine's features add to it, divided like the cosine."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mmrec_core.attribution.alignment import Alignment
from mmrec_core.attribution.item_parts import COSINES, ItemParts
from mmrec_core.attribution.learned_parts import LEARNED
from mmrec_core.ranker.explanation import Contributions
from mmrec_core.ranker.pair_features import FEATURES

BEHIND = {
    "clip_cosine": "clip_cosine",
    "clip_l2": "clip_cosine",
    "image_standardised": "clip_cosine",
    "bert_cosine": "bert_cosine",
    "bert_l2": "bert_cosine",
    "bert_standardised": "bert_cosine",
    "clip_text_cosine": "clip_text_cosine",
    "clip_text_standardised": "clip_text_cosine",
    "image_to_text_cosine": "image_to_text_cosine",
    "image_to_text_standardised": "image_to_text_cosine",
    "text_to_image_cosine": "text_to_image_cosine",
    "text_to_image_standardised": "text_to_image_cosine",
    **{name: name for name in LEARNED},
}
"""The likeness behind each pair feature that regions and words make. The others stay numbers:
ranks, clusters, neighbours and judgements are of more than two images."""

LIKENESSES = COSINES | LEARNED
"""What is taken apart, by name, each with what it compares: the query's, the candidate's."""

LEAST_COSINE = 0.1
"""A cosine below this share of its parts' absolute sum is a small difference of large parts, and
what it adds to a score can't be divided by them."""


@dataclass(frozen=True, eq=False)
class Side:
    """What regions and words of one image of a pair add.

    Attributes
    ----------
    regions : ndarray (cells,) float64
        Row by row; empty without a picture.
    words : ndarray (words,) float64
    picture, text : float
        What falls to the picture and to the text as a whole.
    """

    regions: np.ndarray
    words: np.ndarray
    picture: float
    text: float

    @property
    def total(self) -> float:
        """All of it."""
        return float(self.regions.sum() + self.words.sum() + self.picture + self.text)


@dataclass(frozen=True, eq=False)
class ScoreParts:
    """The raw score of a pair under one ranker, down to regions and words.

    ``base + sum(numbers.values()) + side.total`` is the raw score to 1e-6, for either side: both
    divide the same cosines, one by the query's parts and one by the candidate's.

    Attributes
    ----------
    base : float
        The score of an average pair.
    numbers : dict of float
        What each pair feature adds that isn't divided, by name.
    factors : dict of float
        Score units for each unit of cosine, by the cosine's name. ``factors[name]`` times
        ``alignments[name].pairs`` is what pairs of parts add to the score.
    alignments : dict of Alignment
        All cosines and learned likenesses of the pair, those that the ranker makes no use of
        included.
    query, candidate : ItemParts
    """

    base: float
    numbers: dict[str, float]
    factors: dict[str, float]
    alignments: dict[str, Alignment]
    query: ItemParts
    candidate: ItemParts

    @property
    def score(self) -> float:
        """The raw score."""
        return self.base + sum(self.numbers.values()) + self.query_side.total

    @property
    def number_groups(self) -> dict[str, float]:
        """What isn't divided, by group of features."""
        groups: dict[str, float] = {}
        for feature in FEATURES:
            if value := self.numbers.get(feature.name, 0.0):
                groups[feature.role] = groups.get(feature.role, 0.0) + value
        return groups

    @property
    def query_side(self) -> Side:
        """What the query's regions and words add to the score."""
        return self.query_side_of(self.matrix(self.factors))

    @property
    def candidate_side(self) -> Side:
        """What the candidate's regions and words add to the score."""
        return self.candidate_side_of(self.matrix(self.factors))

    def query_side_of(self, matrix: np.ndarray) -> Side:
        """Return what the query's regions and words add to what a `matrix` adds up to."""
        return _side(self.query, matrix.sum(axis=1))

    def candidate_side_of(self, matrix: np.ndarray) -> Side:
        """Return what the candidate's regions and words add to what a `matrix` adds up to."""
        return _side(self.candidate, matrix.sum(axis=0))

    def matrix(self, factors: Mapping[str, float]) -> np.ndarray:
        """Add cosines up, each times a factor, for each part of the query by each of the candidate.

        Parameters
        ----------
        factors : mapping of str to float
            By the cosine's name: `factors` gives the score, ``{"clip_cosine": 1}`` the cosine of
            the pictures itself. A cosine that the pair hasn't counts 0.

        Returns
        -------
        ndarray (parts of the query, parts of the candidate) float64
            Parts in this order: regions, the picture as a whole, words, the text as a whole.
        """
        ours, theirs = (_places(item) for item in (self.query, self.candidate))
        sums = np.zeros((ours["text"].stop, theirs["text"].stop))
        for name, factor in factors.items():
            if name in self.alignments:
                first, second = (_KINDS[kind] for kind in LIKENESSES[name])
                sums[ours[first], theirs[second]] += factor * self.alignments[name].pairs
        return sums


_KINDS = {"picture": "picture", "clip_text": "text", "bert_text": "text"}


def _places(item: ItemParts) -> dict[str, slice]:
    """Return where picture and text lie among an item's parts, each with its whole last."""
    cells = 1 + (0 if item.picture is None else len(item.picture.vectors))
    words = 1 + (0 if item.clip_text is None else len(item.clip_text.vectors))
    return {"picture": slice(0, cells), "text": slice(cells, cells + words)}


def _side(item: ItemParts, adds: np.ndarray) -> Side:
    places = _places(item)
    picture, text = adds[places["picture"]], adds[places["text"]]
    return Side(picture[:-1], text[:-1], float(picture[-1]), float(text[-1]))


def divided(
    contributions: Contributions,
    alignments: dict[str, Alignment],
    query: ItemParts,
    candidate: ItemParts,
) -> ScoreParts:
    """Divide what the features of each cosine add to a score like the cosine itself.

    Parameters
    ----------
    contributions : Contributions
        SHAP values for the trained ranker, cosines for the others.
    alignments : dict of Alignment
        Of `aligned`, with those of `learned_alignments`.
    query, candidate : ItemParts

    Notes
    -----
    A tree does not know what a cosine is made of. Dividing its share in proportion is the one way
    in which a part without influence on the cosine gets nothing, equal parts get equal shares, and
    the shares add up. A negative share says that the cosine is lower than the ranker would like it:
    then the parts that add to the cosine have negative shares, too.
    """
    numbers, adds = dict(contributions.features), dict.fromkeys(alignments, 0.0)
    for feature, cosine in BEHIND.items():
        if cosine in alignments and _divisible(alignments[cosine]):
            adds[cosine] += numbers.pop(feature)
    factors = {cosine: added / alignments[cosine].total for cosine, added in adds.items() if added}
    return ScoreParts(contributions.base, numbers, factors, alignments, query, candidate)


def _divisible(alignment: Alignment) -> bool:
    absolute = max(np.abs(alignment.by_query).sum(), np.abs(alignment.by_candidate).sum())
    return bool(abs(alignment.total) >= LEAST_COSINE * absolute > 0)
