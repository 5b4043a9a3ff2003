"""The union of two systems' candidates, with one relevance for both.

A query's pool is its candidates. Both systems are measured on the union of both pools, where what a
system's own pool lacks has no rank in it: TREC judges the union of its runs in the same way
(Buckley and Voorhees 2004, "Retrieval evaluation with incomplete information").
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from mmrec_core.bundle import Bundle
from mmrec_core.differences.matching import Matching, System
from mmrec_core.errors import ComparisonError
from mmrec_core.evaluation.scored_pairs import rankers_of

Side = Literal["a", "b"]
SIDES: tuple[Side, Side] = ("a", "b")


@dataclass(frozen=True)
class Pools:
    """How large both pools are and how far they overlap: means over the queries.

    Attributes
    ----------
    size_a, size_b, size_union : float
        Candidates whose relevance both bundles know.
    overlap : float
        Candidates of both over candidates of either (Jaccard), 1 where the pools are the same.
    """

    size_a: float
    size_b: float
    size_union: float
    overlap: float


def union_of_pools(a: System, b: System, matching: Matching, relevance: Side) -> pd.DataFrame:
    """Return the candidates of either system whose relevance both bundles know.

    A bundle keeps its candidates with a known relevance alone, so what one of them knows nothing of
    would seem to be missed by it. Relevance then goes by one of them.

    Parameters
    ----------
    a, b : System
    matching : Matching
        Of both.
    relevance : {"a", "b"}
        Whose relevance counts.

    Returns
    -------
    DataFrame
        One row a pair, by query and candidate: ``query``, ``candidate`` (rows in A, int64),
        ``candidate_b`` (row in B), ``relevance`` (0 or 1), ``listed_a``, ``listed_b`` (whether it
        is in the pool), and ``{ranker}_a``, ``{ranker}_b``, raw scores of each ranker that both
        have, NaN where it has none.

    Raises
    ------
    ComparisonError
        If there is no pair whose relevance both know.
    """
    images = len(matching.row_in_b)
    parts = {
        "a": _keyed(a.scored, images, matching, np.arange(images)),
        "b": _keyed(b.scored, images, matching, matching.row_in_a),
    }
    keys = np.union1d(parts["a"]["key"], parts["b"]["key"])
    queries, candidates = np.divmod(keys, images)
    here = {side: _places(part["key"].to_numpy(), keys) for side, part in parts.items()}
    known = np.ones(len(keys), bool)
    for side, bundle, rows in (
        ("a", a.bundle, np.arange(images)),
        ("b", b.bundle, matching.row_in_b),
    ):
        if bundle.manifest.relevance == "labels":
            labelled = bundle.items["label"].notna().to_numpy()
            known &= labelled[rows[queries]] & labelled[rows[candidates]]
        else:
            known &= here[side] >= 0
    listed = {side: _taken(parts[side]["listed"], here[side], False) for side in SIDES}
    kept = known & (listed["a"] | listed["b"])
    if not kept.any():
        raise ComparisonError(
            "there is no candidate whose relevance both bundles know: build both from the same "
            "labels or the same judged pairs."
        )
    source, rows = (a, np.arange(images)) if relevance == "a" else (b, matching.row_in_b)
    table = {
        "query": queries,
        "candidate": candidates,
        "candidate_b": matching.row_in_b[candidates],
        "relevance": _relevance(
            source.bundle, rows[queries], rows[candidates], parts[relevance], here[relevance]
        ),
        **{f"listed_{side}": listed[side] for side in SIDES},
    }
    for ranker in shared_rankers(a, b):
        for side in SIDES:
            scores = _taken(parts[side][f"{ranker}_score"], here[side], np.nan)
            table[f"{ranker}_{side}"] = np.where(listed[side], scores, np.nan)
    return pd.DataFrame(table)[kept].reset_index(drop=True)


def shared_rankers(a: System, b: System) -> tuple[str, ...]:
    """Return the names of the rankers that score pairs in both systems."""
    return tuple(name for name in scoring_rankers(a) if name in scoring_rankers(b))


def scoring_rankers(system: System) -> tuple[str, ...]:
    """Return the names of the rankers that score any pair: of captions none does without them."""
    return tuple(
        name for name in rankers_of(system.scored) if system.scored[f"{name}_score"].notna().any()
    )


def pools_of(pairs: pd.DataFrame) -> Pools:
    """Return how the pools differ; ``pairs`` is what `union_of_pools` gives."""
    counts = (
        pd.DataFrame(
            {
                "query": pairs["query"],
                "a": pairs["listed_a"],
                "b": pairs["listed_b"],
                "both": pairs["listed_a"] & pairs["listed_b"],
                "union": True,
            }
        )
        .groupby("query")
        .sum()
    )
    return Pools(
        size_a=float(counts["a"].mean()),
        size_b=float(counts["b"].mean()),
        size_union=float(counts["union"].mean()),
        overlap=float((counts["both"] / counts["union"]).mean()),
    )


def _keyed(
    scored: pd.DataFrame, images: int, matching: Matching, row_in_a: np.ndarray
) -> pd.DataFrame:
    """Return the pairs of shared images and queries by ascending ``key``, which names a pair."""
    queries = row_in_a[scored["query"].to_numpy()]
    candidates = row_in_a[scored["candidate"].to_numpy()]
    kept = (candidates >= 0) & np.isin(queries, matching.queries)
    keyed = scored.assign(key=queries.astype(np.int64) * images + candidates)
    if "listed" not in keyed:
        keyed["listed"] = True
    return keyed[kept & (matching.row_in_b[candidates] >= 0)].sort_values("key", ignore_index=True)


def _places(among: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """Return where each key stands in the ascending ``among``, -1 where it doesn't."""
    if not len(among):
        return np.full(len(keys), -1)
    places = np.minimum(np.searchsorted(among, keys), len(among) - 1)
    return np.where(among[places] == keys, places, -1)


def _taken(values: pd.Series, places: np.ndarray, otherwise: float) -> np.ndarray:
    """Return the values at ``places``, and ``otherwise`` at -1."""
    padded = np.append(values.to_numpy(), [otherwise])
    return padded[places].astype(values.dtype)


def _relevance(
    bundle: Bundle, queries: np.ndarray, rows: np.ndarray, part: pd.DataFrame, here: np.ndarray
) -> np.ndarray:
    """Return the relevance of pairs as the bundle's pairs have it, or else by its labels."""
    stored = _taken(part["relevance"], here, 0)
    if bundle.manifest.relevance != "labels":
        return stored
    labels = pd.factorize(bundle.items["label"])[0]
    return np.where(here >= 0, stored, labels[queries] == labels[rows]).astype(stored.dtype)
