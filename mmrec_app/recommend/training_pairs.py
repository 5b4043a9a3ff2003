"""The training pairs that made CatBoost expect relevance here, as pictures that lead to them."""

import html

import streamlit as st

from mmrec_app.i18n import _, ngettext
from mmrec_app.recommend.view import RecommendView
from mmrec_app.served.recommenders import recommender_of
from mmrec_app.served.thumbnails import thumbnail_url
from mmrec_app.shared import captions
from mmrec_app.words import formats, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.collection.training_relevance import TrainingPairs
from mmrec_core.ranker.model import MODEL
from mmrec_core.ranker.pair_features import pairs_behind
from mmrec_core.serving.answers import Recommendation, Result, ScoredQuery

FEATURE = "neighbour_relevance"
_MOST = 8


def training_pairs(
    bundle: Bundle,
    view: RecommendView,
    scored: ScoredQuery,
    answer: Recommendation,
    result: Result,
) -> None:
    """Draw the training pairs of most weight, where the ranker knows of any."""
    if answer.ranker != MODEL:
        return
    pairs = pairs_behind(recommender_of(bundle).collection, scored.placed, result.index)
    if pairs is None or not len(pairs.weights):
        return
    with st.expander(_("Training pairs like this one"), icon=":material/join:"):
        adds = formats.digits(result.contributions.features[FEATURE], signed=True)
        st.caption(
            _(
                "By weight, {percent} of the training pairs like this one are relevant; for that, "
                "{ranker} adds {value} to the score."
            ).format(
                percent=formats.percent(pairs.estimate),
                ranker=vocabulary.ranker_name(MODEL),
                value=adds,
            )
        )
        st.html(_list(bundle, view, pairs))
        st.caption(_rest(pairs))


def _rest(pairs: TrainingPairs) -> str:
    meaning = _("A pair weighs more the nearer its images are to the query and the result.")
    if len(pairs.weights) <= _MOST:
        return meaning
    first = ngettext(
        "The first {n} of {all} pair carries {percent} of the weight.",
        "The first {n} of {all} pairs carry {percent} of the weight.",
        len(pairs.weights),
    ).format(
        n=_MOST,
        all=formats.whole(len(pairs.weights)),
        percent=formats.percent(float(pairs.weights[:_MOST].sum())),
    )
    return f"{first} {meaning}"


def _list(bundle: Bundle, view: RecommendView, pairs: TrainingPairs) -> str:
    """Return the pairs as links; names and captions are escaped, all else is our own."""
    judged = bundle.manifest.relevance == "judged"
    yes = _("judged relevant") if judged else _("same category")
    no = _("judged irrelevant") if judged else _("another category")
    read, nothing = captions.reader(bundle), captions.no_caption()
    entries = []
    for query, candidate, relevance, weight in zip(
        pairs.queries[:_MOST].tolist(),
        pairs.candidates[:_MOST].tolist(),
        pairs.relevance[:_MOST],
        pairs.weights[:_MOST],
        strict=True,
    ):
        relevant = relevance >= 0.5
        title = _("{query} and {candidate}").format(
            query=read(query) or nothing, candidate=read(candidate) or nothing
        )
        address = view.link_to_pair(bundle.image(query), bundle.image(candidate))
        entries.append(
            f'<li><a href="{html.escape(address)}" title="{html.escape(title)}">'
            f"{_picture(bundle, query)}{_picture(bundle, candidate)}"
            f'<span class="alt">{html.escape(title)}</span></a>'
            f"<b>{formats.percent(float(weight))}</b> "
            f'<span class="{"yes" if relevant else "no"}">{"✓" if relevant else "✗"} '
            f"{html.escape(yes if relevant else no)}</span></li>"
        )
    return f'<ul class="training-pairs">{"".join(entries)}</ul>'


def _picture(bundle: Bundle, row: int) -> str:
    return f'<img src="{thumbnail_url(bundle, row)}" alt="" loading="lazy">'
