"""Down to the region and the word: what makes two images alike, and what that adds to a score."""

from mmrec_core.attribution.alignment import Alignment, align
from mmrec_core.attribution.item_parts import COSINES, ItemParts, aligned, poor_likeness
from mmrec_core.attribution.score_parts import ScoreParts, Side, divided

__all__ = [
    "COSINES",
    "Alignment",
    "ItemParts",
    "ScoreParts",
    "Side",
    "align",
    "aligned",
    "divided",
    "poor_likeness",
]
