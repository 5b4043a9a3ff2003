"""What makes a query and a result alike, by regions and words: pictures under heat, and a sum."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from mmrec_app.i18n import _
from mmrec_app.served.scripts import component
from mmrec_app.served.thumbnails import thumbnail_url
from mmrec_app.shared import captions
from mmrec_app.words import formats, vocabulary
from mmrec_core.attribution import LEARNED, LIKENESSES, ItemParts, ScoreParts, Side, poor_likeness
from mmrec_core.bundle import Bundle
from mmrec_core.ranker.model import MODEL
from mmrec_core.ranker.pair_features import ROLES

SCORE = "score"
MEASURES = (SCORE, *LIKENESSES)
"""What can be shown: what adds up to the score, or to one of the likenesses."""

_component = component("regions")


@dataclass(frozen=True)
class Shown:
    """The query or a result as the page shows it.

    Attributes
    ----------
    title : str
    source : str or None
        The address of its picture.
    caption : str or None
        As the visitor reads it.
    """

    title: str
    source: str | None
    caption: str | None


def names(parts: ScoreParts, ranker: str) -> dict[str, str]:
    """Return what can be shown of a pair, with its names."""
    score = _("Score by {ranker}").format(ranker=vocabulary.ranker_name(ranker))
    likenesses = {name: vocabulary.feature_meaning(name) for name in parts.alignments}
    return {SCORE: score} | likenesses


def of_image(bundle: Bundle, title: str, row: int) -> Shown:
    """Return an image of the collection as the page shows it."""
    return Shown(title, thumbnail_url(bundle, row), captions.caption(bundle, row))


def measure_choice(
    key: str, names: Mapping[str, str], wanted: str, take: Callable[[str], None]
) -> str:
    """Draw the choice of what is shown, the first of ``names`` unless another is wanted; return it.

    ``take`` is called with another choice before the page runs again.
    """
    chosen = wanted if wanted in names else next(iter(names))
    st.session_state[key] = chosen
    st.selectbox(
        _("What adds up"),
        list(names),
        key=key,
        format_func=lambda name: names[name],
        on_change=lambda: take(st.session_state[key]),
    )
    return chosen


def regions(
    key: str,
    query: Shown,
    results: Sequence[tuple[Shown, ScoreParts]],
    *,
    ranker: str,
    measure: str,
    notes: Sequence[str] = (),
) -> None:
    """Draw one pair; or two, with what the first has before the second.

    Parameters
    ----------
    key : str
        The component's.
    query : Shown
    results : sequence of tuples
        One or two results of the same query and ranker.
    ranker : str
    measure : str
        One of `names`.
    notes : sequence of str
        What else is to be said.
    """
    parts = [part for _shown, part in results]
    factors = [part.factors if measure == SCORE else {measure: 1.0} for part in parts]
    matrices = [part.matrix(by) for part, by in zip(parts, factors, strict=True)]
    _component(
        key=key,
        data={
            "subject": repr((query, [shown for shown, _part in results], measure)),
            "query": _item(query, parts[0].query),
            "results": [
                {
                    "item": _item(shown, part.candidate),
                    "sign": sign,
                    "adds": base64.b64encode(matrix.astype("<f4").tobytes()).decode(),
                }
                for (shown, part), matrix, sign in zip(results, matrices, (1, -1), strict=False)
            ],
            "unit": vocabulary.unit(ranker) if measure == SCORE else _likeness(measure),
            "ledger": _ledger(parts, matrices, measure),
            "notes": [
                *_notes(parts, ranker, measure),
                *_of_captions(query, results),
                *notes,
            ],
            "words": {
                "hint": _("Point at a region or a word: what it has in common with the other."),
                "region": _("{title}: this region adds {value}."),
                "word": _("{title}: “{word}” adds {value}."),
                "strength": _("Heat"),
                "legend": _("What a region adds, in {unit}"),
                "picture_keys": _("Arrow keys move over its regions, Enter keeps one."),
                "ledger": _("What adds up"),
            },
        },
    )


def _item(shown: Shown, item: ItemParts) -> dict[str, Any]:
    text, there = item.text or "", item.clip_text
    return {
        "title": shown.title,
        "src": shown.source,
        "alt": shown.caption or _("a picture without a caption"),
        "grid": None if item.picture is None else item.picture.grid._asdict(),
        "words_label": _("Words of the caption: {title}").format(title=shown.title),
        "text": text,
        "words": [] if there is None else [list(span) for span in there.spans],
    }


def _likeness(measure: str) -> str:
    return _("learned likeness") if measure in LEARNED else _("cosine")


def _ledger(
    parts: Sequence[ScoreParts], matrices: Sequence[np.ndarray], measure: str
) -> list[dict[str, str]]:
    """Return what adds up to the score or likeness, or to the difference of two."""
    rows: dict[str, float] = {}
    for part, matrix, sign in zip(parts, matrices, (1, -1), strict=False):
        adds = _named(part, part.query_side_of(matrix))
        if measure == SCORE:
            groups = part.number_groups
            numbers = {
                _("{role}: not divided").format(role=vocabulary.role_name(role)): groups[role]
                for role in ROLES
                if role in groups
            }
            adds = {_("average pair"): part.base} | numbers | adds
        for name, value in adds.items():
            rows[name] = rows.get(name, 0.0) + sign * value
    one = _("score") if measure == SCORE else _likeness(measure)
    total = _("difference") if len(parts) > 1 else one
    kept = {name: value for name, value in rows.items() if abs(value) > 1e-9}
    return [
        *(
            {"name": name, "value": formats.thousandths(value), "kind": "part"}
            for name, value in kept.items()
        ),
        {"name": total, "value": formats.thousandths(sum(rows.values())), "kind": "sum"},
    ]


def _named(parts: ScoreParts, side: Side) -> dict[str, float]:
    picture = parts.query.picture
    seen = np.ones(0, dtype=bool) if picture is None else picture.grid.on_picture
    return {
        _("regions of the query's picture"): float(side.regions[seen].sum()),
        _("the margins that make it square"): float(side.regions[~seen].sum()),
        _("the query's picture as a whole"): side.picture,
        _("words of the query's caption"): float(side.words.sum()),
        _("the query's caption as a whole"): side.text,
    }


def _notes(parts: Sequence[ScoreParts], ranker: str, measure: str) -> list[str]:
    """Say how the vectors were taken apart, and what to make of it."""
    shown = parts[0].factors if measure == SCORE else [measure]
    kinds = {kind for name in shown for kind in LIKENESSES[name]}
    if kinds - {"picture"} and any(name in LEARNED for name in shown):
        kinds.add("bert_text")
    items = [item for part in parts for item in (part.query, part.candidate)]
    notes: list[str] = []
    if "picture" in kinds:
        methods = dict.fromkeys(item.picture.method for item in items if item.picture)
        notes += map(vocabulary.picture_method, methods)
    texts = [item.bert_text if "bert_text" in kinds else item.clip_text for item in items]
    if kinds - {"picture"}:
        notes += map(vocabulary.text_method, dict.fromkeys(t.method for t in texts if t))
    if ranker == MODEL and measure == SCORE:
        notes.append(
            _(
                "What CatBoost adds for a cosine is divided like the cosine itself. It is negative "
                "where CatBoost expects a higher cosine."
            )
        )
        whole = [name for name in parts[0].alignments if name not in parts[0].factors]
        if whole:
            notes.append(
                _("Not divided, since its parts nearly cancel out: {names}.").format(
                    names=", ".join(map(vocabulary.feature_meaning, whole))
                )
            )
    if "picture" in kinds and (likeness := poor_likeness(items)):
        notes.append(
            _(
                "Regions are of the thumbnail. Its vector has a cosine of {cosine} with that of "
                "the picture itself; all regions share the difference."
            ).format(cosine=formats.digits(likeness))
        )
    return notes


def _of_captions(query: Shown, results: Sequence[tuple[Shown, ScoreParts]]) -> list[str]:
    """Say that captions are shown as they were compared, where the visitor reads others."""
    items = [(query, results[0][1].query), *((shown, part.candidate) for shown, part in results)]
    if all(item.text in (None, shown.caption) for shown, item in items):
        return []
    return [_("Captions are in the language in which they were compared.")]
