"""Regions and words of a score as JSON, in one stable form."""

from collections.abc import Collection
from typing import Any

from mmrec_core.attribution import LIKENESSES, ItemParts, ScoreParts, Side, compared, method
from mmrec_core.encoders.parts import PictureParts, TextParts
from mmrec_core.errors import QueryError

REGIONS, WORDS = "regions", "words"


def kinds_in(said: str) -> frozenset[str]:
    """Read what shall be explained: ``regions``, ``words``, or both with a comma between them.

    Raises
    ------
    QueryError
        If it is anything else.

    Examples
    --------
    >>> sorted(kinds_in("words, regions"))
    ['regions', 'words']
    """
    kinds = frozenset(kind.strip() for kind in said.split(","))
    if not kinds <= {REGIONS, WORDS}:
        raise QueryError(f"explain is {said[:40]!r}; expected regions, words, or regions,words.")
    return kinds


def parts_as_json(parts: ScoreParts, kinds: Collection[str] = (REGIONS, WORDS)) -> dict[str, Any]:
    """Return what adds up to a score in its stable form; fields may be added, never taken away.

    Parameters
    ----------
    parts : ScoreParts
    kinds : collection of str
        Which of ``regions`` and ``words`` to list one by one. The others are there as a total.

    Returns
    -------
    dict
        For either side, ``query`` or ``candidate``, ``base``, all ``numbers``, and the ``total``
        and ``whole`` of ``picture`` and ``text`` add up to the score.

    Examples
    --------
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.serving.answers import Query
    >>> from mmrec_core.serving.pair_explainer import PairExplainer
    >>> from mmrec_core.serving.parts_json import parts_as_json
    >>> from mmrec_core.serving.recommender import Recommender
    >>> recommender = Recommender(open_bundle("artifacts/demo"))
    >>> query = Query("animals/birds/magpie.png")
    >>> scored = recommender.score(query)
    >>> first = recommender.answer(scored).results[0]
    >>> said = parts_as_json(PairExplainer(recommender).explain(query, scored, first))
    >>> [word["text"] for word in said["query"]["text"]["words"]]
    ['A', 'magpie.']
    >>> len(said["query"]["picture"]["regions"])
    9
    """
    return {
        "base": float(parts.base),
        "numbers": {name: float(value) for name, value in parts.numbers.items()},
        "cosines": {name: _cosine(parts, name) for name in parts.alignments},
        "query": _side(parts.query, parts.query_side, kinds),
        "candidate": _side(parts.candidate, parts.candidate_side, kinds),
    }


def _cosine(parts: ScoreParts, name: str) -> dict[str, Any]:
    sides = zip((parts.query, parts.candidate), LIKENESSES[name], strict=True)
    first, second = (compared(item, kind, name) for item, kind in sides)
    return {
        "cosine": parts.alignments[name].total,
        "factor": float(parts.factors.get(name, 0.0)),
        "query_method": method(first),
        "candidate_method": method(second),
        "exact": all(each.exact for each in (*first, *second)),
    }


def _side(item: ItemParts, side: Side, kinds: Collection[str]) -> dict[str, Any]:
    return {
        "picture": item.picture and _picture(item.picture, item.likeness, side, REGIONS in kinds),
        "text": item.clip_text and _text(item.clip_text, item.text or "", side, WORDS in kinds),
    }


def _picture(
    picture: PictureParts, likeness: float | None, side: Side, each: bool
) -> dict[str, Any]:
    said = {"total": float(side.regions.sum()), "whole": side.picture, "likeness": likeness}
    if not each:
        return said
    grid = picture.grid
    rows = side.regions.reshape(grid.rows, grid.columns)
    return said | {"grid": grid._asdict(), "regions": rows.tolist()}


def _text(there: TextParts, text: str, side: Side, each: bool) -> dict[str, Any]:
    said: dict[str, Any] = {"total": float(side.words.sum()), "whole": side.text}
    if not each:
        return said
    words = [
        {"text": text[start:end], "start": start, "end": end, "value": float(value)}
        for (start, end), value in zip(there.spans, side.words, strict=True)
    ]
    return said | {"words": words}
