"""What a finding card shows of regions and words: heat over pictures, words, and the sum."""

import io
from math import ceil
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, UnidentifiedImageError

from mmrec_core.attribution import LEARNED, ItemParts, ScoreParts, Side, poor_likeness
from mmrec_core.attribution.ninths import strongest_ninths
from mmrec_core.data_urls import content_of, data_url
from mmrec_core.encoders.parts import Grid
from mmrec_core.serving.finding_words import FindingWords

HEAT_SIDE = 96  # pixels; a browser draws it smoothly over the whole picture
STRONGEST = 0.82  # how much of the picture the strongest colour hides
LEVELS = 5  # how thick a word's line can be
_RAISES, _LOWERS = (0, 114, 178), (213, 94, 0)


class _Word(NamedTuple):
    """A word with the text before it, and what it adds."""

    before: str
    text: str
    value: str
    kind: str


def parts_shown(
    parts: ScoreParts,
    cosine: str,
    pictures: tuple[str, str],
    rank: int,
    captions: tuple[str | None, str | None],
    words: FindingWords,
) -> dict[str, Any]:
    """Return what the page says of the chosen result's regions and words.

    Parameters
    ----------
    parts : ScoreParts
    cosine : str
        What they add up to; the score if it is empty.
    pictures : tuple of str
        The query's and the result's, as data URIs; empty where there is none.
    rank : int
        The result's place.
    captions : tuple of str or None
        Those that the card shows beside the pictures, which may be in another language.
    words : FindingWords
    """
    matrix = parts.matrix({cosine: 1.0} if cosine else parts.factors)
    before = (
        {} if cosine else {words.base: parts.base, words.undivided: sum(parts.numbers.values())}
    )
    items = (parts.query, parts.candidate)
    sides = (parts.query_side_of(matrix), parts.candidate_side_of(matrix))
    most = max(map(_strongest, items, sides))
    most_of_word = max(float(np.abs(side.words).max(initial=0)) for side in sides)
    titles = (words.query, words.place.format(rank=rank))
    total = likeness_name(cosine, words) if cosine else words.score
    return {
        "measure": words.cosines.get(cosine, cosine),
        "most": _signed(most) if most else "",
        "least": _signed(-most),
        "sides": [
            {
                "title": title,
                "picture": picture,
                "heat": _heat(picture, item, side, most),
                "where": _where(item, side, words) if most else "",
                "words": _words(item, side, most_of_word),
                "rest": _rest(item),
                "rows": _rows(before, item, side, words, total),
            }
            for title, picture, item, side in zip(titles, pictures, items, sides, strict=True)
        ],
        "notes": _notes(items, captions, most > 0, most_of_word > 0, words),
    }


def likeness_name(name: str, words: FindingWords) -> str:
    """Return what pairs of parts add up to, if it is no score: a cosine, or a learned likeness."""
    return words.learned if name in LEARNED else words.cosine


def heat_picture(values: np.ndarray, grid: Grid, most: float, size: tuple[int, int]) -> Image.Image:
    """Return the heat of a whole picture: blue raises, vermilion lowers, 0 is clear.

    Parameters
    ----------
    values : ndarray (cells,) float64
    grid : Grid
        What reaches beyond the picture is cut off; where it does not reach, the heat is clear.
    most : float
        The end of the scale on both sides of 0.
    size : tuple of int
        Width and height of the heat in pixels.
    """
    cells = values.reshape(grid.rows, grid.columns)
    colours = np.zeros((*cells.shape, 4), dtype=np.uint8)
    colours[..., :3] = np.where(cells[..., None] < 0, _LOWERS, _RAISES)
    colours[..., 3] = np.round(255 * STRONGEST * np.clip(np.abs(cells) / most, 0, 1))
    left, right = (grid.columns * (edge - grid.left) / grid.width for edge in (0, 1))
    top, bottom = (grid.rows * (edge - grid.top) / grid.height for edge in (0, 1))
    beside = max(0, ceil(max(-left, right - grid.columns)))
    above = max(0, ceil(max(-top, bottom - grid.rows)))
    padded = np.pad(colours, ((above, above), (beside, beside), (0, 0)))
    box = (left + beside, top + above, right + beside, bottom + above)
    return Image.fromarray(padded).resize(size, Image.Resampling.BILINEAR, box)


def _heat(picture: str, item: ItemParts, side: Side, most: float) -> str:
    if item.picture is None or not most or not picture:
        return ""
    content = io.BytesIO(content_of(picture))
    try:
        with Image.open(content, formats=("WEBP",)) as seen:
            scale = HEAT_SIDE / max(seen.size)
            size = (max(1, round(seen.width * scale)), max(1, round(seen.height * scale)))
    except UnidentifiedImageError:
        return ""
    png = io.BytesIO()
    heat_picture(side.regions, item.picture.grid, most, size).save(png, "PNG")
    return data_url(png.getvalue(), "png")


def _where(item: ItemParts, side: Side, words: FindingWords) -> str:
    """Say without colours where on the picture its regions add most."""
    if item.picture is None:
        return ""
    found = strongest_ninths(side.regions, item.picture.grid)
    return ", ".join(f"{words.ninths[place]} {_signed(value)}" for place, value in found)


def _strongest(item: ItemParts, side: Side) -> float:
    if item.picture is None:
        return 0.0
    return float(np.abs(side.regions[item.picture.grid.on_picture]).max(initial=0))


def _words(item: ItemParts, side: Side, most: float) -> list[_Word]:
    if item.clip_text is None or item.text is None or not most:
        return []
    said, end = [], 0
    for span, value in zip(item.clip_text.spans, side.words, strict=True):
        level = ceil(LEVELS * abs(value) / most)
        kind = f"{'lowers' if value < 0 else 'raises'} w{level}"
        said.append(_Word(item.text[end : span[0]], item.text[slice(*span)], _signed(value), kind))
        end = span[1]
    return said


def _rest(item: ItemParts) -> str:
    """Return the text after the last word."""
    spans = item.clip_text.spans if item.clip_text else ()
    return (item.text or "")[spans[-1][1] if spans else 0 :]


def _rows(
    before: dict[str, float], item: ItemParts, side: Side, words: FindingWords, total: str
) -> list[tuple[str, str]]:
    """Return what adds up, the sum last; what is 0 to all digits shown is left out."""
    seen = item.picture.grid.on_picture if item.picture else np.ones(0, dtype=bool)
    adds = before | {
        words.regions: float(side.regions[seen].sum()),
        words.beyond: float(side.regions[~seen].sum()),
        words.picture_whole: side.picture,
        words.words_of: float(side.words.sum()),
        words.text_whole: side.text,
    }
    shown = [(name, _signed(value)) for name, value in adds.items() if abs(value) >= 0.0005]
    return [*shown, (total, _signed(sum(adds.values())).lstrip("+"))]


def _notes(
    items: tuple[ItemParts, ItemParts],
    captions: tuple[str | None, str | None],
    regions: bool,
    each_word: bool,
    words: FindingWords,
) -> list[str]:
    """Say how vectors were taken apart, of which parts are shown."""
    said = []
    if regions:
        said += [words.picture_methods.get(i.picture.method, "") for i in items if i.picture]
        if likeness := poor_likeness(items):
            said.append(words.likeness.format(cosine=f"{likeness:.2f}"))
    if each_word:
        texts = [text for item in items for text in (item.clip_text, item.bert_text) if text]
        said += [words.text_methods.get(text.method, "") for text in texts]
        if any(i.text not in (None, shown) for i, shown in zip(items, captions, strict=True)):
            said.append(words.compared)
    return [note for note in dict.fromkeys(said) if note]


def _signed(value: float) -> str:
    text = f"{abs(value):.3f}"
    return text if not float(text) else f"{'−' if value < 0 else '+'}{text}"
