"""The disagreement queue: query by query, each ranker's first candidates, graded by keyboard."""

from functools import partial
from time import monotonic
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

from mmrec_app.errors import events
from mmrec_app.errors.view import ErrorsView
from mmrec_app.i18n import _, ngettext
from mmrec_app.served.recommenders import recommender_of
from mmrec_app.served.scripts import component
from mmrec_app.served.thumbnails import thumbnail_url
from mmrec_app.shared import naming, notices, reviews
from mmrec_app.state import address
from mmrec_app.words import formats, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.inputs.judgements import TEST, TRAIN
from mmrec_core.serving.answers import Query, ScoredQuery
from mmrec_core.verdicts import queue as review_queue
from mmrec_core.verdicts.queue import (
    ALL,
    DISAGREEMENT,
    HELD_OUT,
    NDCG,
    PRECISION,
    TRAINING,
)
from mmrec_core.verdicts.values import NOTE_LENGTH, TAG_LENGTH

CANDIDATES = 6
COLUMNS = 3
_KEY = "errors.queue"
_WENT = "errors.queue.went"
LAG = 1.5  # seconds: with quick keys a run may come with the address of before the last step
_component = component("queue", "grading")


class _Went(NamedTuple):
    left: frozenset[str | None]
    to: str
    time: float


@st.fragment
def queue(bundle: Bundle) -> None:
    """Draw the order, one query and its candidates."""
    address.pending_turn()
    view = address.read(ErrorsView)
    table = ordered(bundle, view.scope, view.order)
    _controls(bundle, view)
    if not len(table):
        notices.empty(
            _("No queries to review here"),
            _("A query is in the queue if categories or judged pairs say what is relevant to it."),
        )
        return
    queries = table["query"].to_numpy()
    at = _place(bundle, queries, _current(view))

    def go(step: int) -> None:
        now = address.read(ErrorsView)
        place = _place(bundle, queries, _current(now))
        _turn(now, bundle.image(int(queries[min(max(place + step, 0), len(queries) - 1)])))

    _progress(bundle, at, len(queries), go)
    _component(
        key=_KEY,
        data=_data(bundle, table, at),
        on_events_change=lambda: events.take(bundle, _KEY, go),
    )


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


def ordered(bundle: Bundle, scope: str, order: str) -> pd.DataFrame:
    """Return the queries of a scope with their figures, in the order of the queue."""
    return _ordered(bundle.digest, scope, order, bundle)


@st.cache_resource(max_entries=16, show_spinner=False)
def _ordered(digest: str, scope: str, order: str, _bundle: Bundle) -> pd.DataFrame:
    splits = _bundle.items["split"].to_numpy()
    return review_queue.queue(_all_queries(digest, _bundle), splits, scope, order)


@st.cache_resource(max_entries=4, show_spinner=False)
def _all_queries(digest: str, _bundle: Bundle) -> pd.DataFrame:
    return review_queue.all_queries(recommender_of(_bundle))


@st.cache_resource(max_entries=256, show_spinner=False)
def _scored(digest: str, image: str, _bundle: Bundle) -> ScoredQuery:
    return recommender_of(_bundle).score(Query(image))


def _controls(bundle: Bundle, view: ErrorsView) -> None:
    orders = {
        DISAGREEMENT: _("Rankers disagree"),
        NDCG: _("Lowest nDCG@5"),
        PRECISION: _("Lowest average precision"),
    }
    training_figures = (
        _("Their figures are of rankers that never met them, the lists of the one in use.")
        if bundle.cross_fitted is not None
        else _("Their figures flatter the ranker, which has seen their pairs.")
    )
    scopes = {HELD_OUT: _("Held-out"), TRAINING: _("Training"), ALL: _("All")}
    with st.container(horizontal=True, gap="large", vertical_alignment="bottom"):
        _choice(
            view,
            "order",
            _("Sort by"),
            orders,
            _(
                "Disagreement is 1 minus the mean rank-biased overlap of the orders by "
                "CatBoost, CLIP and BERT. The first ranks weigh most."
            ),
        )
        _choice(
            view,
            "scope",
            _("Queries"),
            scopes,
            _(
                "Quality is measured on held-out queries. `mmrec train` learns from verdicts on "
                "training queries, which show only candidates that can be used in training."
            )
            + " "
            + training_figures,
        )
        reviews.ask_name("queue")


def _choice(view: ErrorsView, field: str, title: str, names: dict[str, str], help: str) -> None:
    key = f"errors.{field}"
    st.session_state[key] = getattr(view, field)

    def change() -> None:
        address.change(ErrorsView, **{field: st.session_state[key], "query": None})

    st.segmented_control(
        title,
        list(names),
        key=key,
        required=True,
        format_func=lambda name: names[name],
        on_change=change,
        help=help,
    )


def _progress(bundle: Bundle, at: int, queries: int, go: Any) -> None:
    n = reviews.store(bundle).counts().get(reviews.reviewer(), 0)
    verdicts = ngettext("{n} verdict", "{n} verdicts", n).format(n=f"{n:,}")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for name, icon, step, off in (
            (_("Previous query"), ":material/arrow_back:", -1, at == 0),
            (_("Next query"), ":material/arrow_forward:", 1, at == queries - 1),
        ):
            st.button(
                "",
                key=f"errors.step.{step}",
                icon=icon,
                help=name,
                disabled=off,
                on_click=partial(go, step),
            )
        st.text(
            _("query {at} of {queries} · {verdicts} by {reviewer}").format(
                at=f"{at + 1:,}",
                queries=f"{queries:,}",
                verdicts=verdicts,
                reviewer=reviews.reviewer(),
            ),
            width="content",
        )


def _data(bundle: Bundle, table: pd.DataFrame, at: int) -> dict[str, Any]:
    row = int(table["query"].to_numpy()[at])
    image = bundle.image(row)
    scored = _scored(bundle.digest, image, bundle)
    rankers = [name for name, scores in scored.scores.items() if not np.isnan(scores).all()]
    columns = [_column(bundle, scored, name) for name in rankers[:COLUMNS]]
    soon = table["query"].to_numpy()[at + 1 : at + 2]
    tags = reviews.tags(bundle)
    own = tags[tags["reviewer"] == reviews.reviewer()]
    shown = {card["id"] for column in columns for card in column["cards"]}
    own = own[own["image"].isin(shown)]
    return {
        "ack": events.acknowledged(_KEY),
        "query": events.picture(bundle, row),
        "facts": _facts(bundle, table.iloc[at]),
        "columns": columns,
        "grades": events.grades(bundle, [image]),
        "tags": {str(name): list(group) for name, group in own.groupby("image")["tag"]},
        "known_tags": sorted(set(tags["tag"])),
        "preload": [thumbnail_url(bundle, int(query)) for query in soon],
        "note_length": NOTE_LENGTH,
        "tag_length": TAG_LENGTH,
        "keys": [
            ["← →", _("previous, next query")],
            ["↑ ↓", _("candidates")],
            ["1 2 3 4", _("not relevant … very relevant")],
            ["0", _("remove the grade")],
            ["N", _("note")],
            ["T", _("tag")],
            ["O", _("open in Recommend")],
        ],
        "words": events.words()
        | {
            "candidate": _("selected candidate"),
            "note": _("Note: why?"),
            "note_first": _("Grade it, then say why"),
            "tag": _("Tag"),
            "untag": _("Remove the tag"),
        },
    }


def _column(bundle: Bundle, scored: ScoredQuery, ranker: str) -> dict[str, Any]:
    first = review_queue.first_candidates(recommender_of(bundle), scored, ranker, CANDIDATES)
    cards = [
        events.picture(bundle, candidate.row)
        | {
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
    return {"ranker": ranker, "name": name, "about": about, "cards": cards}


def _facts(bundle: Bundle, figures: pd.Series) -> list[tuple[str, str]]:
    """Return the query's facts: name and value."""
    row = int(figures.to_dict()["query"])
    label = bundle.items["label"].iat[row]
    facts = [(_("cluster"), naming.cluster_name(bundle, int(bundle.cluster_of[row])))]
    if label is not None:
        facts.append((_("category"), naming.label_name(str(label))))
    facts.append((_("disagreement"), formats.digits(figures["disagreement"])))
    for column, value in figures.items():
        ranker, _end, rest = str(column).rpartition("_ndcg")
        if _end and not rest:
            facts.append((f"nDCG@5 {vocabulary.ranker_name(ranker)}", formats.digits(value)))
    split = bundle.items["split"].iat[row]
    if split != TEST:
        facts.append((_("split"), _("training") if split == TRAIN else _("validation")))
        if bundle.cross_fitted is not None:
            facts.append((_("nDCG@5 from"), _("a ranker that never met this query")))
    if bundle.manifest.relevance == "labels":
        facts.append((_("relevant"), _("by category, judged by nobody")))
    return facts
