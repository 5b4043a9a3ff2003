"""What regions and words add to a score, as lines for a terminal."""

from collections.abc import Collection, Iterator

import numpy as np

from mmrec_core.attribution import ItemParts, ScoreParts, Side
from mmrec_core.encoders.parts import Grid
from mmrec_core.serving.parts_json import REGIONS, WORDS

MOST_WORDS = 8
_NINTHS = (
    *("upper left", "top", "upper right"),
    *("left", "centre", "right"),
    *("lower left", "bottom", "lower right"),
)


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
    ninths = by_ninths(item.picture.grid, side.regions)
    if REGIONS in kinds and ninths.any():
        first = np.argsort(-np.abs(ninths), kind="stable")[:3]
        said += f" ({', '.join(f'{_NINTHS[place]} {ninths[place]:+.2f}' for place in first)})"
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


def by_ninths(grid: Grid, values: np.ndarray) -> np.ndarray:
    """Add up what cells add in each ninth of a picture, row by row, shape (9,).

    What lies beyond the picture is in none.
    """
    x = grid.left + grid.width * (np.arange(grid.columns) + 0.5) / grid.columns
    y = grid.top + grid.height * (np.arange(grid.rows) + 0.5) / grid.rows
    thirds = [np.clip(3 * np.asarray(at), 0, 2).astype(int) for at in (y, x)]
    ninth = (3 * thirds[0][:, None] + thirds[1]).ravel()[grid.on_picture]
    return np.bincount(ninth, values[grid.on_picture], minlength=9)
