"""Tables of how two bundles differ: by ranker and metric, and by slice."""

import html

import pandas as pd
import streamlit as st

from mmrec_app.evaluation import counted
from mmrec_app.evaluation.section import section
from mmrec_app.evaluation.view import EvaluationView
from mmrec_app.i18n import _
from mmrec_app.shared import naming, notices
from mmrec_app.shared.figure_table import figures, plain, ranker_cell
from mmrec_app.words import formats, vocabulary
from mmrec_core.differences.compare import Differences
from mmrec_core.differences.figures import METRICS, PairedFigure
from mmrec_core.differences.text import metric_title

_SLICES = 12


def figures_table(compared: Differences) -> None:
    """Draw each ranker's differences with their intervals, and how many queries they are of."""
    section(
        _("Differences: B − A"),
        _(
            "Over the same queries, with a paired 95 % interval from a bootstrap over queries; "
            "bold where it leaves 0 out. Below: the figure in A and in B, and how many queries are "
            "better and worse in B, with the two-sided sign test. AUC is of all pairs together. "
            "Means are over the queries with a relevant candidate in either bundle: {n}."
        ).format(n=formats.whole(compared.queries_with_relevant)),
        lambda: _flat(compared),
        "differences",
    )
    rows = [
        [
            ranker_cell(ranker, under=""),
            *(
                _cell(figure)
                for metric in METRICS
                for figure in compared.figures
                if (figure.ranker, figure.metric) == (ranker, metric)
            ),
        ]
        for ranker in compared.rankers
    ]
    figures([_("Ranker"), *map(metric_title, METRICS)], rows, "rankers")


def slices_table(compared: Differences, view: EvaluationView) -> None:
    """Draw the slices that differ most, each a link to its queries."""
    slices = compared.slices
    section(
        _("Slices that differ most"),
        _("Groups of queries by what A says of them; each is the mean of its differences."),
        lambda: slices.table,
        "slice_differences",
        compared.ranker,
    )
    differing = slices.table[(slices.table["difference"] != 0).to_numpy()].head(_SLICES)
    if not len(differing):
        notices.empty(_("No slice differs"))
        return
    rows = []
    for row in differing.to_dict("records"):
        kind, value = str(row["kind"]), str(row["value"])
        target = html.escape(counted.queries(view, slice=f"{kind}:{value}"))
        name = html.escape(naming.slice_name(compared.a, kind, value))
        under = html.escape(vocabulary.slice_kind(kind))
        rows.append(
            [
                f"<a href='{target}'>{name}</a><small>{under}</small>",
                _difference(row["difference"], row["low"], row["high"]),
                plain(formats.whole(int(row["queries"]))),
            ]
        )
    st.caption(
        _(
            "{beyond} of {all} slices have an interval that leaves 0 out. Some {chance} would by "
            "chance alone: one slice is a hint, no proof."
        ).format(
            beyond=formats.whole(slices.beyond),
            all=formats.whole(len(slices.table)),
            chance=formats.whole(round(slices.by_chance)),
        )
    )
    figures([_("Slice"), f"{metric_title(compared.metric)}, B − A", _("Queries")], rows)


def _cell(figure: PairedFigure) -> str:
    """Return a difference, its interval, both figures and the queries behind it, as a cell."""
    both = _("{a} in A, {b} in B").format(
        a=formats.digits(figure.a["value"]), b=formats.digits(figure.b["value"])
    )
    lines = [both]
    if figure.p_value is not None and figure.better is not None and figure.worse is not None:
        p_value = "< 0.001" if figure.p_value < 0.001 else f"{figure.p_value:.2g}"
        lines.append(
            _("{better} better, {worse} worse, p {p}").format(
                better=formats.whole(figure.better), worse=formats.whole(figure.worse), p=p_value
            )
        )
    notes = "".join(f"<small>{html.escape(line)}</small>" for line in lines)
    return _difference(**figure.difference) + notes


def _difference(value: float | None, low: float | None, high: float | None) -> str:
    if value is None or low is None or high is None:
        return "–"
    number = html.escape(formats.thousandths(value))
    interval = f"{formats.thousandths(low)} … {formats.thousandths(high)}"
    beyond = low > 0 or high < 0
    return f"{f'<b>{number}</b>' if beyond else number}<small>{html.escape(interval)}</small>"


def _flat(compared: Differences) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "ranker": figure.ranker,
                "metric": figure.metric,
                "a": figure.a["value"],
                "b": figure.b["value"],
                "difference": figure.difference["value"],
                "low": figure.difference["low"],
                "high": figure.difference["high"],
                "better": figure.better,
                "equal": figure.equal,
                "worse": figure.worse,
                "p_value": figure.p_value,
            }
            for figure in compared.figures
        ]
    )
