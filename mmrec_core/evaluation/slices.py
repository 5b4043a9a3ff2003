"""Where the system works well and where it does not: metrics of groups of held-out queries."""

import re
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from mmrec_core.bundle import Bundle
from mmrec_core.evaluation.bootstrap import draws
from mmrec_core.evaluation.metrics import CUTOFF, auc, per_query

LABEL, CLUSTER, CLUSTER_SIZE, LENGTH, TEXT, LANGUAGE = KINDS = (
    "label",
    "cluster",
    "cluster size",
    "caption length",
    "text",
    "language",
)
FEW = 5
"""Slices of fewer queries are small: an interval over them says nothing."""

_WORDS = (1, 3, 6, 11, 21)  # where bins of caption lengths begin
_SIZES = (1, 10, 30, 100, 300, 1000)  # where bins of cluster sizes begin
_SCRIPTS = {"latin": re.compile("[A-Za-zÀ-ɏ]"), "cyrillic": re.compile("[Ѐ-ӿ]")}
_LETTER = re.compile(r"[^\W\d_]")


def query_slices(bundle: Bundle, queries: np.ndarray) -> pd.DataFrame:
    """Say to which slices queries belong.

    Parameters
    ----------
    bundle : Bundle
        Whose images the queries are.
    queries : ndarray (q,) int
        Their rows.

    Returns
    -------
    DataFrame
        One row a query, one column of text for each of `KINDS`; None where it is in no slice of
        the kind. ``caption length`` counts words, ``language`` goes by script: ``latin``,
        ``cyrillic`` or ``other``, whichever most letters of the caption are.
    """
    items = bundle.items.iloc[queries]
    cluster_of = items["cluster"].to_numpy()
    texts = items["text"]
    words = texts.map(lambda text: len(text.split()), na_action="ignore").to_numpy(float)
    table = {
        LABEL: items["label"].map(str, na_action="ignore").to_numpy(object),
        CLUSTER: cluster_of.astype(str).astype(object),
        CLUSTER_SIZE: _binned(bundle.cluster_sizes[cluster_of].astype(float), _SIZES),
        LENGTH: _binned(words, _WORDS),
        TEXT: np.where(texts.notna(), "with text", "without text").astype(object),
        LANGUAGE: texts.map(script, na_action="ignore").to_numpy(object),
    }
    frame = pd.DataFrame(table, index=queries).astype(object)
    return frame.where(frame.notna(), None)


def script(text: str) -> str:
    """Return ``latin``, ``cyrillic`` or ``other``: the script of most letters of a text."""
    letters = len(_LETTER.findall(text))
    counts = {name: len(pattern.findall(text)) for name, pattern in _SCRIPTS.items()}
    counts["other"] = letters - sum(counts.values())
    return max(counts, key=lambda name: counts[name]) if letters else "other"


def slice_table(
    scored: pd.DataFrame, slices: pd.DataFrame, ranker: str, seed: int, k: int = CUTOFF
) -> pd.DataFrame:
    """Measure one ranker in each slice.

    Parameters
    ----------
    scored : DataFrame
        What `mmrec_core.evaluation.scored_pairs.scored_pairs` gives.
    slices : DataFrame
        What `query_slices` gives, for all queries of ``scored``.
    ranker : str
        Whose scores.
    seed : int
        Seed of the bootstrap over queries.
    k : int
        Places that nDCG looks at.

    Returns
    -------
    DataFrame
        One row a slice, by kind, the largest first: ``kind``, ``value``, ``pairs``, ``relevant``,
        ``auc`` (of its pairs), ``queries``, ``ndcg`` (mean of its queries) with ``low``, ``high``,
        ``difference`` (nDCG less that of all other queries) with ``difference_low``,
        ``difference_high``, ``small`` (fewer than 5 queries with a relevant pair: no intervals).
    """
    queries, relevance = scored["query"].to_numpy(), scored["relevance"].to_numpy()
    scores = scored[f"{ranker}_score"].to_numpy()
    names, inverse = np.unique(queries, return_inverse=True)
    table = slice_means(
        pd.Series(per_query(queries, relevance, scores, k).ndcg, index=names), slices, seed
    ).rename(columns={"mean": "ndcg"})
    counts = []
    for kind in table["kind"].unique():
        values = table.loc[table["kind"] == kind, "value"]
        codes = pd.Index(values).get_indexer(slices.loc[names, kind])
        counts.append(_of_pairs(codes[inverse], len(values), relevance, scores))
    pairs, relevant, areas = (np.concatenate(column) for column in zip(*counts, strict=True))
    named = table[["kind", "value"]].assign(pairs=pairs, relevant=relevant, auc=areas)
    return named.join(table.drop(columns=["kind", "value"]))


def slice_means(values: pd.Series, slices: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Average one value a query over each slice.

    Parameters
    ----------
    values : Series of float64
        By the query's row; NaN where it has none.
    slices : DataFrame
        What `query_slices` gives, for all of these queries.
    seed : int
        Seed of the bootstrap over queries.

    Returns
    -------
    DataFrame
        One row a slice, by kind, the largest first: ``kind``, ``value``, ``queries``, ``mean`` (of
        the values) with ``low``, ``high``, ``difference`` (the mean less that of all other queries)
        with ``difference_low``, ``difference_high``, ``small`` (fewer than 5 queries with a value:
        no intervals).
    """
    each = values.to_numpy()
    known = ~np.isnan(each)
    weights = np.column_stack([np.ones(len(each)), draws(len(each), seed).T])
    weights *= known[:, None]
    sums = weights * np.where(known, each, 0)[:, None]
    parts = []
    for kind in slices.columns:
        codes, named = pd.factorize(slices.loc[values.index, kind])
        columns = {"kind": kind, "value": named}
        parts.append(pd.DataFrame(columns | _of_queries(codes, weights, sums)))
    table = pd.concat(parts, ignore_index=True)
    order = table["kind"].map(slices.columns.get_loc), -table["queries"]
    return table.iloc[np.lexsort(order[::-1])].reset_index(drop=True)


def queries_of(slices: pd.DataFrame, kind: str, value: str) -> np.ndarray:
    """Return the rows of the queries that are in a slice, as `query_slices` has them."""
    return slices.index[slices[kind] == value].to_numpy()


def slice_queries(
    scored: pd.DataFrame, slices: pd.DataFrame, kind: str, value: str, ranker: str, k: int = CUTOFF
) -> pd.Series:
    """Return nDCG@k of each query of one slice, the worst first.

    Parameters
    ----------
    scored, slices, ranker, k
        As of `slice_table`.
    kind, value : str
        The slice; one of `KINDS`, and what ``slices`` has there.

    Returns
    -------
    Series of float64
        By the query's row; NaN, of queries without a relevant pair, comes last.
    """
    pairs = scored[scored["query"].isin(queries_of(slices, kind, value))]
    queries, relevance, scores = (
        pairs[column].to_numpy() for column in ("query", "relevance", f"{ranker}_score")
    )
    ndcg = pd.Series(per_query(queries, relevance, scores, k).ndcg, index=np.unique(queries))
    return ndcg.sort_values(kind="stable", na_position="last")


def _of_queries(
    codes: np.ndarray, weights: np.ndarray, totals: np.ndarray
) -> dict[str, np.ndarray]:
    """Return the columns on queries, given the slice of each query.

    ``weights`` (queries, 1 + resamples) are how often each query with a value counts, once in the
    first column, and ``totals`` its value as often.
    """
    within = np.flatnonzero(codes >= 0)
    shape = (int(codes.max(initial=-1)) + 1, len(codes))
    member = csr_array((np.ones(len(within)), (codes[within], within)), shape=shape)
    counts, sums = np.asarray(member @ weights), np.asarray(member @ totals)
    others = weights.sum(axis=0) - counts
    with np.errstate(invalid="ignore", divide="ignore"):
        mine = sums / counts
        difference = mine - np.where(others > 0, (totals.sum(axis=0) - sums) / others, np.nan)
    small = counts[:, 0] < FEW
    return {
        "queries": np.bincount(codes[within], minlength=shape[0]),
        "mean": mine[:, 0],
        **_interval("", mine[:, 1:], small),
        "difference": difference[:, 0],
        **_interval("difference_", difference[:, 1:], small),
        "small": small,
    }


def _of_pairs(
    codes: np.ndarray, slices: int, relevance: np.ndarray, scores: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return pairs, relevant pairs and AUC of each slice, given the slice of each pair."""
    order = np.argsort(codes, kind="stable")
    borders: np.ndarray = np.searchsorted(codes[order], np.arange(slices + 1))
    below = np.where(np.isnan(scores), -np.inf, scores)[order]
    relevance = relevance[order]
    areas = [auc(relevance[a:b], below[a:b]) for a, b in pairwise(borders)]
    relevant = [int(relevance[a:b].sum()) for a, b in pairwise(borders)]
    return np.diff(borders), np.array(relevant), np.array(areas, dtype=float)


def _interval(prefix: str, resampled: np.ndarray, small: np.ndarray) -> dict[str, np.ndarray]:
    ends = np.full((2, len(resampled)), np.nan)
    wide = ~small & ~np.isnan(resampled).all(axis=1)
    if wide.any():
        ends[:, wide] = np.nanpercentile(resampled[wide], [2.5, 97.5], axis=1)
    return {f"{prefix}low": ends[0], f"{prefix}high": ends[1]}


def _binned(values: np.ndarray, starts: tuple[int, ...]) -> np.ndarray:
    """Return texts such as ``3–5`` or ``21+``; None for NaN."""
    names = [
        str(a) if b - a == 1 else f"{a}–{b - 1}" for a, b in pairwise(starts)
    ] + [f"{starts[-1]}+"]  # fmt: skip
    places = np.searchsorted(starts, np.nan_to_num(values), side="right") - 1
    named: np.ndarray = np.array(names, object)[np.maximum(places, 0)]
    named[np.isnan(values)] = None
    return named
