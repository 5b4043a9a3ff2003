"""What is measured on the held-out queries, computed once a bundle and shared by all sessions.

All tables are read-only. `scored` and `queries` serve other pages too. Where a function takes
``rows``, these are the queries of a query set, ascending, and what it returns is of them alone.
"""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

from mmrec_app.served import rights
from mmrec_app.served.recommenders import recommender_of
from mmrec_core.bundle import Bundle
from mmrec_core.evaluation import curves
from mmrec_core.evaluation.evaluate import measure
from mmrec_core.evaluation.importance import Importance, importance
from mmrec_core.evaluation.query_figures import query_figures
from mmrec_core.evaluation.scored_pairs import per_query_table, rankers_of, scored_pairs
from mmrec_core.evaluation.slices import query_slices, slice_table
from mmrec_core.inputs.judgements import TEST
from mmrec_core.query_sets.builds import record_if_possible
from mmrec_core.verdicts.places import verdict_place

STEPS = np.linspace(0, 1, 101)


class Curves(NamedTuple):
    """The curves of every ranker, and the bands of one."""

    roc: dict[str, pd.DataFrame]
    precision_recall: dict[str, pd.DataFrame]
    roc_band: pd.DataFrame
    precision_recall_band: pd.DataFrame


class Thresholds(NamedTuple):
    """One ranker over its thresholds, its calibration and its scores."""

    rates: pd.DataFrame
    calibration: pd.DataFrame
    histogram: pd.DataFrame


def scored(bundle: Bundle, rows: np.ndarray | None = None) -> pd.DataFrame:
    """Return the bundle's `mmrec_core.evaluation.scored_pairs.scored_pairs`."""
    return _scored(bundle.digest, bundle) if rows is None else _some(bundle.digest, rows, bundle)


def queries(bundle: Bundle) -> pd.DataFrame:
    """Return the bundle's `mmrec_core.evaluation.scored_pairs.per_query_table`."""
    return _queries(bundle.digest, bundle)


def figures_of_queries(bundle: Bundle, k: int) -> pd.DataFrame:
    """Return the bundle's `mmrec_core.evaluation.query_figures.query_figures` at ``k``."""
    return _figures_of_queries(bundle.digest, bundle, k)


def measured(bundle: Bundle, k: int, rows: np.ndarray | None = None) -> dict[str, Any]:
    """Return the figures of all rankers at ``k`` (`mmrec_core.evaluation.evaluate.measure`)."""
    return _measured(bundle.digest, bundle, k, rows)


def curves_of(bundle: Bundle, ranker: str, rows: np.ndarray | None = None) -> Curves:
    """Return all rankers' curves, with the bands of ``ranker``."""
    return _curves(bundle.digest, bundle, ranker, rows)


def thresholds(bundle: Bundle, ranker: str, rows: np.ndarray | None = None) -> Thresholds:
    """Return what a ranker's thresholds do."""
    return _thresholds(bundle.digest, bundle, ranker, rows)


def slices(bundle: Bundle, ranker: str, k: int, rows: np.ndarray | None = None) -> pd.DataFrame:
    """Return the bundle's `mmrec_core.evaluation.slices.slice_table`."""
    return _slices(bundle.digest, bundle, ranker, k, rows)


def members(bundle: Bundle, rows: np.ndarray | None = None) -> pd.DataFrame:
    """Return the slices of each held-out query (`mmrec_core.evaluation.slices.query_slices`)."""
    return _members(bundle.digest, bundle, rows)


def importance_of(bundle: Bundle) -> Importance:
    """Return what the trained ranker goes by; the bundle has one."""
    return _importance(bundle.digest, bundle)


def record(bundle: Bundle) -> None:
    """Keep the figures of this build beside the verdicts, where it can be, once a process."""
    if not rights.read_only():
        _record(bundle.digest, str(verdict_place(bundle.path)), bundle)


@st.cache_resource(max_entries=64, show_spinner=False)
def _record(digest: str, file: str, _bundle: Bundle) -> None:
    record_if_possible(_bundle.path, recommender_of(_bundle), scored(_bundle))


@st.cache_resource(max_entries=4, show_spinner=False)
def _scored(digest: str, _bundle: Bundle) -> pd.DataFrame:
    return scored_pairs(recommender_of(_bundle))


@st.cache_resource(max_entries=8, show_spinner=False)
def _some(digest: str, rows: np.ndarray, _bundle: Bundle) -> pd.DataFrame:
    whole = scored(_bundle)
    return whole[np.isin(whole["query"].to_numpy(), rows)].reset_index(drop=True)


@st.cache_resource(max_entries=4, show_spinner=False)
def _queries(digest: str, _bundle: Bundle) -> pd.DataFrame:
    return per_query_table(scored(_bundle))


@st.cache_resource(max_entries=8, show_spinner=False)
def _figures_of_queries(digest: str, _bundle: Bundle, k: int) -> pd.DataFrame:
    return query_figures(recommender_of(_bundle), scored(_bundle), k)


@st.cache_resource(max_entries=16, show_spinner=False)
def _measured(digest: str, _bundle: Bundle, k: int, rows: np.ndarray | None) -> dict[str, Any]:
    return measure(scored(_bundle, rows), _bundle.manifest.seed, k)


@st.cache_resource(max_entries=16, show_spinner=False)
def _curves(digest: str, _bundle: Bundle, ranker: str, rows: np.ndarray | None) -> Curves:
    table = scored(_bundle, rows)
    pairs, relevance = table["query"].to_numpy(), table["relevance"].to_numpy()
    scores = {name: table[f"{name}_score"].to_numpy() for name in rankers_of(table)}
    bands = curves.bands(pairs, relevance, scores[ranker], _bundle.manifest.seed)
    return Curves(
        {name: curves.roc(relevance, values) for name, values in scores.items()},
        {name: curves.precision_recall(relevance, values) for name, values in scores.items()},
        *bands,
    )


@st.cache_resource(max_entries=16, show_spinner=False)
def _thresholds(digest: str, _bundle: Bundle, ranker: str, rows: np.ndarray | None) -> Thresholds:
    table = scored(_bundle, rows)
    queries, relevance, probability = (
        table[column].to_numpy() for column in ("query", "relevance", f"{ranker}_probability")
    )
    return Thresholds(
        curves.at_thresholds(relevance, probability, STEPS),
        curves.calibration(queries, relevance, probability),
        curves.histogram(relevance, table[f"{ranker}_score"].to_numpy()),
    )


@st.cache_resource(max_entries=4, show_spinner=False)
def _members(digest: str, _bundle: Bundle, rows: np.ndarray | None) -> pd.DataFrame:
    return query_slices(_bundle, queries(_bundle)["query"].to_numpy() if rows is None else rows)


@st.cache_resource(max_entries=16, show_spinner=False)
def _slices(
    digest: str, _bundle: Bundle, ranker: str, k: int, rows: np.ndarray | None
) -> pd.DataFrame:
    seed = _bundle.manifest.seed
    return slice_table(scored(_bundle, rows), members(_bundle, rows), ranker, seed, k)


@st.cache_resource(max_entries=4, show_spinner=False)
def _importance(digest: str, _bundle: Bundle) -> Importance:
    trained = recommender_of(_bundle).ranker
    assert trained is not None
    pairs = _bundle.pairs[_bundle.pairs["split"] == TEST]
    return importance(trained, pairs, _bundle.manifest.seed)
