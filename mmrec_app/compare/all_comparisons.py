"""Every comparison that has preferences, and the strengths of all that were compared."""

import html
from dataclasses import replace

import pandas as pd
import streamlit as st

from mmrec_app.compare import cells, preference_figures
from mmrec_app.compare.comparisons import Comparison, comparison, rankers, version
from mmrec_app.compare.controls import pair_name
from mmrec_app.compare.view import CompareView, pairs_of
from mmrec_app.i18n import _
from mmrec_app.shared.figure_table import figures, plain, ranker_cell
from mmrec_app.state import address
from mmrec_app.words import formats
from mmrec_core.bundle import Bundle
from mmrec_core.preferences.strengths import Strengths, strengths


def draw(bundle: Bundle, view: CompareView) -> None:
    """Draw every comparison that has preferences, and the strengths."""
    rows = []
    for compared in _comparisons(bundle, view):
        if not len(compared.drawing.order):
            continue
        found = preference_figures.measured(compared).figures
        if found.queries:
            pair = compared.systems
            link = address.link("compare", replace(view, first=pair[0], second=pair[1]))
            rows.append(
                [
                    f"<a href='{html.escape(link)}'>{html.escape(pair_name(pair))}</a>",
                    plain(formats.whole(found.queries)),
                    cells.rate(found.win_rate, pair[0]),
                    plain(cells.p(found.sign_test.p)),
                ]
            )
    if len(rows) < 2:
        return
    st.header(_("All comparisons"), anchor=False)
    figures(
        [_("Rankers"), _("Queries"), _("Win rate of the first"), _("Sign test")],
        rows,
        "preferences",
    )
    _draw_strengths(_strengths(version(bundle), bundle.digest, view, bundle))


def _comparisons(bundle: Bundle, view: CompareView) -> list[Comparison]:
    return [
        comparison(bundle, replace(view, first=first, second=second))
        for first, second in pairs_of(rankers(bundle))
    ]


@st.cache_resource(max_entries=8, show_spinner=False)
def _strengths(version: str, digest: str, view: CompareView, _bundle: Bundle) -> Strengths | None:
    given = [compared.preferred() for compared in _comparisons(_bundle, view)]
    return strengths(pd.concat(given), rankers(_bundle), _bundle.manifest.seed)


def _draw_strengths(ranked: Strengths | None) -> None:
    st.header(
        _("Strengths"),
        anchor=False,
        help=_(
            "Bradley and Terry's model puts rankers that were compared two at a time on one scale: "
            "log-odds, 0 on average. A ranker that is 1 above another wins 73 % against it. It "
            "counts the judged queries, each with the same weight."
        ),
    )
    if ranked is None:
        st.caption(
            _(
                "They can be told once three rankers have been compared and each has won or tied "
                "against the others, at least by way of a third."
            )
        )
        return
    figures(
        [_("Ranker"), _("Strength")],
        [
            [
                ranker_cell(name),
                plain(
                    formats.digits(one["value"], signed=True),
                    f"{formats.digits(one['low'], signed=True)} … "
                    f"{formats.digits(one['high'], signed=True)}",
                ),
            ]
            for name, one in ((name, ranked.of[name]) for name in ranked.systems)
        ],
        "preferences",
    )
