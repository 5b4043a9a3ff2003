"""The pairs whose relevance is known, with their features, as a ranker may learn from them.

A pair that a ranker learns from must look as it would for a new query. So training and validation
queries meet the collection without the held-out query images; each meets captions that its own fold
has not taught the encoder; and what rests on judged pairs (`JudgementsNearby`) leaves out all
judgements of its fold, as a new query and its twins have none either.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from mmrec_core.building.judgements_nearby import JudgementsNearby
from mmrec_core.bundle.settings import CandidateSettings
from mmrec_core.collection.candidates import Collection, Placed
from mmrec_core.inputs.judgements import TEST, allowed_pairs, fitted_on, label_pairs
from mmrec_core.inputs.name_draws import uniform_by_name
from mmrec_core.ranker.pair_features import (
    LEARNED,
    NAMES,
    learned_standardised,
    neighbour_relevance,
    pair_features,
)

SHARE_WITHOUT_TEXT = 0.15

Progress = Callable[[Sequence[Any], str], Iterable[Any]]


class KnownPairs(NamedTuple):
    """Pairs whose relevance is known, and what they teach.

    Attributes
    ----------
    table : DataFrame
        ``query``, ``candidate`` (rows, int32), ``relevance`` (int8), ``split`` of the query,
        ``listed`` (whether the image is one of its candidates, bool) and one column a feature.
    nearby : JudgementsNearby or None
        What the training queries' pairs teach; None without pairs.
    """

    table: pd.DataFrame
    nearby: JudgementsNearby | None


_NO_PAIRS = pd.DataFrame({name: np.zeros(0, np.float32) for name in NAMES}).assign(
    query=np.zeros(0, np.int32),
    candidate=np.zeros(0, np.int32),
    relevance=np.zeros(0, np.int8),
    split=np.zeros(0, object),
    listed=np.zeros(0, bool),
)


@dataclass(frozen=True, eq=False)
class Fitted:
    """What was fitted on all images but the held-out ones.

    Attributes
    ----------
    collection : Collection
        All n images.
    long_neighbours : ndarray (n, 3, 64) int32
        Longer neighbour lists.
    unseen_texts : mapping of int to ndarray (n, clip_dim) float32
        The CLIP vectors of all captions as if those of a fold had taught the encoder nothing, by
        fold; empty for an encoder that is not fitted to the collection.
    """

    collection: Collection
    long_neighbours: np.ndarray
    unseen_texts: Mapping[int, np.ndarray] = field(default_factory=dict)

    def view(self, seen: Collection, fold: int) -> Collection:
        """Return the collection ``seen`` with captions that ``fold`` has not taught."""
        unseen = self.unseen_texts.get(fold)
        return seen if unseen is None else seen.with_clip_text(unseen)


@threadpool_limits.wrap(limits=1, user_api="blas")
def known_pairs(
    fitted: Fitted,
    table: pd.DataFrame,
    judged: pd.DataFrame | None,
    settings: CandidateSettings,
    seed: int,
    progress: Progress = lambda items, what: items,
) -> KnownPairs:
    """Pair every query with images whose relevance is known, and compute the pairs' features.

    Parameters
    ----------
    fitted : Fitted
    table : DataFrame
        The catalogue: ``image``, ``label``, ``split``, ``fold`` and ``is_query`` of every image.
    judged : DataFrame or None
        Judged pairs by row; without them relevance goes by labels.
    settings : CandidateSettings
    seed : int
        Seed of the drawing of pairs, and of the queries that go without their captions.
    progress : callable
        Shows how far queries are.
    """
    splits, folds = table["split"].to_numpy(), table["fold"].to_numpy()
    labels = table["label"].to_numpy()
    groups = {} if judged is None else {int(str(q)): g for q, g in judged.groupby("query")}
    queries = list(groups) if groups else [int(q) for q in np.flatnonzero(table["is_query"])]
    images = table["image"]
    withheld = uniform_by_name(images.iloc[queries], "caption withheld", seed) < SHARE_WITHOUT_TEXT
    without_text = {
        query
        for query, unlucky in zip(queries, withheld, strict=True)
        if unlucky and splits[query] != TEST
    }
    paired = uniform_by_name(images if judged is None else [], "pair", seed)
    parties = sorted((_Party(str(splits[query]), int(folds[query])), query) for query in queries)
    seen = fitted.collection.hiding(np.flatnonzero(~fitted_on(splits)), fitted.long_neighbours)

    @lru_cache(maxsize=1)
    def met_by(party: _Party) -> Collection:
        return fitted.collection if party.split == TEST else fitted.view(seen, party.fold)

    def place(collection: Collection, query: int) -> Placed:
        return collection.place_row(query, text=query not in without_text)

    parts: list[pd.DataFrame] = []
    for party, query in progress(parties, "pair features"):
        collection = met_by(party)
        placed = place(collection, query)
        listed = collection.candidates(placed, settings)
        rows, relevance = (
            label_pairs(query, listed, labels, splits, paired)
            if judged is None
            else allowed_pairs(groups[query], splits)
        )
        features = pair_features(collection, placed, rows, listed)
        columns: dict[str, Any] = {
            "query": np.full(len(rows), query, dtype=np.int32),
            "candidate": rows.astype(np.int32),
            "relevance": relevance.astype(np.int8),
            "split": np.full(len(rows), party.split, dtype=object),
            "listed": np.isin(rows, listed),
        }
        parts.append(pd.DataFrame(columns | dict(zip(NAMES, features.T, strict=True))))
    pairs = pd.concat(parts or [_NO_PAIRS], ignore_index=True)

    if not parts:
        return KnownPairs(pairs, None)
    nearby = JudgementsNearby(pairs, table, fitted.collection.unit, seed)

    @lru_cache(maxsize=1)
    def judging(party: _Party) -> Collection:
        of_party = [part for (of, _), part in zip(parties, parts, strict=True) if of == party]
        rows = np.unique(np.concatenate([part["candidate"] for part in of_party]))
        return nearby.met_by(*party, met_by(party), rows)

    nearby_relevance, learned = [], []
    for (party, query), part in zip(progress(parties, "judgements nearby"), parts, strict=True):
        collection = judging(party)
        placed, rows = place(collection, query), part["candidate"].to_numpy()
        nearby_relevance.append(neighbour_relevance(collection, placed, rows))
        learned.append(learned_standardised(collection, placed, rows))
    pairs["neighbour_relevance"] = np.concatenate(nearby_relevance).astype(np.float32)
    pairs[list(LEARNED)] = np.concatenate(learned, axis=1).astype(np.float32).T
    return KnownPairs(pairs.sort_values("query", kind="stable", ignore_index=True), nearby)


class _Party(NamedTuple):
    """Queries that meet the collection in the same way."""

    split: str
    fold: int
