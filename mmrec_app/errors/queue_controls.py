"""Above the queue: which queries, in what order, how far they are graded, and the way on."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mmrec_app.errors import got_worse
from mmrec_app.errors.view import ErrorsView
from mmrec_app.i18n import _, ngettext
from mmrec_app.served import rights
from mmrec_app.shared import against, announcement, reviewer
from mmrec_app.shared.seldom import seldom
from mmrec_app.state import address
from mmrec_app.words import formats, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.verdicts.queue import (
    ALL,
    DISAGREEMENT,
    HELD_OUT,
    NDCG,
    OF_RANKER,
    PRECISION,
    RECALL,
    TRAINING,
    UNCERTAIN,
    WORSE,
    Progress,
)


def scope_of(bundle: Bundle, view: ErrorsView) -> str:
    """Return the scope of a view: unless it names one, all that some ranker never met."""
    return view.scope or (HELD_OUT if bundle.cross_fitted is None else ALL)


def controls(
    bundle: Bundle, view: ErrorsView, rankers: tuple[str, ...], chosen: str
) -> DeltaGenerator:
    """Draw the choice of the order, of the ranker whose order it is, and of the queries.

    Returns the line that they are on, for more.
    """
    line = st.container(
        horizontal=True, gap="small", vertical_alignment="bottom", key="errors.queue.line"
    )
    with line:
        orders = {
            DISAGREEMENT: _("Rankers disagree"),
            NDCG: _("Lowest nDCG@5"),
            PRECISION: _("Lowest average precision"),
            RECALL: _("Lowest recall of candidates"),
            UNCERTAIN: _("Nearest to the threshold"),
            WORSE: _("Got worse"),
        }
        if view.order != WORSE and not against.others(bundle):
            del orders[WORSE]
        _selectbox(
            "order",
            view.order,
            _("Sort by"),
            orders,
            _(
                "Disagreement is 1 minus the mean rank-biased overlap of the orders by "
                "CatBoost, CLIP and BERT; the first ranks weigh most. Recall of candidates is the "
                "share of a query's relevant images that are candidates at all. Nearest to the "
                "threshold are queries whose first candidates have the least certain "
                "probabilities. What got worse are queries on which another bundle of the same "
                "images has the higher nDCG@5."
            ),
        )
        if view.order in OF_RANKER and len(rankers) > 1:
            names = {name: vocabulary.ranker_name(name) for name in rankers}
            _selectbox("ranker", chosen, _("Ranker"), names, None)
        if view.order == WORSE:
            got_worse.choice(bundle, view)
        popover = seldom("errors.queue.more", bool(view.scope) + view.open)
        reviewer.ask("queue")
    with popover:
        _scopes(bundle, view)
        if rights.may_write():
            _open(view)
    return line


def _selectbox(field: str, value: str, title: str, names: dict[str, str], help: str | None) -> None:
    key = f"errors.queue.{field}"
    st.session_state[key] = value
    st.selectbox(
        title,
        list(names),
        key=key,
        width=230 if field == "order" else 170,
        format_func=lambda name: names[name],
        on_change=lambda: address.change(
            ErrorsView, **{field: st.session_state[key], "query": None}
        ),
        help=help,
    )


def _scopes(bundle: Bundle, view: ErrorsView) -> None:
    if bundle.cross_fitted is None:
        names = {HELD_OUT: _("Held-out"), TRAINING: _("Training"), ALL: _("All")}
        about = _(
            "Quality is measured on held-out queries. `mmrec train` learns from verdicts on "
            "training queries, which show only candidates that can be used in training. The "
            "figures of training queries flatter the ranker, which has seen their pairs."
        )
    else:
        names = {ALL: _("All"), HELD_OUT: _("To compare"), TRAINING: _("To train")}
        about = _(
            "Every query was held out once: its figures are of rankers that never met it, and so "
            "are the lists. Verdicts on the queries to compare measure rankers; from those on the "
            "queries to train, `mmrec train` learns. The latter show only candidates that can be "
            "used in training, in the order of the rankers in use."
        )
    st.session_state["errors.scope"] = scope_of(bundle, view)
    st.segmented_control(
        _("Queries"),
        list(names),
        key="errors.scope",
        required=True,
        format_func=lambda name: names[name],
        on_change=lambda: address.change(
            ErrorsView, scope=st.session_state["errors.scope"], query=None
        ),
        help=about,
    )


def _open(view: ErrorsView) -> None:
    st.session_state["errors.open"] = view.open
    st.toggle(
        _("Show rankers and scores"),
        key="errors.open",
        on_change=lambda: address.change(ErrorsView, open=st.session_state["errors.open"]),
        help=_(
            "Without it you grade unbiased: scores, what is known and others' grades show once you "
            "have graded a candidate, rankers' names and figures once you have graded all. Until "
            "then rankers are called A, B and C, in an order drawn anew for every query."
        ),
    )


def way_on(at: int, progress: Progress, own: int, go: Callable[[dict[str, Any]], None]) -> None:
    """Draw where in the queue the reviewer is, how far all are, and the buttons to go on.

    Parameters
    ----------
    at : int
        Place of the query.
    progress : Progress
    own : int
        How many verdicts the reviewer gave.
    go : callable
        Takes what `mmrec_app/components/grading/pending_events.js` sends to go on.
    """
    queries = len(progress.own)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        steps = (
            (_("Previous query"), ":material/arrow_back:", {"step": -1}, at == 0),
            (_("Next query"), ":material/arrow_forward:", {"step": 1}, at == queries - 1),
            (
                _("Next query without your verdicts (M)"),
                ":material/skip_next:",
                {"to": "mine"},
                progress.own.all(),
            ),
            (
                _("Next query that nobody graded"),
                ":material/group:",
                {"to": "anybody"},
                progress.graded.all(),
            ),
        )
        for name, icon, event, off in steps if rights.may_write() else steps[:2]:
            key = "_".join(str(part) for part in event.values())
            st.button(
                name,
                key=f"errors.step.{key}",
                icon=icon,
                help=name,
                disabled=bool(off),
                on_click=partial(go, event),
            )
        facts = _facts(at, progress, own)
        announcement.say(facts[0])
        st.text(" · ".join(facts), width="content")


def _facts(at: int, progress: Progress, own: int) -> list[str]:
    queries, graded = len(progress.own), int(progress.graded.sum())
    facts = [
        _("query {at} of {queries}").format(
            at=formats.whole(at + 1), queries=formats.whole(queries)
        )
    ]
    if reviewer.is_known():
        said = ngettext("{n} verdict by {reviewer}", "{n} verdicts by {reviewer}", own)
        facts.append(said.format(n=formats.whole(own), reviewer=reviewer.name()))
    people = ngettext("{n} reviewer", "{n} reviewers", progress.reviewers)
    facts.append(
        _("graded: {graded} of {queries}, {reviewers}").format(
            graded=formats.whole(graded),
            queries=formats.whole(queries),
            reviewers=people.format(n=progress.reviewers),
        )
    )
    return facts
