"""Query by query, two lists of unknown rankers: which is the better one."""

from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from mmrec_app.compare import comparisons
from mmrec_app.compare.controls import controls
from mmrec_app.compare.view import LENGTHS, CompareView, compared
from mmrec_app.i18n import _, ngettext
from mmrec_app.served.scripts import component
from mmrec_app.shared import grading, notices, reviewer, reviews
from mmrec_app.state import address
from mmrec_app.words import formats, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.preferences.drawing import Drawing, left_system
from mmrec_core.preferences.store import BOTH_BAD, BOTH_GOOD, LEFT, RIGHT, ShownList

_KEY = "compare.session"
_AHEAD = 8  # queries that the browser has before they are needed: keys are quicker than answers
_component = component("compare", "grading")


@st.fragment
def session(bundle: Bundle) -> None:
    """Draw the controls, how far the comparison is, and the next query."""
    address.pending_turn()
    view, rankers = address.read(CompareView), comparisons.rankers(bundle)
    systems = compared(view, rankers)
    controls(view, rankers)
    drawing = comparisons.drawing(bundle, systems, view.k)
    if not len(drawing.order):
        same(drawing)
        return
    reviewer.offer(bundle)
    given = comparisons.present(bundle, systems, view.k)
    own = given.loc[given["reviewer"] == reviewer.name(), "at"].to_numpy()
    left = drawing.order[~np.isin(drawing.order, own)]
    _progress(drawing, given["at"].nunique(), given["reviewer"].nunique(), len(own))
    if not len(left):
        notices.empty(
            _("You have compared all queries"),
            _("What came of it is in the figures. Other rankers are chosen above."),
            icon=":material/done_all:",
        )
    _component(
        key=_KEY,
        data=_data(bundle, view, drawing, left[:_AHEAD]),
        on_events_change=lambda: grading.take(
            bundle,
            _KEY,
            **{"prefer": partial(_prefer, bundle), "take back": partial(_back, bundle)},
        ),
    )


def same(drawing: Drawing) -> None:
    """Say that there is nothing to compare."""
    n = len(drawing.sizes)
    notices.empty(
        _("Nothing to compare"),
        ngettext(
            "Both rankers give the same list to the only query that both can answer.",
            "Both rankers give the same lists to all {n} queries that both can answer.",
            n,
        ).format(n=formats.whole(n))
        if n
        else _("There is no query that both rankers can answer."),
        icon=":material/compare:",
    )


def _progress(drawing: Drawing, judged: int, reviewers: int, own: int) -> None:
    queries, identical = len(drawing.order), int((drawing.sizes == 0).sum())
    facts = [
        _("compared: {judged} of {queries}, {reviewers}").format(
            judged=formats.whole(judged),
            queries=formats.count(queries, "query", "queries"),
            reviewers=ngettext("{n} reviewer", "{n} reviewers", reviewers).format(n=reviewers),
        )
    ]
    if reviewer.is_known():
        said = ngettext("{n} preference by {reviewer}", "{n} preferences by {reviewer}", own)
        facts.insert(0, said.format(n=formats.whole(own), reviewer=reviewer.name()))
    if identical:
        facts.append(
            ngettext(
                "{n} more has the same list from both, a tie that nobody is shown",
                "{n} more have the same list from both, ties that nobody is shown",
                identical,
            ).format(n=formats.whole(identical))
        )
    st.caption(formats.escaped(" · ".join(facts)))


def _data(bundle: Bundle, view: CompareView, drawing: Drawing, left: np.ndarray) -> dict[str, Any]:
    first, second = drawing.lists.systems
    return {
        "comparison": f"{first} {second} {view.k} {bundle.digest}",
        "k": view.k,
        "items": [_item(bundle, drawing, int(at)) for at in left],
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


def _item(bundle: Bundle, drawing: Drawing, at: int) -> dict[str, Any]:
    lists, seed = drawing.lists, bundle.manifest.seed
    name = str(lists.names[at])
    left = left_system(lists.systems, reviewer.name(), name, seed)
    right = next(system for system in lists.systems if system != left)
    return {
        "query": grading.picture(bundle, int(lists.queries[at])),
        "href": address.href("recommend", image=name),
        "left": _side(bundle, drawing, at, left),
        "right": _side(bundle, drawing, at, right),
    }


def _side(bundle: Bundle, drawing: Drawing, at: int, system: str) -> dict[str, Any]:
    lists = drawing.lists
    rows = (lists.first if system == lists.systems[0] else lists.second)[at]
    return {
        "system": system,
        "name": vocabulary.ranker_name(system),
        "pictures": [grading.picture(bundle, int(row)) for row in rows if row >= 0],
    }


def _prefer(bundle: Bundle, event: grading.Event) -> None:
    """Keep a choice with what was shown: what the browser sends is checked against the lists."""
    systems = _systems(bundle, event)
    if systems is None:
        return
    lists = comparisons.drawing(bundle, systems, event["k"]).lists
    at = np.flatnonzero(lists.names == event["query"])
    if not len(at):
        return
    left, right = (
        ShownList(event[side], lists.shown(int(at[0]), event[side]), bundle.digest)
        for side in (LEFT, RIGHT)
    )
    kept, by = comparisons.store(bundle), reviewer.name()
    reviews.attempt(
        lambda: kept.prefer(event["query"], left, right, event["choice"], k=event["k"], reviewer=by)
    )


def _back(bundle: Bundle, event: grading.Event) -> None:
    systems = _systems(bundle, event)
    if systems is not None:
        kept, by = comparisons.store(bundle), reviewer.name()
        reviews.attempt(lambda: kept.withdraw(event["query"], systems, k=event["k"], reviewer=by))


def _systems(bundle: Bundle, event: grading.Event) -> tuple[str, str] | None:
    """Return the rankers of an event in the order in which they are compared, None without."""
    sides, rankers = {event["left"], event["right"]}, comparisons.rankers(bundle)
    known = len(sides) == 2 and sides <= set(rankers) and event["k"] in LENGTHS
    return (
        compared(CompareView(first=event["left"], second=event["right"]), rankers)
        if known
        else None
    )
