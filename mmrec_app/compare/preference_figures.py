"""The figures of preferences between two lists side by side."""

from typing import NamedTuple

import streamlit as st

from mmrec_app.compare import cells
from mmrec_app.compare.comparisons import Comparison, version
from mmrec_app.i18n import _
from mmrec_app.shared.figure_table import figures, plain
from mmrec_app.words import formats
from mmrec_core.preferences.agreement import PreferenceAgreement, preference_agreement
from mmrec_core.preferences.figures import PairFigures, pair_figures
from mmrec_core.preferences.judged import judgements


class Measured(NamedTuple):
    """The figures of a comparison, and how far its reviewers agree."""

    figures: PairFigures
    agreement: PreferenceAgreement


def measured(compared: Comparison) -> Measured:
    """Return the figures of a comparison."""
    return _measured(version(compared.bundle), compared.key, compared)


@st.cache_resource(max_entries=32, show_spinner=False)
def _measured(version: str, key: str, _of: Comparison) -> Measured:
    given = judgements(_of.preferred(), _of.systems[0])
    seed = _of.bundle.manifest.seed
    return Measured(pair_figures(given, _of.drawing, seed), preference_agreement(given))


def draw(compared: Comparison) -> None:
    """Draw who wins, and the figures behind it."""
    found, agreed = measured(compared)
    systems = compared.systems
    st.markdown(cells.said(found, found.win_rate, found.plain_rate, compared))
    st.caption(
        cells.ties(found.identical),
        help=_(
            "Queries whose lists differ more are drawn more often, so each judged query weighs by "
            "the inverse of its chance to be drawn (Horvitz–Thompson, Hájek): the rate is that "
            "of all queries, not only of those that were shown. Both good and both bad are ties, "
            "half a win for either. The interval is from a bootstrap over queries."
        ),
    )
    first, left = compared.name(systems[0]), found.left_rate
    habit = (
        _("Sides are drawn at random: this is a habit of reviewers, and should be 50 %.")
        if left["low"] is None or left["low"] <= 0.5 <= (left["high"] or 0)
        else _("A position bias. Sides are drawn at random, so it favours no ranker.")
    )
    rows: list[cells.Row] = [
        (
            _("Win rate of {ranker}").format(ranker=first),
            _("Of all queries, each judged one weighted by its chance to be drawn."),
            cells.rate(found.win_rate, systems[0]),
        ),
        (
            _("Plain rate of {ranker}").format(ranker=first),
            _("Of the judged queries alone, which are those that differ more."),
            cells.rate(found.plain_rate, systems[0]),
        ),
        cells.sign_test(found.sign_test, compared),
        cells.needed(found),
        (
            _("Both good, both bad"),
            _("Of {preferences}.").format(
                preferences=formats.count(found.judgements, "preference", "preferences")
            ),
            plain(f"{formats.whole(found.both_good)}, {formats.whole(found.both_bad)}"),
        ),
        (_("Left list preferred"), habit, cells.rate(left)),
        (_("Agreement between reviewers"), _agreement(agreed), cells.alpha(agreed)),
    ]
    figures(
        [_("Figure"), _("Value")],
        [[plain(name, meaning), value] for name, meaning, value in rows],
        "preferences",
    )


def _agreement(agreed: PreferenceAgreement) -> str:
    if agreed.same is None:
        return _("No query has been compared by two reviewers yet.")
    return _(
        "The same choice on {same} of {queries} that several compared. Krippendorff's α: 1 is full "
        "agreement, 0 is agreement by chance."
    ).format(
        same=formats.share(agreed.same),
        queries=formats.count(agreed.units, "query", "queries"),
    )
