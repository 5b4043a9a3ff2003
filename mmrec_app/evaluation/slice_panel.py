"""Slices: where the ranker is good and where it is not, and the queries behind each figure."""

from typing import Any

import pandas as pd
import streamlit as st

from mmrec_app.evaluation import counted
from mmrec_app.evaluation.curve_panel import PLOTLY
from mmrec_app.evaluation.section import section
from mmrec_app.evaluation.view import EvaluationView, current, in_focus
from mmrec_app.i18n import _
from mmrec_app.served.recommenders import recommender_of
from mmrec_app.shared import gallery, held_out, leads, naming, notices, query_sets
from mmrec_app.shared.fragment import fragment
from mmrec_app.shared.switch import switch
from mmrec_app.state import address
from mmrec_app.words import formats, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.evaluation import slices
from mmrec_core.evaluation.wrong_pairs import ALL
from mmrec_core.plots.slice_plot import slice_plot

_DRAWN = 24
_SHOWN = 48


def title(ranker: str) -> str:
    """Return the heading of the section."""
    return _("Slices: {ranker}").format(ranker=vocabulary.ranker_name(ranker))


@fragment
def slice_panel(bundle: Bundle) -> None:
    """Draw a kind of slices as table and dots; a chosen slice opens its queries."""
    address.pending_turn()
    rankers = recommender_of(bundle).rankers
    view = current(rankers)
    ranker = in_focus(view, rankers)
    table = held_out.slices(bundle, ranker, view.k, query_sets.rows(bundle, view.set))
    section(
        title(ranker),
        _(
            "Groups of held-out queries. Each slice is compared with all other queries. 95 % "
            "intervals, from a bootstrap over queries; slices of fewer than {few} queries have "
            "none and are marked, since they say little."
        ).format(few=slices.FEW),
        lambda: table,
        "slices",
        ranker,
    )
    kinds = [kind for kind in slices.KINDS if (table["kind"] == kind).sum() > 1]
    if not kinds:
        notices.empty(_("All queries are in one slice"))
        return
    kind = view.kind if view.kind in kinds else kinds[0]
    _kinds(kinds, kind)
    mine = table[table["kind"] == kind].reset_index(drop=True)
    names = [naming.slice_name(bundle, kind, str(value)) for value in mine["value"]]
    left, right = st.columns([1.55, 1], gap="large")
    with left:
        _rows(view, kind, mine, names)
    with right:
        _dots(bundle, view, ranker, kind, mine, names)
    if view.kind == kind and view.value in set(mine["value"]):
        _queries(bundle, view, ranker)
        _leads(bundle, view, ranker, mine[mine["value"] == view.value].iloc[0])
    elif view.value is not None:
        notices.notice(_("No held-out query is in this slice"), view.value)


def _kinds(kinds: list[str], kind: str) -> None:
    switch(
        "evaluation.kind",
        _("Slice by"),
        {name: vocabulary.slice_kind(name) for name in kinds},
        kind,
        lambda name: address.change(EvaluationView, slice=f"{name}:"),
    )
    alone = [vocabulary.slice_kind(kind) for kind in slices.KINDS if kind not in kinds]
    if alone:
        st.caption(
            _("Not shown, since all queries are in one slice: {kinds}.").format(
                kinds=", ".join(alone).lower()
            )
        )


def _rows(view: EvaluationView, kind: str, mine: pd.DataFrame, names: list[str]) -> None:
    key, values = f"evaluation.slices.{kind}", mine["value"].tolist()
    chosen = [values.index(view.value)] if view.value in values else []

    def choose() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        address.change(EvaluationView, slice=f"{kind}:{values[rows[0]] if rows else ''}")

    ndcg = f"nDCG@{view.k}"
    shown = pd.DataFrame(
        {
            _("Slice"): names,
            _("Queries"): mine["queries"],
            _("Pairs"): mine["pairs"],
            ndcg: mine["ndcg"],
            _("from"): mine["low"],
            _("to"): mine["high"],
            _("Difference"): mine["difference"],
            "AUC": mine["auc"],
            _("Note"): [_("few queries") if few else "" for few in mine["small"]],
        }
    )
    st.dataframe(
        shown,
        key=key,
        hide_index=True,
        placeholder="–",
        height=min(560, 38 + 35 * len(shown)),
        on_select=choose,
        selection_mode="single-row",
        selection_default={"selection": {"rows": chosen}},
        column_config={
            _("Queries"): _decimal(format="localized"),
            _("Pairs"): _decimal(format="localized"),
            ndcg: _decimal(),
            "AUC": _decimal(),
            _("from"): _decimal(_("95 % interval of nDCG: lower end")),
            _("to"): _decimal(_("95 % interval of nDCG: upper end")),
            _("Difference"): _decimal(_("nDCG minus that of all other queries"), "%+.2f"),
        },
        alt=_("Slices with their metrics; select a row to see its queries"),
    )


def _decimal(help: str | None = None, format: str = "%.2f") -> Any:
    return st.column_config.NumberColumn(format=format, width="small", help=help)


def _dots(
    bundle: Bundle,
    view: EvaluationView,
    ranker: str,
    kind: str,
    mine: pd.DataFrame,
    names: list[str],
) -> None:
    drawn = mine[mine["ndcg"].notna()].head(_DRAWN).sort_values("ndcg", ascending=False)
    measured = held_out.measured(bundle, view.k, query_sets.rows(bundle, view.set))
    overall = measured["rankers"][ranker][f"ndcg@{view.k}"]["value"]
    values = drawn["value"].tolist()

    def choose() -> None:
        points = st.session_state["evaluation.dots"]["selection"]["points"]
        if points:
            chosen = values[points[0]["point_index"]]
            address.change(EvaluationView, slice=f"{kind}:{chosen}")

    st.plotly_chart(
        slice_plot(
            drawn,
            [names[place] for place in drawn.index],
            overall=overall,
            chosen=view.value,
            x=f"nDCG@{view.k}",
            queries=_("queries"),
        ),
        key="evaluation.dots",
        config=PLOTLY,
        on_select=choose,
        selection_mode="points",
        alt=_("nDCG of each slice with its interval, and of all queries"),
    )
    if len(drawn) < len(mine):
        st.caption(
            _(
                "Shown: the {n} largest of {all}. The dotted line is the mean of all queries."
            ).format(n=len(drawn), all=len(mine))
        )


def _queries(bundle: Bundle, view: EvaluationView, ranker: str) -> None:
    kind, value = view.kind, view.value or ""
    rows = query_sets.rows(bundle, view.set)
    scored, members = held_out.scored(bundle, rows), held_out.members(bundle, rows)
    ranked = slices.slice_queries(scored, members, kind, value, ranker, view.k)
    worst = ranked.head(_SHOWN)
    name = naming.slice_name(bundle, kind, value)
    st.subheader(
        formats.escaped(
            _("{slice}: {queries}, the worst first").format(
                slice=name, queries=formats.count(len(ranked), "query", "queries")
            )
        ),
        anchor=False,
        help=_(
            "The figure is the query's nDCG@{k}; a dash means that it has no relevant pair. "
            "Click a query to see its recommendations."
        ).format(k=view.k),
    )
    gallery.gallery(
        bundle,
        [
            gallery.Card(
                row,
                value=formats.digits(ndcg),
                share=None if pd.isna(ndcg) else ndcg,
                cluster=int(bundle.cluster_of[row]),
            )
            for row, ndcg in zip(worst.index.tolist(), worst.tolist(), strict=True)
        ],
        label=name,
        key="evaluation.queries",
        link=lambda image: address.href("recommend", image=image, ranker=view.ranker),
        width="8rem",
    )
    if len(worst) < len(ranked):
        st.caption(_("Shown: the worst {n} of {all}.").format(n=len(worst), all=len(ranked)))


def _leads(bundle: Bundle, view: EvaluationView, ranker: str, row: pd.Series) -> None:
    """Draw the links to all queries and pairs that the chosen slice counts."""
    queries = formats.count(int(row["queries"]), "query", "queries")
    pairs = formats.count(int(row["pairs"]), "pair", "pairs")
    shown = counted.pairs(view, ranker, kind=ALL, slice=view.slice)
    links = [(_("All in a table: {n}").format(n=queries), counted.queries(view, slice=view.slice))]
    if bundle.has_ranker:
        links.append(
            (_("Picture beside picture: {n}").format(n=pairs), address.href("errors", **shown))
        )
    leads.line(links)
