"""What a finding shows, ready to be drawn: pictures found, lengths and places computed."""

from collections.abc import Callable
from typing import Any

from mmrec_core.bundle import Bundle
from mmrec_core.data_urls import data_url
from mmrec_core.errors import BundleError
from mmrec_core.stories.model import (
    Embeddings,
    Figures,
    Finding,
    Lists,
    Map,
    Picture,
    Pictures,
    Reasons,
)
from mmrec_core.stories.places import places
from mmrec_core.stories.words import number, whole, words

Source = Callable[[Picture], str]
"""From a picture to the address of its image; empty where there is none."""

_LARGEST_PICTURE = 300_000  # bytes; a thumbnail has a tenth of that


def embedded(bundle: Bundle) -> Source:
    """Return what gives pictures as data URIs, thumbnails of the bundle among them."""

    def source(picture: Picture) -> str:
        if picture.image not in bundle:
            return picture.data
        try:
            path = bundle.thumbnail_path(bundle.index_of(picture.image))
            if path.stat().st_size > _LARGEST_PICTURE:
                return ""
            return data_url(path.read_bytes())
        except (OSError, BundleError):
            return ""

    return source


def shown(bundle: Bundle, finding: Finding, source: Source, language: str) -> dict[str, Any]:
    """Return what a finding's template draws.

    Parameters
    ----------
    bundle : Bundle
        Whose map is drawn.
    finding : Finding
    source : callable
        Gives the address of each picture.
    language : str
        Of the story.
    """
    drawn: dict[str, Any]
    match finding:
        case Pictures():
            drawn = {"pictures": _all(finding.pictures, source), "words": finding.words}
        case Lists():
            drawn = {
                "query": _one(finding.query, source),
                "lists": [
                    {"title": ranked.title, "results": _all(ranked.results, source)}
                    for ranked in finding.lists
                ],
            }
        case Reasons():
            drawn = {
                "query": _one(finding.query, source),
                "result": _one(finding.result, source),
                "heat": finding.heat,
                "unit": finding.unit,
                **_waterfall(finding, language),
            }
        case Map():
            drawn = _map(bundle, finding, source, language)
        case Embeddings():
            drawn = {
                "rows": [
                    {"picture": _one(row.picture, source), "values": row.values}
                    for row in finding.rows
                ]
            }
        case Figures():
            drawn = {
                "measures": [
                    {
                        "title": measure.title,
                        "meaning": measure.meaning,
                        "figures": [
                            {
                                "name": figure.name,
                                "value": round(100 * figure.value, 2),
                                "low": round(100 * figure.low, 2),
                                "high": round(100 * figure.high, 2),
                                "text": number(figure.value, language),
                                "interval": f"{number(figure.low, language)} … "
                                f"{number(figure.high, language)}",
                            }
                            for figure in measure.figures
                        ],
                    }
                    for measure in finding.measures
                ]
            }
    return {"kind": finding.kind, **drawn}


def _one(picture: Picture, source: Source) -> dict[str, Any]:
    return {
        "source": source(picture),
        "has_picture": bool(picture.image or picture.data),
        "caption": picture.caption,
        "note": picture.note,
        "relevant": picture.relevant,
    }


def _all(pictures: tuple[Picture, ...], source: Source) -> list[dict[str, Any]]:
    return [_one(picture, source) for picture in pictures]


def _waterfall(finding: Reasons, language: str) -> dict[str, Any]:
    """Return the bars one after the other, places in per cent of the width."""
    levels = [0.0, finding.base.value]
    for bar in finding.bars:
        levels.append(levels[-1] + bar.value)
    low, high = min(levels), max(levels)

    def place(value: float) -> float:
        return round(100 * (value - low) / (high - low or 1), 2)

    def bar_of(name: str, kind: str, start: float, end: float, signed: bool) -> dict[str, Any]:
        first, last = sorted((place(start), place(end)))
        return {
            "name": name,
            "kind": kind,
            "start": first,
            "length": round(last - first, 2),
            "value": number(end - start, language, signed=signed),
        }

    bars = [bar_of(finding.base.name, "level", 0, finding.base.value, True)]
    for bar, before in zip(finding.bars, levels[1:], strict=False):
        kind = "raises" if bar.value > 0 else "lowers"
        bars.append(bar_of(bar.name, kind, before, before + bar.value, True))
    bars.append(bar_of(finding.total, "level", 0, levels[-1], True))
    return {"bars": bars, "zero": place(0)}


def _map(bundle: Bundle, finding: Map, source: Source, language: str) -> dict[str, Any]:
    there, said = places(bundle, finding), words(language)
    notes = []
    if there.density:
        notes.append(said["density"].format(n=whole(there.images, language)))
    if len(there.marked) < there.marked_of:
        notes.append(
            said["some_marked"].format(
                shown=whole(len(there.marked), language), all=whole(there.marked_of, language)
            )
        )
    return {
        "points": there.points.tolist(),
        "density": [cells.tolist() for cells in there.density],
        "cell": there.cell,
        "marked": there.marked.tolist(),
        "query": there.query,
        "legend": finding.legend,
        "pictures": _all(finding.pictures, source),
        "words": finding.words,
        "notes": notes,
    }
