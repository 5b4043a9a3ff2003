"""Down to the region and the word: what makes two images alike, and what that adds to a score."""

from mmrec_core.attribution.alignment import Alignment, align
from mmrec_core.attribution.item_parts import ItemParts, aligned, poor_likeness
from mmrec_core.attribution.learned_parts import (
    LEARNED,
    compared,
    learned_alignments,
    method,
)
from mmrec_core.attribution.score_parts import LIKENESSES, ScoreParts, Side, divided

__all__ = [
    "LEARNED",
    "LIKENESSES",
    "Alignment",
    "ItemParts",
    "ScoreParts",
    "Side",
    "align",
    "aligned",
    "compared",
    "divided",
    "learned_alignments",
    "method",
    "poor_likeness",
]
