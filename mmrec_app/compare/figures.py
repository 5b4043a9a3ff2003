"""What was judged says: each way with its figures, all comparisons, and the export."""

import streamlit as st

from mmrec_app.compare import all_comparisons, comparisons, interleaved_figures, preference_figures
from mmrec_app.compare.comparisons import Comparison
from mmrec_app.compare.controls import controls
from mmrec_app.compare.session import same
from mmrec_app.compare.view import JUDGE, CompareView
from mmrec_app.i18n import _, ngettext
from mmrec_app.served import rights
from mmrec_app.shared import notices
from mmrec_app.shared.exports import downloads
from mmrec_app.state import address
from mmrec_app.words import formats
from mmrec_core.bundle import Bundle
from mmrec_core.preferences.interleaving import FIRST, SECOND
from mmrec_core.preferences.judged import between
from mmrec_core.preferences.store import LEFT, RIGHT


def figures(bundle: Bundle) -> None:
    """Draw the figures of the comparison, and of all rankers where more than two compete."""
    view = address.read(CompareView)
    compared = controls(bundle, view)
    if compared is None:
        return
    if not len(compared.drawing.order):
        same(compared.drawing)
        return
    preferred, interleaved = len(compared.preferred()), len(compared.interleaved())
    if preferred and interleaved:
        left, right = st.columns(2, gap="large")
        with left:
            st.header(_("Side by side"), anchor=False)
            preference_figures.draw(compared)
        with right:
            st.header(_("Interleaved"), anchor=False)
            interleaved_figures.draw(compared)
    elif preferred:
        preference_figures.draw(compared)
    elif interleaved:
        interleaved_figures.draw(compared)
    else:
        _nothing_yet()
    _outdated(compared)
    all_comparisons.draw(compared, view)
    _exports(bundle)


def _nothing_yet() -> None:
    notices.empty(
        _("No preferences on these lists yet"),
        _("Compare some queries first: with the keyboard it takes seconds each.")
        if rights.may_write()
        else "",
        icon=":material/compare:",
    )
    if not rights.may_write():
        return
    st.button(
        _("Compare"),
        type="primary",
        on_click=lambda: address.change(CompareView, view=JUDGE),
    )


def _outdated(compared: Comparison) -> None:
    """Say how many judgements are of lists that these rankers no longer give."""
    lists = compared.drawing.lists
    preferred = between(comparisons.preferences(compared.bundle).all(), lists, (LEFT, RIGHT))
    clicked = between(comparisons.interleavings(compared.bundle).all(), lists, (FIRST, SECOND))
    if compared.only is not None:
        preferred, clicked = (t[t["query"].isin(compared.only)] for t in (preferred, clicked))
    n = len(preferred) - len(compared.preferred()) + len(clicked) - len(compared.interleaved())
    if n <= 0:
        return
    if compared.other is not None:
        said = ngettext(
            "{n} judgement is of other lists of these rankers, an earlier build's or another "
            "bundle's, and does not count.",
            "{n} judgements are of other lists of these rankers, an earlier build's or another "
            "bundle's, and do not count.",
            n,
        ).format(n=formats.whole(n))
    else:
        said = ngettext(
            "{n} older judgement is of lists that have changed since, and does not count.",
            "{n} older judgements are of lists that have changed since, and do not count.",
            n,
        ).format(n=formats.whole(n))
    fair = _(
        "Queries whose lists stayed the same are no fair sample of all: judge some more, so that "
        "the figures hold for these rankers."
    )
    st.caption(f"{said} {fair}")


def _exports(bundle: Bundle) -> None:
    preferred = comparisons.preferences(bundle).all()
    clicked = comparisons.interleavings(bundle).all()
    if len(preferred):
        n = len(preferred)
        counted = ngettext("{n} preference in all", "{n} preferences in all", n)
        with st.container(horizontal=True, vertical_alignment="center", key="compare.export"):
            st.caption(counted.format(n=formats.whole(n)), width="content")
            downloads(lambda: preferred, f"{bundle.name}-preferences", "compare.export")
    if len(clicked):
        n = len(clicked)
        counted = ngettext("{n} interleaved list in all", "{n} interleaved lists in all", n)
        with st.container(horizontal=True, vertical_alignment="center", key="compare.clicks"):
            st.caption(counted.format(n=formats.whole(n)), width="content")
            downloads(lambda: clicked, f"{bundle.name}-interleaved", "compare.clicks")
