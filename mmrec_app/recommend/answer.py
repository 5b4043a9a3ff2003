"""The answer: lists side by side, and beside them why the chosen result is where it is."""

import html

import pandas as pd
import streamlit as st

from mmrec_app.i18n import _, ngettext
from mmrec_app.recommend import each_word, lists, reasons
from mmrec_app.recommend.view import RecommendView
from mmrec_app.shared import announcement
from mmrec_app.shared.fragment import fragment
from mmrec_app.shared.keyed_query import KeyedQuery
from mmrec_app.state import address
from mmrec_app.words import formats, sentences, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.serving.comparison import Agreement, Comparison


@fragment
def answer(bundle: Bundle, query: KeyedQuery, view: RecommendView, comparison: Comparison) -> None:
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
    announcement.say(*map(lists.counted, comparison.answers.values()), reasons.title(by, result))
    shown, beside = st.columns(
        [2.75, 1.15] if len(comparison.answers) > 1 else [1.7, 1], gap="large"
    )
    with shown:
        if left_out := _left_out(bundle, view, comparison):
            st.html(left_out)
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
        reasons.reasons(bundle, query, view, comparison, by, result)
    each_word.each_word(bundle, query, by)


def agreements(comparison: Comparison) -> None:
    """Draw how much each two rankers agree."""
    if not comparison.agreements:
        return
    parts = "".join(_agreement(one) for one in comparison.agreements)
    st.html(f"<div class='agreements'>{parts}</div>")


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
    order = sentences.order(one.correlation)
    tau = _(
        "Kendall's τ over all candidates: {value} (1 is the same order, −1 its reverse)"
    ).format(value=formats.digits(one.correlation))
    return (
        f'<span title="{html.escape(tau, quote=True)}"><b>{first} – {second}</b>'
        f"&ensp;{html.escape(shared)}&ensp;<em>{html.escape(order)}</em></span>"
    )


def _left_out(bundle: Bundle, view: RecommendView, comparison: Comparison) -> str:
    """Name the images that are no results since they are the query's own picture, as links."""
    gone = next(iter(comparison.answers.values())).query.duplicates
    if not gone:
        return ""
    said = ngettext(
        "Left out as the query's own picture: {names}.",
        "Left out as the query's own pictures: {names}.",
        len(gone),
    )
    names = ", ".join(
        f'<a href="{html.escape(view.link_to(name))}">{html.escape(name)}</a>' for name in gone
    )
    return f"<p class='left-out'>{html.escape(said).format(names=names)}</p>"


def _legend(comparison: Comparison) -> str:
    if any(one.threshold is not None for one in comparison.answers.values()):
        parts = [
            _("Percentage and bar: how likely it is relevant; the tick is the threshold."),
            _("Right: the raw score."),
        ]
    else:
        parts = [_("Bar and number: the raw score.")]
    parts.append(_("Symbol: the cluster, as on the map."))
    if len(comparison.answers) > 1:
        parts.append(_("Below: its rank in the other lists."))
    if comparison.scored.by_text and any(
        one.threshold is None for one in comparison.answers.values()
    ):
        parts.append(
            _("There are no probabilities: these were calibrated on queries with pictures.")
        )
    return formats.escaped(" ".join(parts))
