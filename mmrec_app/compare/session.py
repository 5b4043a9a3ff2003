"""What both ways to judge share: the controls, how far it is, and which queries come next."""

import numpy as np
import pandas as pd
import streamlit as st

from mmrec_app.compare import cells, interleaved, side_by_side
from mmrec_app.compare.controls import controls
from mmrec_app.compare.view import INTERLEAVED, CompareView
from mmrec_app.i18n import _, ngettext
from mmrec_app.shared import notices, reviewer
from mmrec_app.shared.fragment import fragment
from mmrec_app.state import address
from mmrec_app.words import formats
from mmrec_core.bundle import Bundle
from mmrec_core.preferences.drawing import Drawing

_AHEAD = 8  # queries that the browser has before they are needed: keys are quicker than answers


@fragment
def session(bundle: Bundle) -> None:
    """Draw the controls, how far the comparison is, and the next query."""
    address.pending_turn()
    view = address.read(CompareView)
    compared = controls(bundle, view)
    if compared is None:
        return
    drawing = compared.drawing
    if not len(drawing.order):
        same(drawing)
        return
    reviewer.offer(bundle)
    interleaves = view.view == INTERLEAVED
    given = compared.interleaved() if interleaves else compared.preferred()
    own = given.loc[given["reviewer"] == reviewer.name(), "at"].to_numpy()
    left = drawing.order[~np.isin(drawing.order, own)]
    _progress(drawing, given, _by_reviewer(len(own), interleaves))
    if not len(left):
        notices.empty(
            _("You have compared all queries"),
            _("What came of it is in the figures. Other rankers are chosen above."),
            icon=":material/done_all:",
        )
    (interleaved if interleaves else side_by_side).draw(compared, left[:_AHEAD])


def same(drawing: Drawing) -> None:
    """Say that there is nothing to compare."""
    n = len(drawing.sizes)
    notices.empty(
        _("Nothing to compare"),
        ngettext(
            "Both rankers give the same list to the only query that both can answer.",
            "Both rankers give the same lists to all {n} queries that both can answer.",
            n,
        ).format(n=formats.whole(n))
        if n
        else _("There is no query that both rankers can answer."),
        icon=":material/compare:",
    )


def _by_reviewer(own: int, interleaves: bool) -> str:
    said = (
        ngettext("{n} list by {reviewer}", "{n} lists by {reviewer}", own)
        if interleaves
        else ngettext("{n} preference by {reviewer}", "{n} preferences by {reviewer}", own)
    )
    return said.format(n=formats.whole(own), reviewer=reviewer.name())


def _progress(drawing: Drawing, given: pd.DataFrame, by_reviewer: str) -> None:
    reviewers, identical = given["reviewer"].nunique(), int((drawing.sizes == 0).sum())
    facts = [
        _("compared: {judged} {of_queries}, {reviewers}").format(
            judged=formats.whole(given["at"].nunique()),
            of_queries=cells.of_queries(len(drawing.order)),
            reviewers=ngettext("{n} reviewer", "{n} reviewers", reviewers).format(n=reviewers),
        )
    ]
    if reviewer.is_known():
        facts.insert(0, by_reviewer)
    if identical:
        facts.append(
            ngettext(
                "{n} more has the same list from both, a tie that nobody is shown",
                "{n} more have the same list from both, ties that nobody is shown",
                identical,
            ).format(n=formats.whole(identical))
        )
    st.caption(formats.escaped(" · ".join(facts)))
