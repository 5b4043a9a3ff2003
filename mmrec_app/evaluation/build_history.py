"""The figures of a query set, or of all queries, over the builds of this bundle."""

import html
from collections.abc import Hashable, Sequence
from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from mmrec_app.evaluation.curve_panel import PLOTLY
from mmrec_app.evaluation.section import section
from mmrec_app.evaluation.view import EvaluationView
from mmrec_app.i18n import _, ngettext
from mmrec_app.shared import filters, notices, query_sets, reviews
from mmrec_app.shared.figure_table import estimate, figures, plain
from mmrec_app.shared.fragment import fragment
from mmrec_app.state import address
from mmrec_app.words import formats, sentences, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.differences.compare import main_ranker
from mmrec_core.differences.text import metric_title
from mmrec_core.errors import VerdictError
from mmrec_core.plots.build_history import build_history_plot
from mmrec_core.plots.chart import RANKER_COLOURS
from mmrec_core.query_sets.builds import METRICS, BuildRecords, RecordedBuild
from mmrec_core.query_sets.history import over_builds
from mmrec_core.ranker.model import RANKERS

_DRAWN = 30


@fragment
def build_history(bundle: Bundle) -> None:
    """Draw the choice of ranker and metric, a plot, and a row a build."""
    address.pending_turn()
    view = address.read(EvaluationView)
    store = reviews.store(bundle)
    version = reviews.version_of(store)
    try:
        builds = _builds(version, BuildRecords(store.path))
    except VerdictError as error:
        notices.empty(_("The builds' figures cannot be read"), str(error))
        return
    if not builds:
        notices.empty(
            _("No build is recorded"),
            _("The folder of the verdicts cannot be written: name another with MMREC_VERDICTS."),
            icon=":material/timeline:",
        )
        return
    rankers = tuple(name for name in RANKERS if any(name in each.rankers for each in builds))
    ranker = view.ranker if view.ranker in rankers else main_ranker(rankers)
    _controls(view, rankers, ranker)
    if view.set:
        with filters.chip_line():
            query_sets.chip(view.set, EvaluationView)
    images = query_sets.kept(bundle)[view.set].images if view.set else None
    seed = bundle.manifest.seed
    with st.spinner(_("Measuring on the held-out queries…")):
        tables = {
            name: _table(version, name, view.metric, images, seed, builds) for name in rankers
        }
    section(
        _("{metric} over builds").format(metric=metric_title(view.metric)),
        _(
            "Each build of this bundle is recorded as it is made, trained or opened here, with the "
            "figures of all its held-out queries. A change is against the build before, paired "
            "over the queries of both, with a 95 % interval from a bootstrap over queries. Counted "
            "are queries with a relevant candidate of that build. Figures are of candidates with a "
            "known relevance: where the recall of candidates moves, the lists have changed, too."
        ),
        lambda: pd.concat(table.assign(ranker=name) for name, table in tables.items()),
        "builds",
    )
    st.caption(sentences.relevance_source(bundle.manifest.relevance))
    if len(builds) == 1:
        notices.empty(
            _("One build is recorded"),
            _(
                "Build this bundle again into the same folder, with another encoder, recipe or "
                "judgements: then its figures are compared here, of any query set."
            ),
            icon=":material/timeline:",
        )
    else:
        _plot(view, tables, ranker, builds)
    _rows(tables[ranker], view, ranker, bundle.digest)


@st.cache_resource(max_entries=4, show_spinner=False)
def _builds(version: str, _records: BuildRecords) -> list[RecordedBuild]:
    return _records.newest(_DRAWN)


@st.cache_resource(max_entries=64, show_spinner=False)
def _table(
    version: str,
    ranker: str,
    metric: str,
    images: tuple[str, ...] | None,
    seed: int,
    _builds: Sequence[RecordedBuild],
) -> pd.DataFrame:
    return over_builds(_builds, ranker, metric, images, seed)


def _controls(view: EvaluationView, rankers: tuple[str, ...], ranker: str) -> None:
    st.session_state["evaluation.ranker_of_builds"] = ranker
    st.session_state["evaluation.metric_of_builds"] = view.metric
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.segmented_control(
            _("Selected ranker"),
            rankers,
            key="evaluation.ranker_of_builds",
            required=True,
            format_func=vocabulary.ranker_name,
            on_change=lambda: address.change(
                EvaluationView, ranker=st.session_state["evaluation.ranker_of_builds"]
            ),
        )
        st.segmented_control(
            _("Metric"),
            list(METRICS),
            key="evaluation.metric_of_builds",
            required=True,
            format_func=metric_title,
            on_change=lambda: address.change(
                EvaluationView, metric=st.session_state["evaluation.metric_of_builds"]
            ),
        )


def _plot(
    view: EvaluationView,
    tables: dict[str, pd.DataFrame],
    ranker: str,
    builds: Sequence[RecordedBuild],
) -> None:
    st.plotly_chart(
        build_history_plot(
            {name: table for name, table in tables.items() if table["value"].notna().any()},
            {name: vocabulary.ranker_name(name) for name in tables},
            {each.digest: f"{_when(each.built)}<br>{each.digest[:8]}" for each in builds},
            emphasised=ranker,
            x=_("build"),
            y=metric_title(view.metric),
            worse=_("worse than the build before"),
        ),
        key="evaluation.builds.plot",
        config=PLOTLY,
        alt=_("Each ranker's figure in each build, in the order of time"),
    )


def _rows(table: pd.DataFrame, view: EvaluationView, ranker: str, digest: str) -> None:
    rows = []
    for row in table.iloc[::-1].to_dict("records"):
        queries = ngettext("{n} query", "{n} queries", row["queries"])
        here = _("this build") if row["digest"] == digest else ""
        rows.append(
            [
                plain(f"{_when(row['built'])} · {row['digest'][:8]}", here),
                plain(queries.format(n=formats.whole(row["queries"]))),
                estimate(*_known(row), colour=RANKER_COLOURS.get(ranker, "gray")),
                _change(row),
                plain(formats.digits(row["candidate_recall"])),
            ]
        )
    head = [_("Build"), _("Queries"), metric_title(view.metric), _("Change"), _("Recall")]
    figures(head, rows, "rankers")


def _known(row: dict[Hashable, Any]) -> tuple[float | None, float | None, float | None]:
    value, low, high = (row[end] for end in ("value", "low", "high"))
    return (None, None, None) if pd.isna(value) else (value, low, high)


def _change(row: dict[Hashable, Any]) -> str:
    if pd.isna(row["difference"]):
        return "–"
    value = formats.digits(row["difference"], signed=True)
    low, high = (formats.digits(row[f"difference_{end}"], signed=True) for end in ("low", "high"))
    cell = plain(value, f"{low} … {high}")
    tag = html.escape(_("worse"))
    return f"<b>{cell}</b> <em class='tag'>{tag}</em>" if row["worse"] else cell


def _when(built: str) -> str:
    """Return a time as people read it, in UTC."""
    try:
        return f"{datetime.fromisoformat(built):%Y-%m-%d %H:%M}"
    except ValueError:
        return built[:16]
