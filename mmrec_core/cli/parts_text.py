"""What regions and words add to a score, as lines for a terminal."""

from collections.abc import Collection, Iterator

import numpy as np

from mmrec_core.attribution import ItemParts, ScoreParts, Side
from mmrec_core.attribution.ninths import NINTHS, strongest_ninths
from mmrec_core.serving.parts_json import REGIONS, WORDS

MOST_WORDS = 8


def lines(parts: ScoreParts, kinds: Collection[str]) -> Iterator[str]:
    """Say what adds up to a score: for each side its regions and words, the largest first."""
    numbers = sum(parts.numbers.values())
    if parts.base or numbers:
        yield f"average pair {parts.base:+.2f}, not divided by regions and words {numbers:+.2f}"
    for name, item, side in (
        ("query", parts.query, parts.query_side),
        ("result", parts.candidate, parts.candidate_side),
    ):
        yield f"{name}: {', '.join([*_picture(item, side, kinds), *_text(item, side, kinds)])}"


def _picture(item: ItemParts, side: Side, kinds: Collection[str]) -> list[str]:
    if item.picture is None:
        return []
    said = f"regions {side.regions.sum():+.2f}"
    where = strongest_ninths(side.regions, item.picture.grid) if REGIONS in kinds else []
    if where:
        said += f" ({', '.join(f'{NINTHS[place]} {value:+.2f}' for place, value in where)})"
    return [said, *_whole("picture", side.picture)]


def _text(item: ItemParts, side: Side, kinds: Collection[str]) -> list[str]:
    if item.clip_text is None or item.text is None:
        return []
    said = f"words {side.words.sum():+.2f}"
    if WORDS in kinds and side.words.any():
        order = np.argsort(-np.abs(side.words), kind="stable")
        words = [item.text[slice(*item.clip_text.spans[place])] for place in order[:MOST_WORDS]]
        each = [
            f"“{word}” {side.words[place]:+.2f}" for word, place in zip(words, order, strict=False)
        ]
        if len(rest := order[MOST_WORDS:]):
            each.append(f"{len(rest)} more {side.words[rest].sum():+.2f}")
        said += f" ({', '.join(each)})"
    return [said, *_whole("text", side.text)]


def _whole(what: str, value: float) -> list[str]:
    return [f"the {what} as a whole {value:+.2f}"] if abs(value) >= 0.005 else []
