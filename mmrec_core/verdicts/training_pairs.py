"""Verdicts folded into the pairs that a ranker is trained on."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from mmrec_core.building.judgements_nearby import JudgementsNearby
from mmrec_core.building.known_pairs import Fitted
from mmrec_core.bundle.settings import CandidateSettings
from mmrec_core.collection.candidates import Collection
from mmrec_core.inputs.judgements import TEST, fitted_on, may_pair
from mmrec_core.ranker.pair_features import NAMES, pair_features

BUILT = "built_relevance"
"""The column of ``pairs.parquet`` that says what a pair's relevance was in the build; -1 for a pair
that verdicts added. With it a later training starts from the build again."""


@dataclass(frozen=True, eq=False)
class Folded:
    """Pairs with verdicts in them.

    Attributes
    ----------
    pairs : DataFrame
        As ``bundle.pairs``, with the column `BUILT`.
    confirmed, changed, added : int
        Judged pairs that say what the build's relevance said, that say the opposite, and that the
        build did not know.
    held_out, not_queries, other_split : int
        Judged pairs that train nothing: of held-out queries; of images that are no query of the
        build; of candidates that belong to another part of the split.
    """

    pairs: pd.DataFrame
    confirmed: int
    changed: int
    added: int
    held_out: int
    not_queries: int
    other_split: int

    @property
    def used(self) -> int:
        """Graded pairs that train."""
        return self.confirmed + self.changed + self.added


def with_verdicts(
    pairs: pd.DataFrame,
    table: pd.DataFrame,
    graded: pd.DataFrame,
    settings: CandidateSettings,
    fitted: Callable[[], Fitted],
    seed: int,
) -> Folded:
    """Let graded pairs override or join the training and validation pairs of one fold's split.

    The held-out pairs stay as they are: the new ranker is measured on what the build's was.

    Parameters
    ----------
    pairs : DataFrame
        As the build made them, with the column `BUILT`.
    table : DataFrame
        The catalogue, with the split in which that fold is held out.
    graded : DataFrame
        What `mmrec_core.verdicts.judged_pairs.pairs_of_verdicts` gives, with rows for names, by
        `mmrec_core.verdicts.judged_pairs.rows_of`.
    settings : CandidateSettings
    fitted : callable
        Gives what was fitted without that fold; called if pairs are added.
    seed : int
        Of the build.
    """
    splits = table["split"].to_numpy()
    held_out = splits[graded["query"]] == TEST
    not_queries = ~held_out & ~table["is_query"].to_numpy(bool)[graded["query"]]
    allowed = np.zeros(len(graded), dtype=bool)
    for part in np.unique(splits[graded["query"]]):
        of_part = splits[graded["query"]] == part
        allowed[of_part] = may_pair(part, splits[graded["candidate"][of_part]])
    usable = graded[~held_out & ~not_queries & allowed]

    places, known = _places(usable, pairs)
    relevance, judged = relevance_by_verdicts(pairs, usable), usable["target"].to_numpy()
    changed = int((pairs["relevance"].to_numpy()[places] != judged[known]).sum())
    added = _with_features(pairs, table, usable[~known], settings, fitted, seed)
    together = pd.concat([pairs.assign(relevance=relevance), added], ignore_index=True)
    return Folded(
        pairs=together.sort_values("query", kind="stable", ignore_index=True),
        confirmed=int(known.sum()) - changed,
        changed=changed,
        added=len(added),
        held_out=int(held_out.sum()),
        not_queries=int(not_queries.sum()),
        other_split=int((~held_out & ~not_queries & ~allowed).sum()),
    )


def relevance_by_verdicts(pairs: pd.DataFrame, graded: pd.DataFrame) -> np.ndarray:
    """Return the relevance of pairs, (n,) int8, as graded where it was, else as it is."""
    relevance = pairs["relevance"].to_numpy(np.int8).copy()
    places, known = _places(graded, pairs)
    relevance[places] = graded["target"].to_numpy(np.int8)[known]
    return relevance


def as_built(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return a bundle's pairs as its build wrote them, with the column `BUILT`."""
    if BUILT not in pairs:
        return pairs.assign(**{BUILT: pairs["relevance"].astype(np.int8)})
    pairs = pairs[pairs[BUILT] >= 0].reset_index(drop=True)
    return pairs.assign(relevance=pairs[BUILT])


@threadpool_limits.wrap(limits=1, user_api="blas")
def _with_features(
    pairs: pd.DataFrame,
    table: pd.DataFrame,
    added: pd.DataFrame,
    settings: CandidateSettings,
    fitted: Callable[[], Fitted],
    seed: int,
) -> pd.DataFrame:
    """Return pairs that the build did not have, as it would have made them.

    As there, a query meets the collection without held-out images and captions that its fold has
    not taught the encoder, and one whose caption was left out stays without it.
    """
    if not len(added):
        return pairs.iloc[:0]
    splits, folds = table["split"].to_numpy(), table["fold"].to_numpy()
    with_text = pairs["text_to_image_cosine"].notna().groupby(pairs["query"]).any()
    found = fitted()
    seen = found.collection.hiding(np.flatnonzero(~fitted_on(splits)), found.long_neighbours)
    nearby = JudgementsNearby(pairs, table, found.collection.unit, seed)
    candidates = added["candidate"].to_numpy()
    values = np.zeros((len(added), len(NAMES)), dtype=np.float32)
    listed = np.zeros(len(added), dtype=bool)

    @lru_cache(maxsize=1)
    def met_by(split: str, fold: int) -> Collection:
        return nearby.met_by(split, fold, found.view(seen, fold), np.unique(candidates))

    places_of = {int(str(q)): places for q, places in added.groupby("query").indices.items()}
    for row in sorted(places_of, key=lambda row: (splits[row], folds[row])):
        places, judging = places_of[row], met_by(str(splits[row]), int(folds[row]))
        placed = judging.place_row(row, text=bool(with_text.get(row, True)))
        near = judging.candidates(placed, settings)
        values[places] = pair_features(judging, placed, candidates[places], near)
        listed[places] = np.isin(candidates[places], near)
    whole = pd.DataFrame(values, columns=list(NAMES)).assign(
        query=added["query"].to_numpy(np.int32),
        candidate=candidates.astype(np.int32),
        relevance=added["target"].to_numpy(np.int8),
        split=splits[added["query"]],
        listed=listed,
        **{BUILT: np.int8(-1)},
    )
    return whole[list(pairs.columns)]


def _places(graded: pd.DataFrame, pairs: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the places of graded pairs among ``pairs``, and which of them stand there."""
    columns = ["query", "candidate"]
    places = pd.MultiIndex.from_frame(pairs[columns].astype(int)).get_indexer(
        pd.MultiIndex.from_frame(graded[columns].astype(int))
    )
    known = places >= 0
    return places[known], known
