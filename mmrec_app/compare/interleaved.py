"""Query by query, one list made of two by a team draft: which pictures are relevant."""

from functools import partial
from typing import Any

import numpy as np

from mmrec_app.compare import comparisons
from mmrec_app.compare.comparisons import Comparison
from mmrec_app.compare.events import compared_by
from mmrec_app.i18n import _
from mmrec_app.served.scripts import component
from mmrec_app.shared import grading, reviewer, reviews
from mmrec_app.state import address
from mmrec_core.bundle import Bundle
from mmrec_core.preferences.interleaving import Draft, drafted, is_draft_of

_KEY = "compare.interleaved"
_component = component("interleaved", "grading")


def draw(compared: Comparison, left: np.ndarray) -> None:
    """Draw the first of the queries that are left."""
    bundle = compared.bundle
    _component(
        key=_KEY,
        data=_data(compared, left),
        on_events_change=lambda: grading.take(
            bundle,
            _KEY,
            **{"click": partial(_click, bundle), "take back": partial(_back, bundle)},
        ),
    )


def _data(compared: Comparison, left: np.ndarray) -> dict[str, Any]:
    return {
        "comparison": compared.key,
        "k": compared.k,
        "items": [_item(compared, int(at)) for at in left],
        "keys": [
            ["1…0" if compared.k > 9 else "1…5", _("click, or take the click back")],
            ["⏎", _("done, next query")],
            ["U", _("undo")],
        ],
        "words": {
            "query": _("query"),
            "list": _("One list of two rankers"),
            "ask": _("Which of these pictures would you click for this query? None is an answer."),
            "done": _("Done"),
            "more": _("more clicks"),
            "tie": _("as many clicks for both: a tie"),
            "none": _("nothing clicked: a tie"),
            "both": _("the same place in both lists"),
            "clicked": _("clicked"),
            "open": _("Open in Recommend"),
            "undo": _("Undo"),
            "undone": _("undone: click again"),
            "saving": _("saving…"),
            "saved": _("saved"),
            "wait": _("The next query is coming…"),
        },
    } | grading.review_state(_KEY)


def _item(compared: Comparison, at: int) -> dict[str, Any]:
    lists, bundle = compared.drawing.lists, compared.bundle
    draft = drafted(lists, at, reviewer.name(), bundle.manifest.seed)
    listed = [int(row) for row in (*lists.first[at], *lists.second[at]) if row >= 0]
    rows = {str(lists.images[row]): row for row in listed}
    first, second = (
        {"system": system, "name": comparisons.system_name(system)} for system in lists.systems
    )
    return {
        "query": grading.picture(bundle, int(lists.queries[at])),
        "href": address.href("recommend", image=str(lists.names[at])),
        "first": first,
        "second": second,
        "pictures": [grading.picture(bundle, rows[name]) for name in draft.shown],
        "teams": draft.teams,
    }


def _click(bundle: Bundle, event: grading.Event) -> None:
    """Keep the clicks with what was shown: what the browser sends is checked against the lists."""
    systems = (event["first"], event["second"])
    compared = compared_by(bundle, systems, event["k"])
    at = None if compared is None else compared.place(event["query"])
    if compared is None or at is None:
        return
    draft, lists = _draft(event), compared.drawing.lists
    first, second = (lists.shown(at, system) for system in systems)
    if not is_draft_of(draft, first, second, compared.k):
        return
    kept, by = comparisons.interleavings(bundle), reviewer.name()
    reviews.attempt(
        lambda: kept.click(
            event["query"],
            systems,
            draft,
            event["clicked"],
            k=compared.k,
            reviewer=by,
            digests=compared.digests,
        )
    )


def _back(bundle: Bundle, event: grading.Event) -> None:
    systems = (event["first"], event["second"])
    if compared_by(bundle, systems, event["k"]) is not None:
        kept, by, draft = comparisons.interleavings(bundle), reviewer.name(), _draft(event)
        reviews.attempt(
            lambda: kept.withdraw(event["query"], systems, draft, k=event["k"], reviewer=by)
        )


def _draft(event: grading.Event) -> Draft:
    return Draft(tuple(event["shown"]), tuple(event["teams"]))
