"""The findings of a story on a sheet of a PDF, from what `mmrec_core.stories.shown.shown` gives."""

from collections.abc import Callable
from math import ceil, sqrt
from typing import Any

from mmrec_core.stories.places import HEIGHT, WIDTH
from mmrec_core.stories.sheet import (
    ACCENT,
    CARD,
    DOT,
    INK,
    LEVEL,
    LINE,
    LOWERS,
    QUIET,
    RAISES,
    YES,
    Box,
    Colour,
    Sheets,
    tint,
)

_CAPTION = 15.0
_Shown = dict[str, Any]
_Words = dict[str, str]


def draw(sheets: Sheets, box: Box, it: _Shown, words: _Words) -> None:
    """Draw a finding into a box."""
    _KINDS[it["kind"]](sheets, box, it, words)


def _picture(
    sheets: Sheets, box: Box, it: _Shown, words: _Words, role: str = "", heat: str = ""
) -> None:
    frame = Box(box.x, box.y, box.width, max(box.height - _CAPTION, 1))
    edge: Colour = ACCENT if role == words["query"] else LINE
    if it["relevant"] is not None:
        edge = YES if it["relevant"] else LOWERS
    sheets.rectangle(frame, edge=edge, line=0.8 if edge == LINE else 2)
    inner = Box(frame.x + 4, frame.y + 4, max(frame.width - 8, 1), max(frame.height - 8, 1))
    caption = it["caption"] or words["no_caption"]
    if it["source"]:
        sheets.picture(inner, it["source"], caption, heat)
    else:
        sheets.line(inner, words["no_picture"], 9, colour=QUIET, align="C")
    mark = "" if it["relevant"] is None else "✓ " if it["relevant"] else "✗ "
    said = f"{f'{role}: ' if role else ''}{mark}{caption} {it['note']}"
    below = Box(box.x, frame.y + frame.height, box.width, _CAPTION)
    sheets.line(below, said, 9, align="C")


def _pictures(sheets: Sheets, box: Box, it: _Shown, words: _Words) -> None:
    if it["words"]:
        top, box = box.rows((24, box.height - 24))
        sheets.line(top, " · ".join(it["words"]), 13, bold=True, colour=ACCENT)
    pictures = it["pictures"]
    columns = min(ceil(sqrt(1.5 * len(pictures))), len(pictures))
    rows = box.rows([1] * ceil(len(pictures) / columns), gap=8)
    places = [place for row in rows for place in row.columns([1] * columns, gap=10)]
    for place, one in zip(places, pictures, strict=False):
        _picture(sheets, place, one, words)


def _lists(sheets: Sheets, box: Box, it: _Shown, words: _Words) -> None:
    left, right = box.columns((1, 4), gap=16)
    height = min(left.width + _CAPTION, left.height)
    middle = Box(left.x, left.y + (left.height - height) / 2, left.width, height)
    _picture(sheets, middle, it["query"], words, words["query"])
    rows = right.rows([1] * max(len(it["lists"]), 2), gap=8)
    for row, ranked in zip(rows, it["lists"], strict=False):
        head, body = row.rows((18, row.height - 18))
        sheets.line(head, ranked["title"], 12, bold=True)
        if ranked["results"]:
            places = body.columns([1] * max(len(ranked["results"]), 5), gap=6)
            for place, one in zip(places, ranked["results"], strict=False):
                _picture(sheets, place, one, words)


def _reasons(sheets: Sheets, box: Box, it: _Shown, words: _Words) -> None:
    left, right = box.columns((2, 3), gap=24)
    sides = ((it["query"], words["query"]), (it["result"], words["result"]))
    for place, (one, role), heat in zip(left.rows((1, 1), gap=10), sides, it["heat"], strict=True):
        _picture(sheets, place, one, words, role, heat)
    bars, legend = right.rows((right.height - 30, 30))
    rows = bars.rows([1] * len(it["bars"]))
    colours = {"raises": RAISES, "lowers": LOWERS, "level": LEVEL}
    for row, bar in zip(rows, it["bars"], strict=True):
        row = Box(row.x, row.y, row.width, min(row.height, 34))
        name, track, value = row.columns((50, 36, 14), gap=6)
        last = bar is it["bars"][-1]
        size = min(12.0, row.height / 2)
        sheets.line(name, bar["name"], size, bold=last)
        sheets.line(value, bar["value"], size, bold=last, align="R")
        zero = track.x + track.width * it["zero"] / 100
        sheets.rule(zero, track.y, zero, track.y + track.height, LINE, 0.8)
        x = track.x + track.width * bar["start"] / 100
        width = max(track.width * bar["length"] / 100, 0.5)
        filled = Box(x, track.y + track.height * 0.2, width, track.height * 0.6)
        sheets.rectangle(filled, fill=colours[bar["kind"]])
    unit = f" ({it['unit']})" if it["unit"] else ""
    for part, colour, said in zip(
        legend.columns((1, 1.3)),
        (RAISES, LOWERS),
        (words["raises"], words["lowers"] + unit),
        strict=True,
    ):
        sheets.rectangle(Box(part.x, part.y + 10, 9, 9), fill=colour)
        sheets.line(Box(part.x + 14, part.y, part.width - 14, part.height), said, 9.5)


def _map(sheets: Sheets, box: Box, it: _Shown, words: _Words) -> None:
    notes = it["notes"]
    if notes:
        box, below = box.rows((box.height - 30, 30))
        sheets.text(below, " ".join(notes), 9, colour=QUIET)
    if it["pictures"]:
        box, beside = box.columns((4, 1), gap=12)
        rows = beside.rows([1] * max(len(it["pictures"]), 3), gap=8)
        for place, one in zip(rows, it["pictures"], strict=False):
            _picture(sheets, place, one, words)
    sheets.rectangle(box, fill=CARD, edge=LINE)
    scale = min(box.width / WIDTH, box.height / HEIGHT)
    left = box.x + (box.width - WIDTH * scale) / 2
    top = box.y + (box.height - HEIGHT * scale) / 2

    def on_sheet(places: list[list[float]]) -> list[tuple[float, float]]:
        return [(left + x * scale, top + y * scale) for x, y in places]

    for level, corners in enumerate(it["density"], start=1):
        for x, y in on_sheet(corners):
            side = it["cell"] * scale
            sheets.rectangle(Box(x, y, side, side), fill=tint(LEVEL, 0.17 * level))
    sheets.dots(on_sheet(it["points"]), 0.55 * scale, DOT)
    sheets.dots(on_sheet(it["marked"]), 0.95 * scale, ACCENT)
    if it["query"]:
        ((x, y),) = on_sheet([it["query"]])
        sheets.ring(x, y, 3.4 * scale, LOWERS, 0.9 * scale)
        sheets.dots([(x, y)], 1.2 * scale, LOWERS)


def _embeddings(sheets: Sheets, box: Box, it: _Shown, words: _Words) -> None:
    rows = box.rows([1] * max(len(it["rows"]), 3), gap=14)
    for row, entry in zip(rows, it["rows"], strict=False):
        left, right = row.columns((1, 3), gap=16)
        if entry["picture"]["has_picture"]:
            _picture(sheets, left, entry["picture"], words)
        else:
            middle = Box(left.x, left.y + left.height * 0.3, left.width, left.height * 0.6)
            sheets.text(middle, entry["picture"]["caption"], 13, align="R")
        strip = Box(right.x, right.y + right.height * 0.25, right.width, right.height * 0.5)
        values = entry["values"]
        cells = strip.columns([1] * max(len(values), 1), gap=0.6)
        for cell, value in zip(cells, values, strict=False):
            sheets.rectangle(cell, fill=tint(LOWERS if value < 0 else RAISES, min(abs(value), 1)))
        sheets.rectangle(strip, edge=LINE)


def _figures(sheets: Sheets, box: Box, it: _Shown, words: _Words) -> None:
    box, below = box.rows((box.height - 24, 24))
    sheets.line(below, words["interval"], 9, colour=QUIET)
    for part, measure in zip(
        box.rows([1] * max(len(it["measures"]), 2), gap=16), it["measures"], strict=False
    ):
        head, body = part.rows((36, part.height - 36))
        title, meaning = head.rows((1, 1))
        sheets.line(title, measure["title"], 13, bold=True)
        sheets.line(meaning, measure["meaning"], 10.5, colour=QUIET)
        rows = body.rows([1] * max(len(measure["figures"]), 4))
        for row, one in zip(rows, measure["figures"], strict=False):
            last = one is measure["figures"][-1]
            name, track, value, interval = row.columns((30, 44, 10, 20), gap=6)
            sheets.line(name, one["name"], 12, bold=last)
            sheets.line(value, one["text"], 12, bold=last, align="R")
            sheets.line(interval, one["interval"], 9.5, colour=QUIET, align="R")
            middle, height = track.y + track.height / 2, min(track.height * 0.7, 20)
            length = max(track.width * one["value"] / 100, 0.5)
            filled = Box(track.x, middle - height / 2, length, height)
            sheets.rectangle(filled, fill=ACCENT if last else tint(LEVEL, 0.55))
            ends = (track.x + track.width * one[end] / 100 for end in ("low", "high"))
            low, high = ends
            sheets.rule(low, middle, high, middle, INK, 2)


_KINDS: dict[str, Callable[[Sheets, Box, _Shown, _Words], None]] = {
    "pictures": _pictures,
    "lists": _lists,
    "reasons": _reasons,
    "map": _map,
    "embeddings": _embeddings,
    "figures": _figures,
}
