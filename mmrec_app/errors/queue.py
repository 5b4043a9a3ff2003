"""The disagreement queue: query by query, each ranker's first candidates, graded by keyboard."""

from string import ascii_uppercase
from time import monotonic
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
import pandas as pd
import streamlit as st

from mmrec_app.errors import explained_pair, got_worse, queue_share
from mmrec_app.errors.queue_controls import controls, scope_of, way_on
from mmrec_app.errors.view import ErrorsView
from mmrec_app.i18n import _
from mmrec_app.served import rights
from mmrec_app.served.recommenders import recommender_of
from mmrec_app.served.scripts import component
from mmrec_app.served.thumbnails import thumbnail_url
from mmrec_app.shared import (
    filters,
    grading,
    held_out,
    naming,
    notices,
    query_sets,
    reviewer,
    reviews,
)
from mmrec_app.shared.fragment import fragment
from mmrec_app.state import address
from mmrec_app.words import formats, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.evaluation.scored_pairs import rankers_of
from mmrec_core.inputs.judgements import TEST, TRAIN
from mmrec_core.serving.answers import Query, ScoredQuery
from mmrec_core.verdicts import queue as review_queue
from mmrec_core.verdicts.queue import TRAINING, WORSE
from mmrec_core.verdicts.values import NOTE_LENGTH, TAG_LENGTH

COLUMNS = 3
_KEY = "errors.queue"
_WENT = "errors.queue.went"
LAG = 1.5  # seconds: with quick keys a run may come with the address of before the last step
_component = component("queue", "grading")


class _Went(NamedTuple):
    left: frozenset[str | None]
    to: str
    time: float


@fragment
def queue(bundle: Bundle) -> None:
    """Draw the order, one query and its candidates."""
    address.pending_turn()
    view = address.read(ErrorsView)
    rankers = rankers_of(_scored_pairs(bundle.digest, bundle))
    chosen = view.ranker if view.ranker in rankers else (*rankers, "")[0]
    scope = scope_of(bundle, view)
    line = controls(bundle, view, rankers, chosen)
    table = _queued(bundle, view, scope, chosen)
    if table is None:
        return
    names = bundle.items["image"].to_numpy()[table["query"]]
    if view.set:
        among = pd.Index(names).isin(query_sets.kept(bundle)[view.set].images)
        table, names = table[among], names[among]
    if view.dealt:
        table = table[review_queue.dealt(names, *view.dealt)]
    if rights.may_write():
        with line:
            queue_share.share(bundle, view, names)
    if view.set:
        with filters.chip_line():
            query_sets.chip(view.set, ErrorsView, query=None)
    if not len(table):
        notices.empty(
            _("No queries to review here"),
            _("A query is in the queue if categories or judged pairs say what is relevant to it."),
        )
        return
    queries = table["query"].to_numpy()
    at = _place(bundle, queries, _current(view))

    def go(event: dict[str, Any]) -> None:
        now = address.read(ErrorsView)
        place = _place(bundle, queries, _current(now))
        if "step" in event:
            place = min(max(place + int(event["step"]), 0), len(queries) - 1)
        else:
            done, _counts = _progress(bundle, queries)
            place = review_queue.next_open(
                done.own if event["to"] == "mine" else done.graded, place
            )
        _turn(now, bundle.image(int(queries[place])))

    reviewer.offer(bundle)
    way_on(at, *_progress(bundle, queries), go)
    with line:
        got_worse.both_lists(view, bundle.image(int(queries[at])), chosen)
    _component(
        key=_KEY,
        data=_data(bundle, view, table, at, chosen),
        on_events_change=lambda: grading.take(bundle, _KEY, go=go, explain=explained_pair.ask),
    )

    explained_pair.shown(bundle, chosen if view.open or not rights.may_write() else None)


def _progress(bundle: Bundle, queries: np.ndarray) -> tuple[review_queue.Progress, int]:
    """Return how far the queries are graded, and how many verdicts the visitor gave on all."""
    counts, by = reviews.store(bundle).counts(), reviewer.name()
    images = bundle.items["image"].to_numpy()[queries]
    own = int(counts.loc[counts["reviewer"] == by, "verdicts"].sum())
    return review_queue.progress(counts, images, by), own


def _turn(view: ErrorsView, image: str) -> None:
    """Put another query into the URL, and remember those that were left within the lag."""
    went = st.session_state.get(_WENT)
    left = went.left if went and monotonic() - went.time < LAG else frozenset()
    st.session_state[_WENT] = _Went(
        (left | {view.query, _current(view)}) - {image}, image, monotonic()
    )
    address.change(ErrorsView, query=image)


def _current(view: ErrorsView) -> str | None:
    """Return the query of the URL; if the URL is one that was just left, the one turned to."""
    went = st.session_state.get(_WENT)
    if went and view.query in went.left and monotonic() - went.time < LAG:
        return went.to
    return view.query


def _place(bundle: Bundle, queries: np.ndarray, image: str | None) -> int:
    """Return the place of a query in the queue; the first if it is not there."""
    if image is None or image not in bundle:
        return 0
    places = np.flatnonzero(queries == bundle.index_of(image))
    return int(places[0]) if len(places) else 0


def _queued(bundle: Bundle, view: ErrorsView, scope: str, ranker: str) -> pd.DataFrame | None:
    """Return the queue of a view; None where a bundle to compare with is missing, which is said."""
    queries = _all_queries(bundle.digest, bundle)
    if view.order != WORSE or not len(queries):
        return ordered(bundle, scope, view.order, ranker)
    worse = got_worse.worse(bundle, view, queries, ranker)
    if worse is None:
        return None
    return review_queue.queue(worse, bundle.items["split"].to_numpy(), scope, WORSE, ranker)


def ordered(bundle: Bundle, scope: str, order: str, ranker: str) -> pd.DataFrame:
    """Return the queries of a scope with their figures, in the order of the queue."""
    return _ordered(bundle.digest, scope, order, ranker, bundle)


@st.cache_resource(max_entries=16, show_spinner=False)
def _ordered(digest: str, scope: str, order: str, ranker: str, _bundle: Bundle) -> pd.DataFrame:
    splits = _bundle.items["split"].to_numpy()
    return review_queue.queue(_all_queries(digest, _bundle), splits, scope, order, ranker)


@st.cache_resource(max_entries=4, show_spinner=False)
def _all_queries(digest: str, _bundle: Bundle) -> pd.DataFrame:
    return review_queue.all_queries(recommender_of(_bundle), _scored_pairs(digest, _bundle))


@st.cache_resource(max_entries=4, show_spinner=False)
def _scored_pairs(digest: str, _bundle: Bundle) -> pd.DataFrame:
    return review_queue.scored_queries(recommender_of(_bundle), held_out.scored(_bundle))


@st.cache_resource(max_entries=64, show_spinner=False)
def _scored(digest: str, image: str, _bundle: Bundle) -> ScoredQuery:
    return recommender_of(_bundle).score(Query(image))


def _data(
    bundle: Bundle, view: ErrorsView, table: pd.DataFrame, at: int, ranker: str
) -> dict[str, Any]:
    row = int(table["query"].to_numpy()[at])
    image = bundle.image(row)
    may_write = rights.may_write()
    shows_all = view.open or not may_write
    columns = _columns(bundle, row, scope_of(bundle, view), shows_all)
    soon = table["query"].to_numpy()[at + 1 : at + 2]
    tags = reviews.tags(bundle)
    own = tags[tags["reviewer"] == reviewer.name()]
    shown = {card["id"] for column in columns for card in column["cards"]}
    own = own[own["image"].isin(shown)]
    grading_keys = [
        ["1 2 3 4", _("not relevant … very relevant")],
        ["0", _("remove the grade")],
        ["U", _("undo")],
        ["N", _("note")],
        ["T", _("tag")],
        ["M", _("next without your verdicts")],
    ]
    return {
        "open": shows_all,
        "query": grading.picture(bundle, row),
        "facts": _facts(bundle, table.iloc[at], ranker),
        "answers": _answers(bundle, table.iloc[at]),
        "columns": columns,
        "tags": {str(name): list(group) for name, group in own.groupby("image")["tag"]},
        "known_tags": sorted(set(tags["tag"])),
        "preload": [thumbnail_url(bundle, int(query)) for query in soon],
        "note_length": NOTE_LENGTH,
        "tag_length": TAG_LENGTH,
        "keys": [
            ["← →", _("previous, next query")],
            ["↑ ↓", _("candidates")],
            *(grading_keys if may_write else []),
            ["O", _("open in Recommend")],
            ["E", _("regions and words")],
        ],
        "words": grading.words()
        | {
            "candidate": _("selected candidate"),
            "note": _("Note: why?"),
            "note_first": _("Grade it, then say why"),
            "tag": _("Tag"),
            "untag": _("Remove the tag"),
        },
    } | grading.state(bundle, _KEY, [image])


def _columns(bundle: Bundle, row: int, scope: str, open: bool) -> list[dict[str, Any]]:
    """Return each ranker's first candidates, in an order drawn for the query unless open."""
    recommender, image = recommender_of(bundle), bundle.image(row)
    unmet = bundle.cross_fitted is not None or bundle.columns["split"][row] == TEST
    if scope != TRAINING and unmet and review_queue.lists_whole(recommender):
        pairs = _scored_pairs(bundle.digest, bundle)
        pairs = pairs[pairs["query"] == row]
        lists = {name: review_queue.first_listed(pairs, name) for name in rankers_of(pairs)}
    else:
        scored = _scored(bundle.digest, image, bundle)
        lists = {
            name: review_queue.first_candidates(recommender, scored, name) for name in scored.scores
        }
    shown = [name for name, first in lists.items() if first][:COLUMNS]
    if not open:
        shown.sort(key=lambda name: crc32(f"{name} {image}".encode()))
    return [
        _column(bundle, bundle.image(row), lists[name], name, letter)
        for name, letter in zip(shown, ascii_uppercase, strict=False)
    ]


def _column(
    bundle: Bundle,
    query: str,
    first: list[review_queue.QueuedCandidate],
    ranker: str,
    letter: str,
) -> dict[str, Any]:
    cards = [
        grading.picture(bundle, candidate.row)
        | {
            "href": address.href("recommend", image=query, result=bundle.image(candidate.row)),
            "rank": str(place),
            "place": place,
            "value": formats.digits(candidate.score)
            if candidate.probability is None
            else formats.percent(candidate.probability),
            "known": {None: None, True: "relevant", False: "irrelevant"}[candidate.relevant],
        }
        for place, candidate in enumerate(first, start=1)
    ]
    name, about = vocabulary.ranker_name(ranker), vocabulary.ranker_meaning(ranker)
    return {"ranker": ranker, "letter": letter, "name": name, "about": about, "cards": cards}


def _facts(bundle: Bundle, figures: pd.Series, ranker: str) -> list[tuple[str, str]]:
    """Return what may be known of the query before it is graded: name and value."""
    row = int(figures.to_dict()["query"])
    facts = [
        (_("cluster"), naming.cluster_name(bundle, int(bundle.cluster_of[row]))),
        (_("disagreement"), formats.digits(figures["disagreement"])),
        *got_worse.facts(figures, ranker),
    ]
    split = bundle.columns["split"][row]
    if split != TEST:
        facts.append((_("split"), _("training") if split == TRAIN else _("validation")))
    return facts


def _answers(bundle: Bundle, figures: pd.Series) -> list[tuple[str, str]]:
    """Return what would give away which candidates are relevant: name and value."""
    row = int(figures.to_dict()["query"])
    label = bundle.label(row)
    facts = [] if label is None else [(_("category"), naming.label_name(label))]
    for column, value in figures.items():
        ranker, _end, rest = str(column).rpartition("_ndcg")
        if _end and not rest:
            facts.append((f"nDCG@5 {vocabulary.ranker_name(ranker)}", formats.digits(value)))
    if not np.isnan(figures["recall"]):
        facts.append((_("recall of candidates"), formats.percent(figures["recall"])))
    if bundle.cross_fitted is not None:
        facts.append((_("nDCG@5 from"), _("a ranker that never met this query")))
    if bundle.manifest.relevance == "labels":
        facts.append((_("relevant"), _("by category, judged by nobody")))
    return facts
