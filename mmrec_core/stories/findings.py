"""From answers to findings: what a step of a story shows, as plain data."""

import io
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from PIL.Image import Image

from mmrec_core.attribution import ItemParts, ScoreParts
from mmrec_core.bundle import Bundle
from mmrec_core.data_urls import data_url
from mmrec_core.inputs.images import thumbnail, to_webp
from mmrec_core.serving.answers import QueryInfo, Recommendation, Result
from mmrec_core.serving.finding_parts import HEAT_SIDE, heat_picture
from mmrec_core.stories.model import Bar, Lists, Picture, RankedList, Reasons

Captions = Callable[[int], str | None]
_LONGEST_CAPTION = 1000


def picture_of(bundle: Bundle, row: int, captions: Captions, note: str = "") -> Picture:
    """Return an image of the bundle as a story names it."""
    caption = (captions(row) or "")[:_LONGEST_CAPTION]
    return Picture(image=bundle.image(row), caption=caption, note=note)


def query_picture(
    bundle: Bundle, query: QueryInfo, captions: Captions, own: Image | None = None
) -> Picture:
    """Return a query as a story keeps it; ``own`` is its picture where it is none of the bundle.

    Examples
    --------
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.serving.answers import Query
    >>> from mmrec_core.serving.recommender import Recommender
    >>> from mmrec_core.stories.findings import query_picture
    >>> bundle = open_bundle("artifacts/demo")
    >>> scored = Recommender(bundle).score(Query("animals/birds/magpie.png"))
    >>> query_picture(bundle, scored.info, bundle.text).caption
    'A magpie.'
    """
    if query.index is not None:
        said = captions(query.index) if query.text == bundle.text(query.index) else query.text
        return Picture(image=bundle.image(query.index), caption=(said or "")[:_LONGEST_CAPTION])
    data = "" if own is None else data_url(to_webp(thumbnail(own)))
    return Picture(data=data, caption=(query.text or "")[:_LONGEST_CAPTION])


def lists_finding(
    bundle: Bundle,
    answers: Sequence[Recommendation],
    query: Picture,
    captions: Captions,
    names: Mapping[str, str],
    *,
    k: int = 5,
) -> Lists:
    """Return rankers' first results beside each other.

    Parameters
    ----------
    bundle : Bundle
    answers : sequence of Recommendation
        To one query, at most six.
    query : Picture
    captions : callable
        From a row to the caption to show.
    names : mapping of str to str
        What rankers are called.
    k : int
        Results of each.

    Examples
    --------
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.serving.answers import Query
    >>> from mmrec_core.serving.recommender import Recommender
    >>> from mmrec_core.stories.findings import lists_finding, query_picture
    >>> bundle = open_bundle("artifacts/demo")
    >>> answer = Recommender(bundle).recommend(Query("animals/birds/magpie.png"))
    >>> query = query_picture(bundle, answer.query, bundle.text)
    >>> lists = lists_finding(bundle, [answer], query, bundle.text, {"model": "CatBoost"}, k=3)
    >>> [(ranked.title, len(ranked.results)) for ranked in lists.lists]
    [('CatBoost', 3)]
    """
    return Lists(
        query=query,
        lists=tuple(
            RankedList(
                title=names.get(answer.ranker, answer.ranker),
                results=tuple(
                    picture_of(bundle, result.index, captions).model_copy(
                        update={
                            "relevant": None if result.relevance is None else bool(result.relevance)
                        }
                    )
                    for result in answer.results[:k]
                ),
            )
            for answer in answers[:6]
        ),
    )


def reasons_finding(
    bundle: Bundle,
    query: Picture,
    result: Result,
    captions: Captions,
    names: Mapping[str, str],
    *,
    total: str,
    unit: str,
    parts: ScoreParts | None = None,
) -> Reasons:
    """Return what adds up to a result's score.

    Parameters
    ----------
    bundle : Bundle
    query : Picture
    result : Result
    captions : callable
        From a row to the caption to show.
    names : mapping of str to str
        What groups of features are called, and ``base``.
    total, unit : str
        What the sum is called, and its unit.
    parts : ScoreParts, optional
        The result's, to show where on both pictures the score comes from.
    """
    groups = sorted(result.contributions.groups.items(), key=lambda group: -abs(group[1]))
    return Reasons(
        query=query,
        result=picture_of(bundle, result.index, captions),
        base=Bar(name=names.get("base", "base"), value=result.contributions.base),
        bars=tuple(Bar(name=names.get(name, name), value=value) for name, value in groups if value),
        total=total,
        unit=unit,
        heat=heat_of(parts) if parts else ("", ""),
    )


def heat_of(parts: ScoreParts) -> tuple[str, str]:
    """Return what regions of query and result add, as pictures to lay over both, on one scale."""
    items, sides = (parts.query, parts.candidate), (parts.query_side, parts.candidate_side)
    most = max(
        (
            float(np.abs(side.regions[item.picture.grid.on_picture]).max(initial=0))
            for item, side in zip(items, sides, strict=True)
            if item.picture is not None
        ),
        default=0.0,
    )
    if not most:
        return "", ""
    first, second = (
        _heat(item, side.regions, most) for item, side in zip(items, sides, strict=True)
    )
    return first, second


def _heat(item: ItemParts, regions: np.ndarray, most: float) -> str:
    if item.picture is None:
        return ""
    grid = item.picture.grid
    content = io.BytesIO()
    heat_picture(regions, grid, most, (HEAT_SIDE, HEAT_SIDE)).save(content, "PNG")
    return data_url(content.getvalue(), "png")
