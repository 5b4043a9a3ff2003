"""All held-out queries with their figures under each ranker: sorted, narrowed, taken away."""

import numpy as np
import pandas as pd
import streamlit as st

from mmrec_app.evaluation import query_table
from mmrec_app.evaluation.summary import controls, provenance
from mmrec_app.evaluation.view import EvaluationView, current, in_focus
from mmrec_app.i18n import _
from mmrec_app.served.recommenders import recommender_of
from mmrec_app.shared import (
    exports,
    filters,
    held_out,
    notices,
    paging,
    query_sets,
    slice_choice,
)
from mmrec_app.shared.fragment import fragment
from mmrec_app.state import address
from mmrec_app.words import formats, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.evaluation.metrics import CUTOFF
from mmrec_core.evaluation.query_figures import (
    DIFFERENCE,
    NDCG,
    best_single,
    ordered,
    with_difference,
)
from mmrec_core.ranker.model import MODEL

PAGE_SIZE = 50


@fragment
def queries(bundle: Bundle) -> None:
    """Draw the controls and a page of the table."""
    address.pending_turn()
    rankers = recommender_of(bundle).rankers
    view = current(rankers)
    ranker = in_focus(view, rankers)
    with st.spinner(_("Measuring on the held-out queries…")):
        best = best_single(held_out.figures_of_queries(bundle, CUTOFF))
        shown = listed(bundle, view)
    _controls(bundle, view, rankers, best)
    _chips(bundle, view)
    if not len(shown):
        notices.empty(_("No held-out query passes these filters"))
        return
    st.caption(provenance(bundle))
    at = paging.paging(view.page, len(shown), PAGE_SIZE)
    with st.container(horizontal=True, vertical_alignment="center"):
        counted = formats.count(len(shown), "held-out query", "held-out queries")
        st.text(f"{counted}, {at.text}", width="content")
        exports.downloads(
            lambda: shown.drop(columns="query"), f"queries-{bundle.path.name}", "evaluation.table"
        )
    query_table.draw(bundle, view, shown.iloc[at.rows], ranker, view.worse_than or best)
    paging.pager(EvaluationView, at, "evaluation.table")


def listed(bundle: Bundle, view: EvaluationView) -> pd.DataFrame:
    """Return the queries that a view of the table shows, in its order."""
    best = best_single(held_out.figures_of_queries(bundle, CUTOFF))
    table = with_difference(held_out.figures_of_queries(bundle, view.k), view.worse_than or best)
    ranker = in_focus(view, recommender_of(bundle).rankers)
    column, descending = query_table.order(view, table, f"{ranker}_{NDCG}")
    return ordered(_narrowed(bundle, view, table), column, descending)


def _controls(
    bundle: Bundle, view: EvaluationView, rankers: tuple[str, ...], best: str | None
) -> None:
    words, narrow = st.columns([4, 1], vertical_alignment="bottom")
    with words:
        filters.search(view)
    with narrow:
        filters.more(bundle, view)
    if MODEL not in rankers:
        controls(view, rankers)
        return
    choices, worse = st.columns([2, 1], vertical_alignment="bottom")
    with choices:
        controls(view, rankers)
    with worse:
        _worse(view, [name for name in rankers if name != MODEL], best)


def _worse(view: EvaluationView, others: list[str], best: str | None) -> None:
    def name(ranker: str) -> str:
        words = vocabulary.ranker_name(ranker)
        return _("{ranker}, the best single one").format(ranker=words) if ranker == best else words

    st.session_state["evaluation.worse"] = view.worse_than if view.worse_than in others else None
    st.selectbox(
        _("CatBoost is worse than"),
        others,
        index=None,
        placeholder=_("All queries"),
        key="evaluation.worse",
        format_func=name,
        on_change=lambda: address.change(
            EvaluationView, worse_than=st.session_state["evaluation.worse"], page=1
        ),
    )


def _chips(bundle: Bundle, view: EvaluationView) -> None:
    if not view.active and view.value is None and not view.set:
        return
    with filters.chip_line():
        if view.set:
            query_sets.chip(view.set, EvaluationView, page=1)
        filters.chips(bundle, view)
        if view.value is not None:
            filters.take_off(
                slice_choice.title(bundle, f"{view.kind}:{view.value}"),
                "evaluation.table.slice",
                lambda: address.change(EvaluationView, slice=None, page=1),
            )


def _narrowed(bundle: Bundle, view: EvaluationView, table: pd.DataFrame) -> pd.DataFrame:
    keep = np.ones(len(table), dtype=bool)
    rows = query_sets.rows(bundle, view.set)
    if rows is not None:
        keep &= np.isin(table["query"], rows)
    if view.active:
        keep &= np.isin(table["query"], filters.matching(bundle, view))
    if view.value is not None:
        keep &= np.isin(table["query"], slice_choice.members(bundle, f"{view.kind}:{view.value}"))
    if view.worse_than is not None and DIFFERENCE in table:
        keep &= (table[DIFFERENCE] < 0).to_numpy()
    return table[keep]
