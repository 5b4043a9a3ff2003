"""The two lists of every query that can be compared, as places in a table of image names."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mmrec_core.evaluation.scored_pairs import rankers_of
from mmrec_core.inputs.judgements import TEST
from mmrec_core.serving.answers import Query
from mmrec_core.serving.order import ranking
from mmrec_core.serving.recommender import Recommender
from mmrec_core.verdicts.queue import lists_whole

LONGEST = 10
"""Candidates of a list that can be compared at most."""

MOST_SCORED = 200
"""Queries whose lists are computed where the build did not keep them, drawn at random."""


@dataclass(frozen=True, eq=False)
class QueryLists:
    """The first k candidates of each query by two rankers.

    Attributes
    ----------
    systems : tuple of two str
    queries : ndarray (n,) int64
        Rows of the queries, ascending.
    names : ndarray (n,) of str
    first, second : ndarray (n, k) int64
        Rows of the candidates by each system, best first; -1 where a list is shorter.
    images : ndarray (images,) of str
        Names of all images, by row.
    """

    systems: tuple[str, str]
    queries: np.ndarray
    names: np.ndarray
    first: np.ndarray
    second: np.ndarray
    images: np.ndarray

    @property
    def identical(self) -> np.ndarray:
        """Say of which queries both lists are the same, (n,) bool."""
        return (self.first == self.second).all(axis=1)

    def among(self, names: Sequence[str]) -> "QueryLists":
        """Return the lists of the queries of these names alone."""
        kept = pd.Index(self.names).isin(names)
        parts = (self.queries[kept], self.names[kept], self.first[kept], self.second[kept])
        return QueryLists(self.systems, *parts, self.images)

    def shown(self, at: int, system: str) -> tuple[str, ...]:
        """Return the names of one query's list."""
        rows = (self.first if system == self.systems[0] else self.second)[at]
        return tuple(map(str, self.images[rows[rows >= 0]]))


@dataclass(frozen=True, eq=False)
class SystemLists:
    """The first candidates of each query by every ranker of a bundle.

    Attributes
    ----------
    queries : ndarray (n,) int64
        Rows of the queries, ascending.
    names : ndarray (n,) of str
    of : dict of str to ndarray (n, LONGEST) int64
        Rows of each ranker's first candidates; -1 where a list is shorter.
    images : ndarray (images,) of str
        Names of all images, by row.
    """

    queries: np.ndarray
    names: np.ndarray
    of: dict[str, np.ndarray]
    images: np.ndarray

    def between(self, systems: tuple[str, str], k: int) -> QueryLists:
        """Return the lists of two rankers, cut at k, of the queries that both can answer."""
        first, second = (self.of[system][:, :k] for system in systems)
        both = (first[:, 0] >= 0) & (second[:, 0] >= 0)
        return QueryLists(
            systems, self.queries[both], self.names[both], first[both], second[both], self.images
        )


def system_lists(
    recommender: Recommender, scored: pd.DataFrame, queries: np.ndarray | None = None
) -> SystemLists:
    """Return the lists of queries that can be compared fairly.

    Parameters
    ----------
    recommender : Recommender
    scored : DataFrame
        What `mmrec_core.evaluation.scored_pairs.scored_pairs` gives.
    queries : ndarray (n,) int, optional
        Rows, ascending, among the `fair_queries`. Without it these are all, or `MOST_SCORED` of
        them drawn at random where the build did not keep the lists.
    """
    stored = are_stored(recommender, scored)
    if queries is None:
        queries = fair_queries(recommender, scored)
        queries = queries if stored else drawn(queries, recommender.bundle.manifest.seed)
    lists = _stored(scored, queries) if stored else _computed(recommender, queries)
    images = recommender.bundle.items["image"].to_numpy()
    known = {name: rows for name, rows in lists.items() if (rows >= 0).any()}
    return SystemLists(queries, images[queries], known, images)


def fair_queries(recommender: Recommender, scored: pd.DataFrame) -> np.ndarray:
    """Return the rows of the queries that nobody's ranker has met, ascending.

    These are the held-out queries, each by the ranker that never met it, where the build kept whole
    lists. Elsewhere they are the first fold's held-out queries by the ranker that serves, or all
    images in a bundle without a trained ranker.
    """
    if are_stored(recommender, scored):
        return np.unique(_listed(scored)["query"].to_numpy()).astype(np.int64)
    held_out = (recommender.bundle.items["split"] == TEST).to_numpy()
    return np.flatnonzero(held_out if recommender.ranker else np.ones(len(held_out), dtype=bool))


def are_stored(recommender: Recommender, scored: pd.DataFrame) -> bool:
    """Say whether the build kept whole lists: where labels cover the whole collection."""
    return lists_whole(recommender) and len(scored) > 0


def drawn(queries: np.ndarray, seed: int) -> np.ndarray:
    """Return `MOST_SCORED` queries at most, drawn at random, in their order."""
    if len(queries) <= MOST_SCORED:
        return queries
    return np.sort(np.random.default_rng(seed).choice(queries, MOST_SCORED, replace=False))


def permanent_random(key: str, names: np.ndarray) -> np.ndarray:
    """Return a number between 0 and 1 for each name, the same in every process, (n,) float64."""
    return np.array(
        [
            (int.from_bytes(hashlib.sha256(f"{key}\n{name}".encode()).digest()[:7]) + 0.5) / 2**56
            for name in names
        ],
        dtype=float,
    )


def _listed(scored: pd.DataFrame) -> pd.DataFrame:
    return scored[scored["listed"]] if "listed" in scored else scored


def _stored(scored: pd.DataFrame, queries: np.ndarray) -> dict[str, np.ndarray]:
    listed = _listed(scored)
    listed = listed[listed["query"].isin(queries)]
    lists = {}
    for system in rankers_of(scored):
        known = listed[listed[f"{system}_score"].notna()]
        known = known.sort_values(["query", f"{system}_rank"], kind="stable")
        place = known.groupby("query").cumcount().to_numpy()
        kept, place = known[place < LONGEST], place[place < LONGEST]
        rows = np.full((len(queries), LONGEST), -1, dtype=np.int64)
        rows[np.searchsorted(queries, kept["query"].to_numpy()), place] = kept["candidate"]
        lists[system] = rows
    return lists


def _computed(recommender: Recommender, queries: np.ndarray) -> dict[str, np.ndarray]:
    bundle, pictures = recommender.bundle, recommender.collection.unit.clip_image
    empty = np.full((len(queries), LONGEST), -1, dtype=np.int64)
    lists = {system: empty.copy() for system in recommender.rankers}
    for at, row in enumerate(queries):
        answer = recommender.score(Query(bundle.image(int(row))))
        for system, scores in answer.scores.items():
            first = ranking(scores, pictures, answer.candidates).order[:LONGEST]
            lists[system][at, : len(first)] = answer.candidates[first]
    return lists
