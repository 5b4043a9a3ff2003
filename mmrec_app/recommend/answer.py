"""The answer: lists side by side, and beside them why the chosen result is where it is."""

import html

import pandas as pd
import streamlit as st

from mmrec_app.i18n import _, ngettext
from mmrec_app.recommend import lists, reasons
from mmrec_app.recommend.view import RecommendView
from mmrec_app.state import address
from mmrec_app.words import formats, sentences, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.ranker.model import BERT
from mmrec_core.serving.comparison import Agreement, Comparison


@st.fragment
def answer(bundle: Bundle, view: RecommendView, comparison: Comparison) -> None:
    """Draw lists and reasons. A click redraws them alone, with what the URL has chosen since."""
    address.pending_turn()
    now = address.read(RecommendView)
    if (now.image, now.upload, now.text) != (view.image, view.upload, view.text):
        st.rerun()  # another query was chosen from here
    if now.result is None or now.result in bundle:
        view = now
    chosen = reasons.chosen(bundle, comparison, view)
    if chosen is None:
        st.text(_("No candidate is left to rank."))
        return
    by, result = chosen
    shown, beside = st.columns(
        [2.75, 1.15] if len(comparison.answers) > 1 else [1.7, 1], gap="large"
    )
    with shown:
        lists.lists(
            bundle,
            comparison,
            selected=(by.ranker, result.image),
            against=view.against,
            on_picked=lambda ranker, image: address.change(
                RecommendView, result=image, by=ranker, against=None
            ),
            on_against=lambda image: address.change(
                RecommendView, result=result.image, by=by.ranker, against=image
            ),
            view=view,
        )
        st.caption(_legend(comparison))
    with beside, st.container(key=lists.REASONS):
        reasons.reasons(bundle, view, comparison, by, result)


def agreements(comparison: Comparison) -> None:
    """Draw how much each two rankers agree."""
    if not comparison.agreements:
        return
    parts = "".join(_agreement(one) for one in comparison.agreements)
    title = html.escape(
        _(
            "Kendall's τ over all candidates: 1 is the same order, 0 no relation, −1 the "
            "reverse order."
        ),
        quote=True,
    )
    st.html(f"<div class='agreements' title=\"{title}\">{parts}</div>")


def footer(bundle: Bundle, comparison: Comparison) -> None:
    """Draw what each stage took."""
    shared = comparison.scored.timings_ms
    milliseconds = dict(shared)
    for one in comparison.answers.values():
        for stage, value in one.timings_ms.items():
            milliseconds[stage] = milliseconds.get(stage, 0) + value - shared.get(stage, 0)
    st.caption(f":material/timer: {sentences.timings(milliseconds)}")


def table(comparison: Comparison) -> pd.DataFrame:
    """Return all results as a table to take away."""
    info = comparison.scored.info
    return pd.DataFrame(
        {
            "query": info.image,
            "query_text": info.text,
            "ranker": answer.ranker,
            "rank": result.rank,
            "image": result.image,
            "text": result.text,
            "cluster": result.cluster,
            "score": result.score,
            "probability": result.probability,
            "relevance": result.relevance,
            "near_duplicates": " ".join(result.duplicates),
            **{f"rank_by_{name}": rank for name, rank in comparison.ranks_of(result.index).items()},
            "contributions: base": result.contributions.base,
            **{f"contributions: {g}": v for g, v in result.contributions.groups.items()},
        }
        for answer in comparison.answers.values()
        for result in answer.results
    )


def _agreement(one: Agreement) -> str:
    first, second = (html.escape(vocabulary.ranker_name(name)) for name in one.rankers)
    shared = _("{n} of {k} shared").format(n=one.shared, k=one.of)
    order = _("likeness of order {value}").format(value=formats.digits(one.correlation))
    return (
        f"<span><b>{first} – {second}</b>&ensp;{html.escape(shared)}"
        f"&ensp;<em>{html.escape(order)}</em></span>"
    )


def _legend(comparison: Comparison) -> str:
    parts = []
    if any(one.threshold is not None for one in comparison.answers.values()):
        parts.append(
            _(
                "Bar and percentage: the calibrated probability of relevance; the tick marks "
                "the threshold. On the right: the raw score."
            )
        )
    else:
        parts.append(_("Bar and number: the raw score."))
    parts.append(_("The symbol before it stands for the cluster, as on the map."))
    if len(comparison.answers) > 1:
        parts.append(_("Below the caption: the rank in the other lists."))
    if BERT not in comparison.scored.scores:
        parts.append(_("BERT compares captions, and this query has none."))
    if comparison.scored.by_text and any(
        one.threshold is None for one in comparison.answers.values()
    ):
        parts.append(
            _("There are no probabilities: these were calibrated on queries with pictures.")
        )
    if gone := next(iter(comparison.answers.values())).query.duplicates:
        left_out = ngettext(
            "Left out as the query's own picture: {names}.",
            "Left out as the query's own pictures: {names}.",
            len(gone),
        ).format(names=", ".join(gone))
        parts.append(left_out)
    return formats.escaped(" ".join(parts))
