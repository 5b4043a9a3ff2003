"""The ranked lists, one a ranker, side by side or one alone."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from mmrec_app.i18n import _, ngettext
from mmrec_app.recommend.view import RecommendView
from mmrec_app.served.scripts import component
from mmrec_app.served.thumbnails import thumbnail_url
from mmrec_app.shared import captions, naming
from mmrec_app.words import formats, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.plots.palette import cluster_colour, cluster_glyph
from mmrec_core.ranker.model import BERT, FUSED, MODEL
from mmrec_core.serving.answers import Recommendation, Result
from mmrec_core.serving.comparison import Comparison

_lists = component("lists")
KEY = "recommend.lists"
REASONS = "recommend-reasons"  # the key of the container to scroll to on a narrow screen


def lists(
    bundle: Bundle,
    comparison: Comparison,
    *,
    selected: tuple[str, str] | None,
    against: str | None,
    on_picked: Callable[[str, str], None],
    on_against: Callable[[str], None],
    view: RecommendView,
) -> None:
    """Draw the lists.

    Parameters
    ----------
    bundle : Bundle
    comparison : Comparison
    selected : tuple of str
        Ranker and id of the chosen result.
    against : str, optional
        Id of the result that it is compared with.
    on_picked, on_against : callable
        Called with ranker and id of a picked result, and the id of one picked with Shift.
    view : RecommendView
        What the page shows: the links change its result, or its query.
    """

    draw(
        [
            column(
                answer,
                name,
                vocabulary.ranker_name(name),
                [_card(bundle, comparison, view, answer, result) for result in answer.results],
            )
            for name, answer in comparison.answers.items()
        ],
        absent=[] if view.ranker else _absent(bundle, comparison),
        selected=selected,
        against=against,
        on_picked=on_picked,
        on_against=on_against,
    )


def draw(
    columns: list[dict[str, Any]],
    *,
    absent: list[dict[str, Any]] | None = None,
    joined: bool = False,
    selected: tuple[str, str] | None,
    against: str | None = None,
    on_picked: Callable[[str, str], None],
    on_against: Callable[[str], None] | None = None,
) -> None:
    """Draw columns, as `column` returns them, with lines between the same images if ``joined``.

    The other parameters are those of `lists`.
    """

    def event(name: str) -> Any:
        return st.session_state[KEY].get(name)

    def picked() -> None:
        if value := event("picked"):
            on_picked(value["list"], value["id"])

    def compared() -> None:
        if on_against and (value := event("against")):
            on_against(value["id"])

    _lists(
        key=KEY,
        data={
            "columns": columns,
            "joined": joined,
            "absent": absent or [],
            "selected": {"list": selected[0], "id": selected[1]} if selected else None,
            "against": against,
            "reasons": f".st-key-{REASONS}",
            "words": {"follow": _("Use as the query"), "lists": _("Ranked lists")},
        },
        on_picked_change=picked,
        on_against_change=compared,
    )


def column(
    answer: Recommendation, key: str, title: str, cards: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return one list for `draw`, with `card`s."""
    ranker = answer.ranker
    note, meaning = vocabulary.unit(ranker), vocabulary.ranker_meaning(ranker)
    if answer.end_of_relevance is not None and answer.threshold is not None:
        note = _("{n} of {all} predicted relevant").format(
            n=answer.end_of_relevance, all=len(answer.candidates)
        )
        meaning = f"{meaning}\n{_threshold_meaning(answer.threshold)}"
    return {
        "key": key,
        "title": title,
        "meaning": meaning,
        "note": note,
        "label": counted(answer),
        "cards": cards,
        "end": _end(answer),
    }


def counted(answer: Recommendation) -> str:
    """Say how many results a list has, and whose they are."""
    n, ranker = len(answer.results), vocabulary.ranker_name(answer.ranker)
    text = ngettext("{n} recommendation by {ranker}", "{n} recommendations by {ranker}", n)
    return text.format(n=n, ranker=ranker)


def _end(answer: Recommendation) -> dict[str, Any] | None:
    if answer.end_of_relevance is None or answer.threshold is None:
        return None
    threshold = formats.percent(answer.threshold)
    return {
        "after": answer.end_of_relevance,
        "text": _("below {threshold} from here on").format(threshold=threshold),
        "tip": _threshold_meaning(answer.threshold),
    }


def _threshold_meaning(threshold: float) -> str:
    return _(
        "A candidate counts as relevant from a probability of {threshold} on: the threshold with "
        "the best F1 on the validation queries."
    ).format(threshold=formats.percent(threshold))


def _absent(bundle: Bundle, comparison: Comparison) -> list[dict[str, Any]]:
    """Return the rankers that have no list for this query, and why."""
    can_answer, absent = comparison.scored.scores, []
    if MODEL not in can_answer and bundle.has_ranker:
        why = _("It learned from pairs of pictures, and this query is a text without a picture.")
        absent.append({"title": vocabulary.ranker_name(MODEL), "text": why, "first": True})
    if BERT not in can_answer:
        if not bundle.manifest.counts.with_text:
            why = _("It compares captions, and this collection has none.")
        elif not bundle.compares_captions:
            why = _("It compares captions, and this collection has no vectors of its captions.")
        else:
            why = _("It compares captions, and this query has none.")
        absent.append({"title": vocabulary.ranker_name(BERT), "text": why, "first": False})
    return absent


def _card(
    bundle: Bundle,
    comparison: Comparison,
    view: RecommendView,
    answer: Recommendation,
    result: Result,
) -> dict[str, Any]:
    elsewhere = comparison.ranks_of(result.index, but=answer.ranker)
    only = comparison.only_here(answer.ranker, result)
    return card(bundle, answer, result) | {
        "href": view.link_to_result(answer.ranker, result.image),
        "query_href": view.link_to(result.image),
        "known": known(bundle, result.relevance),
        "only": _("only here") if only else None,
        "elsewhere": [
            {
                "name": _("mean") if other == FUSED else vocabulary.ranker_name(other),
                "rank": "–" if rank is None else str(rank),
                "near": rank is not None and rank <= comparison.k,
                "tip": _("Rank by {ranker}").format(ranker=vocabulary.ranker_name(other)),
                "said": f"{vocabulary.ranker_name(other)} {'–' if rank is None else rank}",
            }
            for other, rank in elsewhere.items()
        ],
    }


def card(bundle: Bundle, answer: Recommendation, result: Result) -> dict[str, Any]:
    """Return what a result is in its own list, for `column`.

    Its addresses, its known relevance and where it stands elsewhere are the caller's to add.
    """
    caption = captions.caption(bundle, result.index)
    score, probability = formats.digits(result.score), result.probability
    below = (
        probability is not None and answer.threshold is not None and probability < answer.threshold
    )
    value = score if probability is None else formats.percent(probability)
    return {
        "id": result.image,
        "src": thumbnail_url(bundle, result.index),
        "alt": caption or _("a picture without a caption, {name}").format(name=result.image),
        "tip": f"{caption or captions.no_caption()}\n{result.image}\n"
        + naming.cluster_name(bundle, result.cluster),
        "rank": str(result.rank),
        "value": value,
        "note": None if probability is None else score,
        "share": min(max(result.score, 0), 1) if probability is None else probability,
        "threshold": answer.threshold,
        "below": below,
        "caption": caption or captions.no_caption(),
        "uncaptioned": caption is None,
        "stack": _stack(len(result.duplicates)),
        "cluster": {
            "colour": cluster_colour(result.cluster),
            "glyph": cluster_glyph(result.cluster),
        },
    }


def _stack(duplicates: int) -> dict[str, str] | None:
    if not duplicates:
        return None
    text = ngettext("with {n} near-duplicate", "with {n} near-duplicates", duplicates)
    return {"sign": f"+{duplicates}", "text": text.format(n=duplicates)}


def known(bundle: Bundle, relevance: int | None) -> dict[str, str] | None:
    """Return the mark of what a bundle knows of a result's relevance, for a `card`."""
    judged = bundle.manifest.relevance == "judged"
    if relevance:
        text = _("judged relevant") if judged else _("same category")
        return {"sign": "✓", "kind": "yes", "text": text}
    if relevance == 0 and judged:
        return {"sign": "✗", "kind": "no", "text": _("judged irrelevant")}
    return None
