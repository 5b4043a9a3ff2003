"""The pair browser: held-out pairs that a ranker gets wrong, picture beside picture."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from mmrec_app.errors import explained_pair, pair_choice
from mmrec_app.errors.view import ErrorsView
from mmrec_app.i18n import _, ngettext
from mmrec_app.served import rights
from mmrec_app.served.recommenders import recommender_of
from mmrec_app.served.scripts import component
from mmrec_app.shared import (
    announcement,
    exports,
    filters,
    grading,
    held_out,
    notices,
    paging,
    reviewer,
)
from mmrec_app.shared.fragment import fragment
from mmrec_app.shared.seldom import seldom
from mmrec_app.state import address
from mmrec_app.words import formats, sentences, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.evaluation.scored_pairs import rankers_of
from mmrec_core.evaluation.wrong_pairs import (
    ALL,
    FOUND,
    KINDS,
    NEGATIVES,
    POSITIVES,
    REJECTED,
    pairs_of_kind,
)

PAGE_SIZE = 12
_KEY = "errors.pairs"
_component = component("pairs", "grading")


@fragment
def browser(bundle: Bundle) -> None:
    """Draw the controls and a page of pairs."""
    address.pending_turn()
    view = address.read(ErrorsView)
    table, ranker = held_out.scored(bundle), recommender_of(bundle).ranker
    if not len(table) or ranker is None:
        notices.empty(
            _("No held-out pairs with probabilities"),
            _("This bundle was built without labels or judged pairs, or without a ranker."),
        )
        return
    rankers = rankers_of(table)
    chosen = view.ranker if view.ranker in rankers else rankers[0]
    threshold = view.threshold
    if threshold is None:
        threshold = ranker.thresholds[chosen]
    listed = pair_choice.narrowed(bundle, view, chosen)
    kinds = {kind: pairs_of_kind(listed, kind, chosen, threshold, view.once) for kind in KINDS}
    counts = {kind: len(places) for kind, places in kinds.items()}
    _controls(bundle, view, rankers, chosen, threshold, counts)
    reviewer.offer(bundle)
    shown = kinds[view.kind]
    if not len(shown):
        notices.empty(_("No such pairs"), _("Move the threshold, or remove filters."))
        announcement.say(_("No such pairs"))
        return
    at = paging.paging(view.page, len(shown), PAGE_SIZE)
    part = listed.iloc[shown[at.rows]]
    _summary(
        at,
        len(shown),
        f"pairs-{view.kind}-{chosen}-{threshold:.2f}",
        lambda: _named(bundle, listed.iloc[shown]),
    )
    st.caption(_origin(bundle))
    _component(
        key=_KEY,
        data=_data(
            bundle, part, rankers, chosen, threshold, f"{view.kind} {chosen} {view.once} {at.page}"
        ),
        on_events_change=lambda: grading.take(bundle, _KEY, explain=explained_pair.ask),
    )
    paging.pager(ErrorsView, at, "errors")
    explained_pair.shown(bundle, chosen)


def _controls(
    bundle: Bundle,
    view: ErrorsView,
    rankers: tuple[str, ...],
    chosen: str,
    threshold: float,
    counts: dict[str, int],
) -> None:
    line = st.container(
        horizontal=True, gap="small", vertical_alignment="bottom", key="errors.pairs.line"
    )
    with line:
        _kind(view, counts)
        st.session_state["errors.ranker"] = chosen
        st.selectbox(
            _("Ranker"),
            rankers,
            key="errors.ranker",
            width=180,
            format_func=vocabulary.ranker_name,
            on_change=lambda: address.change(
                ErrorsView,
                ranker=st.session_state["errors.ranker"],
                threshold=None,
                bin=None,
                page=1,
            ),
        )
        st.session_state["errors.threshold"] = threshold
        st.slider(
            _("Threshold"),
            0.0,
            1.0,
            step=0.01,
            key="errors.threshold",
            width=150,
            help=_(
                "A candidate counts as relevant if its probability reaches the threshold. "
                "Initially, this is where F1 on the validation queries is highest."
            ),
            on_change=lambda: address.change(
                ErrorsView, threshold=st.session_state["errors.threshold"], page=1
            ),
        )
        with st.container(width=260):
            filters.search(view)
        with st.container(width="content"):
            filters.more(bundle, view)
        with seldom("errors.pairs.more", int(view.once)):
            _once(view)
            reviewer.ask("pairs")
    pair_choice.chips(bundle, view, chosen)


def _kind(view: ErrorsView, counts: dict[str, int]) -> None:
    names = {
        NEGATIVES: _("High-scored, not relevant ({n})"),
        POSITIVES: _("Low-scored, relevant ({n})"),
        FOUND: _("High-scored, relevant ({n})"),
        REJECTED: _("Low-scored, not relevant ({n})"),
        ALL: _("All held-out pairs ({n})"),
    }
    st.session_state["errors.kind"] = view.kind
    st.selectbox(
        _("Pairs to show"),
        list(names),
        key="errors.kind",
        width=320,
        format_func=lambda kind: names[kind].format(n=formats.whole(counts[kind])),
        on_change=lambda: address.change(ErrorsView, kind=st.session_state["errors.kind"], page=1),
    )


def _once(view: ErrorsView) -> None:
    st.session_state["errors.once"] = view.once
    st.toggle(
        _("One pair per query"),
        key="errors.once",
        on_change=lambda: address.change(ErrorsView, once=st.session_state["errors.once"], page=1),
        help=_("Only the worst pair of each query, so that no query fills the page."),
    )


def _data(
    bundle: Bundle,
    part: pd.DataFrame,
    rankers: tuple[str, ...],
    chosen: str,
    threshold: float,
    page: str,
) -> dict[str, Any]:
    pairs = []
    for row in part.to_dict("records"):
        probabilities = {name: row[f"{name}_probability"] for name in rankers}
        query, candidate = bundle.image(row["query"]), bundle.image(row["candidate"])
        pairs.append(
            {
                "href": address.href("recommend", image=query, result=candidate),
                "query": grading.picture(bundle, row["query"]),
                "candidate": grading.picture(bundle, row["candidate"]),
                "relevant": row["relevance"] == 1,
                "place": row[f"{chosen}_rank"],
                "rank": _("rank {n}").format(n=row[f"{chosen}_rank"]),
                "bars": [
                    {
                        "name": vocabulary.ranker_name(name),
                        "p": None if np.isnan(p) else p,
                        "value": "–" if np.isnan(p) else formats.percent(p),
                        "chosen": name == chosen,
                    }
                    for name, p in probabilities.items()
                ],
            }
        )
    grading_keys = [
        ["1 2 3 4", _("not relevant … very relevant")],
        ["0", _("remove the grade")],
        ["U", _("undo")],
    ]
    return {
        "page": page,
        "pairs": pairs,
        "ranker": chosen,
        "threshold": threshold,
        "keys": [
            ["↑ ↓", _("previous, next pair")],
            *(grading_keys if rights.may_write() else []),
            ["O", _("open in Recommend")],
            ["E", _("regions and words")],
        ],
        "words": grading.words() | {"list": _("Judged pairs")},
    } | grading.state(bundle, _KEY, [pair["query"]["id"] for pair in pairs])


def _summary(at: paging.Paging, n: int, name: str, table: Callable[[], pd.DataFrame]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        pairs = ngettext("{n} pair", "{n} pairs", n).format(n=formats.whole(n))
        st.text(f"{pairs}, {at.text}", width="content")
        announcement.say(f"{pairs}, {at.text}")
        exports.downloads(table, name, "errors.pairs.export")


def _origin(bundle: Bundle) -> str:
    """Say whose scores these are, and who decided what is relevant."""
    scored = (
        _("CatBoost's scores are of a ranker that never met the query.")
        if bundle.cross_fitted is not None
        else _("Nothing was fitted on these queries.")
    )
    return f"{scored} {sentences.relevance_source(bundle.manifest.relevance)}"


def _named(bundle: Bundle, pairs: pd.DataFrame) -> pd.DataFrame:
    names = bundle.items["image"].to_numpy()
    return pairs.assign(query=names[pairs["query"]], candidate=names[pairs["candidate"]])
