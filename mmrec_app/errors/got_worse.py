"""The queue of what got worse: queries on which another bundle ranks better than this one."""

import pandas as pd
import streamlit as st

from mmrec_app.errors.view import ErrorsView
from mmrec_app.i18n import _
from mmrec_app.shared import against, notices
from mmrec_app.state import address
from mmrec_app.words import formats, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.differences.figures import NDCG
from mmrec_core.differences.text import metric_title
from mmrec_core.errors import BundleError, ComparisonError
from mmrec_core.verdicts.got_worse import worse_than
from mmrec_core.verdicts.queue import WORSE


def choice(bundle: Bundle, view: ErrorsView) -> None:
    """Draw the choice of the bundle that this one is compared with."""
    against.choice(
        against.others(bundle),
        view.against,
        "errors.queue.against",
        lambda name: address.change(ErrorsView, against=name, query=None),
    )


def worse(
    bundle: Bundle, view: ErrorsView, queries: pd.DataFrame, ranker: str
) -> pd.DataFrame | None:
    """Return the queries that got worse, with by how much; None, said why, if nothing is known."""
    other = against.other_bundle(bundle, view.against)
    if other is None and not against.others(bundle):
        against.say_alone()
        return None
    if other is None:
        notices.empty(
            _("Choose a bundle to compare with"),
            _("The queue then has the queries on which this bundle is worse than the other."),
        )
        return None
    try:
        with st.spinner(_("Measuring on the held-out queries…")):
            moved = against.moved(bundle, other, ranker, NDCG)
    except ComparisonError:
        against.say_incomparable()
        return None
    except BundleError as error:
        notices.empty(_("This bundle cannot be opened"), str(error))
        return None
    by = against.ranker_of_both(bundle, other, ranker)
    table = worse_than(queries, moved, ranker)
    st.caption(
        _(
            "{n} of {all} queries are worse here than in {bundle}, by {metric} of {ranker}, "
            "the worst first."
        ).format(
            n=formats.whole(len(table)),
            all=formats.whole(len(moved)),
            bundle=formats.escaped(str(view.against)),
            metric=metric_title(NDCG),
            ranker=vocabulary.ranker_name(by),
        )
    )
    return table


def facts(figures: pd.Series, ranker: str) -> list[tuple[str, str]]:
    """Return by how much a query of this queue got worse: name and value; nothing for another."""
    column = f"{ranker}_{WORSE}"
    if column not in figures:
        return []
    value = f"{formats.digits(float(figures[column]))} {metric_title(NDCG)}"
    return [(_("worse by"), value)]


def both_lists(view: ErrorsView, image: str, ranker: str) -> None:
    """Draw a link to the lists of both bundles for a query of this queue."""
    if view.order == WORSE and view.against:
        st.link_button(
            _("Both lists"),
            address.href("recommend", image=image, ranker=ranker, other=view.against),
            icon=":material/compare:",
            type="tertiary",
            help=_("This bundle's list and the other's, side by side"),
        )
