"""What reviewers do in the page's components, written to the store as it comes."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from mmrec_app.i18n import _
from mmrec_app.served import rights
from mmrec_app.served.thumbnails import thumbnail_url
from mmrec_app.shared import captions, reviewer, reviews
from mmrec_app.shared.grading_events import Event, events_of
from mmrec_core.bundle import Bundle
from mmrec_core.verdicts.places import verdict_place
from mmrec_core.verdicts.store import VerdictStore
from mmrec_core.verdicts.values import GRADES


def acknowledged(key: str) -> float:
    """Return the number of the last event that was taken from the component ``key``."""
    return st.session_state.get(f"{key}.ack", 0)


def take(bundle: Bundle, key: str, **asked: Callable[[Event], object]) -> None:
    """Write the component's new events, in their order. Call it from its callback.

    ``asked`` get the events of their kind: ``go`` asks for another query, ``explain`` for the
    regions and words of a pair, ``prefer`` says which of two lists is the better one.
    """
    done = acknowledged(key)
    store = VerdictStore(verdict_place(bundle.path))
    for event in events_of(st.session_state[key].get("events")):
        if event["n"] <= done:
            continue
        st.session_state[f"{key}.ack"] = event["n"]
        names = [event[side] for side in ("query", "candidate") if side in event]
        if not all(name in bundle for name in names):
            continue
        if event["kind"] in asked:
            asked[event["kind"]](event)
        elif event["kind"] == "reviewer":
            reviewer.choose(event["name"])
        else:
            reviews.attempt(partial(_write, store, bundle, event))


def _write(store: VerdictStore, bundle: Bundle, event: Event) -> None:
    kind, by = event["kind"], reviewer.name()
    if kind == "grade":
        store.grade(
            event["query"],
            event["candidate"],
            event["grade"],
            reviewer=by,
            ranker=event["ranker"],
            rank=event["rank"],
            digest=bundle.digest,
        )
    elif kind == "withdraw":
        store.withdraw(event["query"], event["candidate"], reviewer=by)
    elif kind == "note":
        store.annotate(event["query"], event["candidate"], event["note"], reviewer=by)
    elif kind == "tag":
        store.tag([event["candidate"]], event["tag"], reviewer=by, digest=bundle.digest)
    elif kind == "untag":
        store.untag([event["candidate"]], event["tag"], reviewer=by)


def state(bundle: Bundle, key: str, queries: Sequence[str]) -> dict[str, Any]:
    """Return what every grading component is given beside its own data: see `grades`."""
    return review_state(key) | {"grades": grades(bundle, queries)}


def review_state(key: str) -> dict[str, Any]:
    """Return what every component is given in which somebody reviews."""
    return {
        "ack": acknowledged(key),
        "question": reviewer.question(),
        "memory": reviewer.memory(),
        "closed": not rights.may_write(),
    }


def grades(bundle: Bundle, queries: Sequence[str]) -> dict[str, dict[str, dict[str, Any]]]:
    """Return what is said of the candidates of some queries, for a component.

    By query and candidate: the visitor's own ``grade`` and ``note``, and what ``others`` say.
    """
    store = reviews.store(bundle)
    by_query: dict[str, dict[str, dict[str, Any]]] = {}
    for query in dict.fromkeys(queries):
        there: dict[str, dict[str, Any]] = {}
        others: dict[str, list[str]] = {}
        for verdict in store.verdicts(query).to_dict("records"):
            candidate, by = verdict["candidate"], verdict["reviewer"]
            said = there.setdefault(candidate, {"grade": 0, "note": ""})
            if by == reviewer.name():
                said["grade"], said["note"] = verdict["grade"], verdict["note"]
            else:
                others.setdefault(candidate, []).append(f"{by} {verdict['grade']}")
        for candidate, names in others.items():
            there[candidate]["others"] = ", ".join(names)
        by_query[query] = there
    return by_query


def picture(bundle: Bundle, row: int) -> dict[str, Any]:
    """Return an image as the components show it."""
    name, caption = bundle.image(row), captions.caption(bundle, row)
    spoken = caption or _("a picture without a caption, {name}").format(name=name)
    return {
        "id": name,
        "src": thumbnail_url(bundle, row),
        "alt": spoken,
        "tip": f"{caption or captions.no_caption()}\n{name}",
        "caption": caption or captions.no_caption(),
        "uncaptioned": caption is None,
    }


def words() -> dict[str, Any]:
    """Return the texts that all grading components show."""
    return {
        "query": _("query"),
        "candidate": _("candidate"),
        "relevant": _("is relevant"),
        "irrelevant": _("is not relevant"),
        "open": _("Open in Recommend"),
        "explain": _("Regions and words"),
        "grade": _("Your grade"),
        "grades": [reviews.grade_name(grade) for grade in GRADES],
        "saving": _("saving…"),
        "saved": _("saved"),
        "removed": _("grade removed"),
        "undo": _("Undo"),
        "undone": _("undone"),
    }
