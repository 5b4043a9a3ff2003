"""A threshold by cost: what a miss costs against a false alarm."""

import numpy as np
import pandas as pd
import streamlit as st

from mmrec_app.evaluation.section import heading
from mmrec_app.evaluation.view import LEAST_RATIO, MOST_RATIO, EvaluationView
from mmrec_app.i18n import _
from mmrec_app.served.recommenders import recommender_of
from mmrec_app.shared import held_out, query_sets
from mmrec_app.shared.figure_table import figures, plain
from mmrec_app.state import address
from mmrec_app.words import formats
from mmrec_core.bundle import Bundle
from mmrec_core.evaluation.bootstrap import Estimate
from mmrec_core.evaluation.costs import CostOfThreshold, Costs, costs, validation_pairs

_KEY = "evaluation.miss"


def cost_panel(bundle: Bundle, view: EvaluationView, ranker: str, threshold: float) -> None:
    """Draw the ratio of costs, and the threshold that is cheapest by it beside the present one."""
    heading(
        _("Threshold by cost"),
        help=_(
            "Say how many false alarms a miss costs. The threshold of the least cost is chosen on "
            "the validation queries and measured on held-out queries that did not choose it. With "
            "perfectly calibrated probabilities it is 1 / (1 + ratio) (Elkan 2001). Every query "
            "counts the same."
        ),
    )
    ratio, table = st.columns([1, 3], gap="large")
    with ratio:
        _ratio(view)
    if view.miss is None:
        return
    rows = query_sets.rows(bundle, view.set)
    found = _costs(bundle.digest, ranker, view.miss, threshold, bundle, rows)
    with table:
        _table(found)
        st.caption(
            _(
                "Chosen on {validation}, measured on {held_out}. By the probabilities alone it "
                "would be {bayes}."
            ).format(
                validation=formats.count(
                    found.validation_queries, "validation query", "validation queries"
                ),
                held_out=formats.count(found.queries, "held-out query", "held-out queries"),
                bayes=formats.digits(found.bayes),
            )
        )
    with ratio:
        chosen = found.cheapest.threshold
        st.button(
            _("Set the threshold to {threshold}").format(threshold=formats.digits(chosen)),
            key="evaluation.cheapest",
            disabled=chosen == threshold,
            on_click=lambda: address.change(EvaluationView, threshold=chosen),
        )


def _ratio(view: EvaluationView) -> None:
    st.session_state[_KEY] = view.miss
    st.number_input(
        _("A miss costs … false alarms"),
        LEAST_RATIO,
        MOST_RATIO,
        step=1.0,
        format="%g",
        key=_KEY,
        placeholder=_("a number such as 3"),
        on_change=lambda: address.change(EvaluationView, miss=st.session_state[_KEY]),
    )


def _table(found: Costs) -> None:
    rows = [
        _row(_("cheapest on validation queries"), found.cheapest),
        _row(_("present threshold"), found.present),
        _row(_("every pair predicted relevant"), found.all),
        _row(_("no pair predicted relevant"), found.none),
    ]
    head = ["", _("Threshold"), _("Cost of a pair, in false alarms"), _("Above the cheapest")]
    figures(head, rows)


def _row(name: str, one: CostOfThreshold) -> list[str]:
    threshold = "–" if one.threshold is None else formats.digits(one.threshold)
    return [
        plain(name),
        plain(threshold),
        _estimate(one.cost),
        _estimate(one.above, signed=True) if one.above["value"] else plain("–"),
    ]


def _estimate(estimate: Estimate, signed: bool = False) -> str:
    low, high = (formats.digits(estimate[end], signed) for end in ("low", "high"))
    return plain(formats.digits(estimate["value"], signed), f"{low} … {high}")


@st.cache_resource(max_entries=4, show_spinner=False)
def _validation(digest: str, _bundle: Bundle) -> pd.DataFrame:
    return validation_pairs(recommender_of(_bundle))


@st.cache_resource(max_entries=64, show_spinner=False)
def _costs(
    digest: str,
    ranker: str,
    ratio: float,
    threshold: float,
    _bundle: Bundle,
    rows: np.ndarray | None,
) -> Costs:
    return costs(
        _validation(digest, _bundle),
        held_out.scored(_bundle, rows),
        ranker,
        ratio,
        threshold,
        _bundle.manifest.seed,
    )
