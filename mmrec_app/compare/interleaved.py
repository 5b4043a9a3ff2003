"""Query by query, one list made of two by a team draft: which pictures are relevant."""

from functools import partial
from typing import Any, NamedTuple

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
from mmrec_core.preferences.interleaving import Draft, drafted, is_draft_of
from mmrec_core.preferences.systems import ranker_of

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
    first, second = ({"system": system, "name": compared.name(system)} for system in lists.systems)
    other = compared.other and compared.other.path.name
    return {
        "query": grading.picture(bundle, int(lists.queries[at])),
        "href": address.href("recommend", image=str(lists.names[at]), other=other),
        "first": first,
        "second": second,
        "pictures": [compared.picture(rows[name]) for name in draft.shown],
        "teams": draft.teams,
    }


class _Kept(NamedTuple):
    """An interleaved list as it is kept: its rankers and bundles, pictures and teams."""

    rankers: tuple[str, str]
    draft: Draft
    digests: tuple[str, str]


def _click(bundle: Bundle, event: Event) -> None:
    there, kept, by = _of(bundle, event), comparisons.interleavings(bundle), reviewer.name()
    if there is not None:
        reviews.attempt(
            lambda: kept.click(
                event["query"],
                there.rankers,
                there.draft,
                event["clicked"],
                k=event["k"],
                reviewer=by,
                digests=there.digests,
            )
        )


def _back(bundle: Bundle, event: Event) -> None:
    there, kept, by = _of(bundle, event), comparisons.interleavings(bundle), reviewer.name()
    if there is not None:
        reviews.attempt(
            lambda: kept.withdraw(
                event["query"],
                there.rankers,
                there.draft,
                k=event["k"],
                reviewer=by,
                digests=there.digests,
            )
        )


def _of(bundle: Bundle, event: Event) -> _Kept | None:
    """Return the list of an event, None where it is no draft of the lists that there are."""
    if "first" not in event:  # it is of two lists side by side
        return None
    systems = (event["first"], event["second"])
    found = compared_by(bundle, systems, event)
    if found is None:
        return None
    compared, at = found
    draft = Draft(tuple(event["shown"]), tuple(event["teams"]))
    first, second = (compared.drawing.lists.shown(at, system) for system in systems)
    if not is_draft_of(draft, first, second, compared.k):
        return None
    one, other = systems
    digests = (compared.digest_of(one), compared.digest_of(other))
    return _Kept((ranker_of(one), ranker_of(other)), draft, digests)
