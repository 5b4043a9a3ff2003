"""A finding card: one query, all lists shown and why, as a single HTML page that opens offline."""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from PIL.Image import Image

from mmrec_core.attribution import ScoreParts
from mmrec_core.bundle import Bundle
from mmrec_core.data_urls import data_url
from mmrec_core.errors import BundleError
from mmrec_core.inputs.images import thumbnail, to_webp
from mmrec_core.ranker.explanation import Contributions
from mmrec_core.serving.answers import QueryInfo, Recommendation, Result
from mmrec_core.serving.finding_parts import likeness_name, parts_shown
from mmrec_core.serving.finding_words import FindingWords

MOST_RESULTS = 24  # of each list
LARGEST_PICTURE = 300_000  # bytes; a thumbnail has a tenth of that
LONGEST_NOTE = 4000  # characters

_TEMPLATES = Path(__file__).with_name("templates")
_pages = Environment(
    loader=FileSystemLoader(_TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class _Bar(NamedTuple):
    """One row of a waterfall: where it starts and how long it is, in per cent of the width."""

    name: str
    kind: str
    start: float
    length: float
    value: str


def finding_card(
    bundle: Bundle,
    answers: Sequence[Recommendation],
    *,
    chosen: tuple[str, Result] | None = None,
    parts: ScoreParts | None = None,
    cosine: str = "",
    picture: Image | None = None,
    why: Callable[[Result], str] | None = None,
    captions: Mapping[int, str] | None = None,
    note: str = "",
    reviewer: str = "",
    link: str = "",
    language: str = "en",
    words: FindingWords | None = None,
) -> str:
    """Write a finding as a page without scripts, which asks for nothing outside itself.

    Parameters
    ----------
    bundle : Bundle
        Where the results' thumbnails lie.
    answers : sequence of Recommendation
        Those of one or several rankers to one query. At most the first `MOST_RESULTS` results of
        each are shown.
    chosen : tuple of str and Result, optional
        The result that is marked, in the list of this ranker; it is added to that list if it
        stands farther down.
    parts : ScoreParts, optional
        The chosen result's, to show its regions and words.
    cosine : str, optional
        The cosine that regions and words shall add up to, one of ``parts.alignments``; the score
        if it is empty.
    picture : Image, optional
        The query's picture, where it is none of the bundle.
    why : callable, optional
        Says in one sentence why a result is there.
    captions : mapping of int to str, optional
        Captions to show instead of those that were embedded, by row: another language's.
    note, reviewer : str
        What the person noted, and their name.
    link : str
        Address of the same view in the app; anything but http and https is left out.
    language : str
        Language code of ``words``.
    words : FindingWords, optional
        The card's own words, English if missing.

    Returns
    -------
    str
        HTML, a few hundred kilobytes. All that people or files bring is set as text.

    Examples
    --------
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.serving.answers import Query
    >>> from mmrec_core.serving.finding import file_name, finding_card
    >>> from mmrec_core.serving.recommender import Recommender
    >>> bundle = open_bundle("artifacts/demo")
    >>> answer = Recommender(bundle).recommend(Query("animals/birds/magpie.png"))
    >>> page = finding_card(bundle, [answer], note="Birds of one feather.")
    >>> file_name(answer.query), "Birds of one feather." in page
    ('finding-animals-birds-magpie.html', True)
    """
    words = words or FindingWords()
    captions = captions or {}
    style = (_TEMPLATES / "finding.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    query = answers[0].query
    query_picture = _uploaded(picture) if query.index is None else _embedded(bundle, query.index)
    query_caption = captions.get(-1 if query.index is None else query.index, query.text)
    lists = [_list(bundle, answer, chosen, why, captions, words) for answer in answers]
    regions = None
    if chosen and parts:
        ranker, result = chosen
        pictures = query_picture, _embedded(bundle, result.index)
        shown = query_caption, captions.get(result.index, result.text)
        regions = parts_shown(parts, cosine, pictures, result.rank, shown, words)
        regions["unit"] = likeness_name(cosine, words) if cosine else words.units.get(ranker, "")
    page = _pages.get_template("finding.html").render(
        words=words,
        language=language,
        style=style,
        policy=f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'",
        bundle=bundle,
        encoders=bundle.manifest.encoders,
        query=query,
        note=note.strip()[:LONGEST_NOTE],
        reviewer=reviewer,
        link=link if re.match(r"https?://", link) else "",
        written=datetime.now(UTC),
        query_caption=query_caption,
        query_picture=query_picture,
        lists=lists,
        parts=regions,
        relevance=words.judged if bundle.manifest.relevance == "judged" else words.labelled,
    )
    return page.encode("utf-8", "replace").decode()


def _list(
    bundle: Bundle,
    answer: Recommendation,
    chosen: tuple[str, Result] | None,
    why: Callable[[Result], str] | None,
    captions: Mapping[int, str],
    words: FindingWords,
) -> dict[str, Any]:
    """Return what the page says of one ranker's list."""
    shown = answer.results[:MOST_RESULTS]
    marked = chosen[1].index if chosen and chosen[0] == answer.ranker else None
    if chosen and marked is not None and marked not in [result.index for result in shown]:
        shown = [*shown, chosen[1]]
    low, high = _extent([result.contributions for result in shown])
    return {
        "ranker": words.rankers.get(answer.ranker, answer.ranker),
        "unit": words.units.get(answer.ranker, ""),
        "shown": min(MOST_RESULTS, len(answer.results)),
        "all": len(answer.results),
        "zero": _place(0, low, high),
        "end": answer.end_of_relevance if answer.end_of_relevance else None,
        "threshold": _percent(answer.threshold),
        "results": [
            {
                "result": result,
                "chosen": result.index == marked,
                "caption": captions.get(result.index, result.text),
                "picture": _embedded(bundle, result.index),
                "probability": _percent(result.probability),
                "score": _number(result.score),
                "why": why(result) if why else "",
                "bars": _bars(result, low, high, words),
            }
            for result in shown
        ],
    }


def file_name(query: QueryInfo) -> str:
    """Return a name for the card's file: plain letters, digits and dashes."""
    said = query.image or query.text or "upload"
    plain = re.sub(r"[^0-9a-z]+", "-", said.rsplit(".", 1)[0].lower()).strip("-")
    return f"finding-{plain[:60].strip('-') or 'query'}.html"


def _bars(result: Result, low: float, high: float, words: FindingWords) -> list[_Bar]:
    """Return the rows of a waterfall, the largest contribution first after the base."""
    parts = result.contributions
    level = parts.base

    def bar(name: str, kind: str, start: float, end: float, signed: bool) -> _Bar:
        places = sorted((_place(start, low, high), _place(end, low, high)))
        return _Bar(name, kind, places[0], places[1] - places[0], _number(end - start, signed))

    bars = [bar(words.base, "level", 0, level, False)] if level else []
    for role, value in sorted(parts.groups.items(), key=lambda part: -abs(part[1])):
        if value:
            kind = "raises" if value > 0 else "lowers"
            bars.append(bar(words.roles.get(role, role), kind, level, level + value, True))
            level += value
    return [*bars, bar(words.score, "level", 0, result.score, False)]


def _extent(parts: Sequence[Contributions]) -> tuple[float, float]:
    """Return the lowest and the highest level that any waterfall reaches."""
    levels = [0.0]
    for part in parts:
        level = part.base
        levels.append(level)
        for value in sorted(part.groups.values(), key=lambda value: -abs(value)):
            level += value
            levels.append(level)
    return min(levels), max(levels)


def _place(value: float, low: float, high: float) -> float:
    return round(100 * (value - low) / (high - low or 1), 2)


def _embedded(bundle: Bundle, row: int) -> str:
    """Return a thumbnail as a data URI, nothing where it is missing or outsized."""
    try:
        path = bundle.thumbnail_path(row)
        small = path.stat().st_size <= LARGEST_PICTURE
        return data_url(path.read_bytes()) if small else ""
    except (OSError, BundleError):
        return ""


def _uploaded(picture: Image | None) -> str:
    return "" if picture is None else data_url(to_webp(thumbnail(picture)))


def _number(value: float, signed: bool = False) -> str:
    return (f"{value:+.2f}" if signed else f"{value:.2f}").replace("-", "−")


def _percent(probability: float | None) -> str:
    if probability is None:
        return ""
    return "> 99 %" if probability > 0.99 else "< 1 %" if probability < 0.01 else (
        f"{100 * probability:.0f} %"
    )  # fmt: skip
