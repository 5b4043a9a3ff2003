"""Query by query, two lists of unknown rankers: which is the better one."""

from functools import partial
from typing import Any

import numpy as np

from mmrec_app.compare import comparisons
from mmrec_app.compare.comparisons import Comparison
from mmrec_app.compare.events import compared_by
from mmrec_app.i18n import _
from mmrec_app.served.scripts import component
from mmrec_app.shared import grading, reviewer, reviews
from mmrec_app.shared.grading_events import Event
from mmrec_app.state import address
from mmrec_core.bundle import Bundle
from mmrec_core.preferences.drawing import left_system
from mmrec_core.preferences.store import BOTH_BAD, BOTH_GOOD, LEFT, RIGHT, ShownList
from mmrec_core.preferences.systems import ranker_of

_KEY = "compare.session"
_component = component("compare", "grading")


def draw(compared: Comparison, left: np.ndarray) -> None:
    """Draw the first of the queries that are left."""
    bundle = compared.bundle
    _component(
        key=_KEY,
        data=_data(compared, left),
        on_events_change=lambda: grading.take(
            bundle,
            _KEY,
            **{"prefer": partial(_prefer, bundle), "take back": partial(_back, bundle)},
        ),
    )


def _data(compared: Comparison, left: np.ndarray) -> dict[str, Any]:
    return {
        "comparison": compared.key,
        "k": compared.k,
        "items": [_item(compared, int(at)) for at in left],
        "keys": [
            ["←", _("the left list is better")],
            ["→", _("the right list is better")],
            ["↑", _("both are good")],
            ["↓", _("both are bad")],
            ["U", _("undo")],
        ],
        "words": {
            "query": _("query"),
            "ask": _("Which list would you rather be shown for this query?"),
            "choices": {
                LEFT: _("Left"),
                RIGHT: _("Right"),
                BOTH_GOOD: _("Both good"),
                BOTH_BAD: _("Both bad"),
            },
            "chosen": _("your choice"),
            "open": _("Open in Recommend"),
            "undo": _("Undo"),
            "undone": _("undone: choose again"),
            "saving": _("saving…"),
            "saved": _("saved"),
            "wait": _("The next query is coming…"),
        },
    } | grading.review_state(_KEY)


def _item(compared: Comparison, at: int) -> dict[str, Any]:
    lists, bundle = compared.drawing.lists, compared.bundle
    other = compared.other and compared.other.path.name
    name = str(lists.names[at])
    left = left_system(lists.systems, reviewer.name(), name, bundle.manifest.seed)
    right = next(system for system in lists.systems if system != left)
    return {
        "query": grading.picture(bundle, int(lists.queries[at])),
        "href": address.href("recommend", image=name, other=other),
        "left": _side(compared, at, left),
        "right": _side(compared, at, right),
    }


def _side(compared: Comparison, at: int, system: str) -> dict[str, Any]:
    lists = compared.drawing.lists
    rows = (lists.first if system == lists.systems[0] else lists.second)[at]
    return {
        "system": system,
        "name": compared.name(system),
        "pictures": [compared.picture(int(row)) for row in rows if row >= 0],
    }


def _prefer(bundle: Bundle, event: Event) -> None:
    shown = _shown(bundle, event)
    if shown is not None:
        kept, by = comparisons.preferences(bundle), reviewer.name()
        reviews.attempt(
            lambda: kept.prefer(event["query"], *shown, event["choice"], k=event["k"], reviewer=by)
        )


def _back(bundle: Bundle, event: Event) -> None:
    shown = _shown(bundle, event)
    if shown is not None:
        kept, by = comparisons.preferences(bundle), reviewer.name()
        reviews.attempt(lambda: kept.withdraw(event["query"], *shown, k=event["k"], reviewer=by))


def _shown(bundle: Bundle, event: Event) -> tuple[ShownList, ShownList] | None:
    """Return both lists of an event, None where it names what there is not."""
    if "left" not in event:  # it is of an interleaved list
        return None
    sides = (event["left"], event["right"])
    found = compared_by(bundle, sides, event)
    if found is None:
        return None
    compared, at = found
    left, right = (
        ShownList(
            ranker_of(system),
            compared.drawing.lists.shown(at, system),
            compared.digest_of(system),
        )
        for system in sides
    )
    return left, right
