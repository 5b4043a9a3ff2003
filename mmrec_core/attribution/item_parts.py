"""An image with its caption, taken apart, and the five cosines of two of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from mmrec_core.attribution.alignment import Alignment, align
from mmrec_core.encoders.parts import Parts, PictureParts, TextParts

COSINES = {
    "clip_cosine": ("picture", "picture"),
    "bert_cosine": ("bert_text", "bert_text"),
    "clip_text_cosine": ("clip_text", "clip_text"),
    "image_to_text_cosine": ("picture", "clip_text"),
    "text_to_image_cosine": ("clip_text", "picture"),
}
"""The pair features that are cosines, each with what it compares: the query's, the candidate's."""

LIKE_ENOUGH = 0.95
"""From this likeness on, nobody need be told that it is a thumbnail that was taken apart."""


@dataclass(frozen=True, eq=False)
class ItemParts:
    """The vectors of an image, or of a query, by their parts.

    Attributes
    ----------
    picture : PictureParts or None
        None for a text alone.
    clip_text, bert_text : TextParts or None
        Of the caption by both encoders, whose words are the same; None without one.
    text : str or None
        The caption that was embedded.
    likeness : float or None
        The cosine of the vector that was taken apart, of the thumbnail, and the one that the bundle
        has of the picture as it was.
    """

    picture: PictureParts | None
    clip_text: TextParts | None
    bert_text: TextParts | None
    text: str | None
    likeness: float | None = None


def poor_likeness(items: Iterable[ItemParts]) -> float | None:
    """Return the least likeness of items' thumbnails where it is worth a word, else None."""
    least = min((item.likeness for item in items if item.likeness is not None), default=1.0)
    return least if least < LIKE_ENOUGH else None


def aligned(query: ItemParts, candidate: ItemParts) -> dict[str, Alignment]:
    """Take apart those of the `COSINES` that the two have, by the name of the feature."""
    alignments = {}
    for name, (ours, theirs) in COSINES.items():
        first: Parts | None = getattr(query, ours)
        second: Parts | None = getattr(candidate, theirs)
        if first is not None and second is not None:
            alignments[name] = align(first, second)
    return alignments
