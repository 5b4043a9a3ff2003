"""Every comparison that was judged, and the strengths of all that have preferences."""

import html
from dataclasses import replace

import pandas as pd
import streamlit as st

from mmrec_app.compare import cells, interleaved_figures, preference_figures
from mmrec_app.compare.comparisons import Comparison, system_name, systems, version
from mmrec_app.compare.controls import pair_name
from mmrec_app.compare.view import CompareView, pairs_of
from mmrec_app.i18n import _
from mmrec_app.shared.figure_table import figures, plain, ranker_cell
from mmrec_app.state import address
from mmrec_app.words import formats
from mmrec_core.preferences.figures import SignTest
from mmrec_core.preferences.strengths import Strengths, strengths
from mmrec_core.preferences.systems import bundle_of, ranker_of


def draw(of: Comparison, view: CompareView) -> None:
    """Draw every comparison that was judged, where there are several, and the strengths."""
    preferred, interleaved = [], []
    for compared in _comparisons(of):
        link = html.escape(address.link("compare", _view_of(compared, view)))
        name = f"<a href='{link}'>{html.escape(_name(compared, of))}</a>"
        if len(compared.preferred()):
            pair = preference_figures.measured(compared).figures
            rate = cells.rate(pair.win_rate, compared.systems[0])
            preferred.append(_row(name, pair.queries, rate, pair.sign_test))
        if len(compared.interleaved()):
            lists = interleaved_figures.measured(compared)
            delta = cells.signed(lists.delta)
            interleaved.append(_row(name, lists.queries, delta, lists.sign_test))
    if max(len(preferred), len(interleaved)) > 1:
        st.header(_("All comparisons"), anchor=False)
    if len(preferred) > 1:
        head = [_("Rankers"), _("Queries"), _("Win rate of the first"), _("Sign test")]
        figures(head, preferred, "preferences")
    if len(interleaved) > 1:
        head = [_("Interleaved rankers"), _("Queries"), _("Δ of the first"), _("Sign test")]
        figures(head, interleaved, "preferences")
    if len(preferred) > 1:
        _draw_strengths(of, _strengths(version(of.bundle), of.key, of))


def _row(name: str, queries: int, figure: str, test: SignTest) -> list[str]:
    return [name, plain(formats.whole(queries)), figure, plain(cells.p(test.p))]


def _comparisons(of: Comparison) -> list[Comparison]:
    """Return all comparisons of the bundle's rankers, and those with the other's."""
    within = [replace(of, other=None, systems=pair) for pair in pairs_of(systems(of.bundle, None))]
    if of.other is None:
        return within
    pairs = pairs_of(systems(of.bundle, of.other))
    return [*(replace(of, systems=pair) for pair in pairs), *within]


def _name(compared: Comparison, of: Comparison) -> str:
    return pair_name(replace(of, systems=compared.systems))


def _view_of(compared: Comparison, view: CompareView) -> CompareView:
    first, second = map(ranker_of, compared.systems)
    against = view.against if compared.other is not None else None
    return replace(view, first=first, second=second, against=against)


@st.cache_resource(max_entries=8, show_spinner=False)
def _strengths(version: str, key: str, _of: Comparison) -> Strengths | None:
    given = [compared.preferred() for compared in _comparisons(_of)]
    known = (*systems(_of.bundle, None), *systems(_of.bundle, _of.other))
    return strengths(pd.concat(given), tuple(dict.fromkeys(known)), _of.bundle.manifest.seed)


def _draw_strengths(of: Comparison, ranked: Strengths | None) -> None:
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
                _system_cell(of, name),
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
    if ranked.left_out:
        names = ", ".join(system_name(name, of.bundle, of.other) for name in ranked.left_out)
        said = _("Won or lost all against these, and has no finite strength: {names}.")
        st.caption(formats.escaped(said.format(names=names)))


def _system_cell(of: Comparison, system: str) -> str:
    name = of.bundle.path.name if of.other is not None else ""
    return ranker_cell(ranker_of(system), tag=bundle_of(system) or name)
