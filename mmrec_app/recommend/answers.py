"""Answers to queries, shared between sessions and treated as read-only."""

import streamlit as st

from mmrec_app.recommend.view import RecommendView
from mmrec_app.served.recommenders import recommender_of
from mmrec_app.shared.keyed_query import KeyedQuery
from mmrec_core.bundle import Bundle
from mmrec_core.serving.absence import Absence, why_not
from mmrec_core.serving.answers import ScoredQuery
from mmrec_core.serving.attribution import Attribution, attribute
from mmrec_core.serving.comparison import Comparison, compare


def scored(bundle: Bundle, query: KeyedQuery) -> ScoredQuery:
    """Return the query with its scored candidates.

    Raises
    ------
    EncoderError
        If a new picture or a text cannot be encoded.
    """
    return _scored(bundle.digest, query.key, bundle, query)


def compared(bundle: Bundle, query: KeyedQuery, view: RecommendView) -> Comparison:
    """Return the lists that the view shows.

    Raises
    ------
    QueryError
        If the one chosen ranker cannot answer this query.
    """
    there = scored(bundle, query)
    recommender = recommender_of(bundle)
    lists = view.lists(tuple(there.scores))
    if view.ranker and view.ranker not in there.scores:
        recommender.answer(there, ranker=view.ranker)  # raises what says why
    return _compared(
        bundle.digest,
        query.key,
        lists,
        view.k,
        view.collapse_above,
        view.diversity,
        bundle,
        there,
    )


@st.cache_resource(max_entries=64, show_spinner=False)
def attributed(
    digest: str, key: str, ranker: str, k: int, _bundle: Bundle, _compared: Comparison
) -> Attribution | None:
    """Return where one ranker's relevant images are; ``key`` names query and settings."""
    return attribute(recommender_of(_bundle), _compared.scored, _compared.answers[ranker], k)


def absent(
    bundle: Bundle, view: RecommendView, comparison: Comparison, ranker: str, row: int
) -> Absence:
    """Return why an image is not among the results of one list that the view shows."""
    return why_not(
        recommender_of(bundle),
        comparison.scored,
        comparison.answers[ranker],
        row,
        collapse=view.collapse_above,
        diversity=view.diversity,
    )


@st.cache_resource(max_entries=64, show_spinner=False)
def _scored(digest: str, key: str, _bundle: Bundle, _query: KeyedQuery) -> ScoredQuery:
    return recommender_of(_bundle).score(_query.query)


@st.cache_resource(max_entries=64, show_spinner=False)
def _compared(
    digest: str,
    key: str,
    lists: tuple[str, ...],
    k: int,
    collapse: float | None,
    diversity: float,
    _bundle: Bundle,
    _scored: ScoredQuery,
) -> Comparison:
    return compare(
        recommender_of(_bundle), _scored, lists, k=k, collapse=collapse, diversity=diversity
    )
