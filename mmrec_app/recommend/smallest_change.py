"""In one sentence: the fewest changes that would put a result above another, or above the line."""

import math

import streamlit as st

from mmrec_app.i18n import _, ngettext
from mmrec_app.served.recommenders import recommender_of
from mmrec_app.words import formats, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.ranker.model import MODEL
from mmrec_core.serving.answers import Recommendation, Result, ScoredQuery
from mmrec_core.serving.smallest_change import (
    Change,
    FeatureValues,
    SmallestChange,
    goal_of_threshold,
)
from mmrec_core.serving.smallest_change import smallest_change as search

_PLACES = range(2, 7)


def of_two(
    bundle: Bundle, scored: ScoredQuery, answer: Recommendation, upper: Result, lower: Result
) -> None:
    """Say what would put the lower of two results above the other."""
    if answer.ranker != MODEL or lower.score >= upper.score:
        return
    found = _above(bundle, scored, lower, upper.score)
    head = _("For number {lower} to come above number {upper}, at the least:").format(
        lower=lower.rank, upper=upper.rank
    )
    _draw(head, found)
    _caption()


def of_one(
    bundle: Bundle, scored: ScoredQuery, answer: Recommendation, result: Result
) -> dict[str, float]:
    """Say what would put a result above the next better one, and above the line of relevance.

    Returns
    -------
    dict of float
        The values of the former, or of the latter where there is none, by feature.
    """
    tries: dict[str, float] = {}
    goal = goal_of_threshold(recommender_of(bundle), answer)
    if goal is not None and result.score < goal:
        found = search(
            recommender_of(bundle), scored, result.index, goal, _known(bundle.digest, bundle)
        )
        _draw(_("To be predicted relevant, at the least:"), found)
        tries = {one.feature: one.after for one in found.changes}
    better = next((one for one in answer.results if one.rank == result.rank - 1), None)
    if better is not None and better.score > result.score:
        found = _above(bundle, scored, result, better.score)
        _draw(_("To come above number {upper}, at the least:").format(upper=better.rank), found)
        tries = {one.feature: one.after for one in found.changes}
    if tries:
        _caption()
    return tries


def _above(bundle: Bundle, scored: ScoredQuery, lower: Result, score: float) -> SmallestChange:
    goal = math.nextafter(score, math.inf)
    return search(recommender_of(bundle), scored, lower.index, goal, _known(bundle.digest, bundle))


@st.cache_resource(max_entries=4, show_spinner=False)
def _known(digest: str, _bundle: Bundle) -> FeatureValues:
    return FeatureValues(_bundle.pairs)


def _draw(head: str, found: SmallestChange) -> None:
    listed = "; ".join(map(_said, found.changes))
    if found.reached:
        st.markdown(f"**{formats.escaped(head)}** {formats.escaped(listed)}.")
    else:
        n = len(found.changes)
        st.markdown(
            f"**{formats.escaped(head)}** "
            + formats.escaped(
                ngettext(
                    "{n} change is not enough within what the training pairs show.",
                    "{n} changes are not enough within what the training pairs show.",
                    n,
                ).format(n=n)
            )
        )


def _caption() -> None:
    st.caption(
        _(
            "Within what the training pairs show. It says what the ranker computes, not what "
            "another picture or caption would get."
        )
    )


def _said(change: Change) -> str:
    """Write a change, with as many digits as tell its values apart."""
    before, after = change.before, change.after
    if before == round(before) and after == round(after):
        values = [formats.whole(int(before)), formats.whole(int(after))]
    else:
        digits = next((d for d in _PLACES if f"{before:.{d}f}" != f"{after:.{d}f}"), _PLACES[-1])
        values = [f"{value:.{digits}f}".replace("-", "−") for value in (before, after)]
    meaning = vocabulary.feature_meaning(change.feature)
    return _("{feature} {before} → {after}").format(
        feature=meaning, before=values[0], after=values[1]
    )
