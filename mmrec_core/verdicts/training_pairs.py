"""Verdicts folded into the pairs that a ranker is trained on."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from mmrec_core.building.known_pairs import training_relevance
from mmrec_core.bundle import Bundle
from mmrec_core.collection.candidates import Collection
from mmrec_core.inputs.judgements import TEST, may_pair
from mmrec_core.ranker.pair_features import NAMES, pair_features
from mmrec_core.verdicts.judged_pairs import rows_of

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
    held_out, not_queries, other_split, missing : int
        Judged pairs that train nothing: of held-out queries; of images that are no query of the
        build; of candidates that belong to another part of the split; of images that the bundle
        lacks.
    """

    pairs: pd.DataFrame
    confirmed: int
    changed: int
    added: int
    held_out: int
    not_queries: int
    other_split: int
    missing: int

    @property
    def used(self) -> int:
        """Graded pairs that train."""
        return self.confirmed + self.changed + self.added


def fold(bundle: Bundle, collection: Collection, graded: pd.DataFrame) -> Folded:
    """Let graded pairs override or join the build's training and validation pairs.

    The held-out pairs stay as they are: the new ranker is measured on what the build's was.

    Parameters
    ----------
    bundle : Bundle
    collection : Collection
        All its images.
    graded : DataFrame
        What `mmrec_core.verdicts.judged_pairs.pairs_of_verdicts` gives.
    """
    rows = rows_of(graded, bundle)
    splits = bundle.items["split"].to_numpy()
    held_out = splits[rows["query"]] == TEST
    not_queries = ~held_out & ~bundle.items["is_query"].to_numpy(bool)[rows["query"]]
    allowed = np.zeros(len(rows), dtype=bool)
    for part in np.unique(splits[rows["query"]]):
        of_part = splits[rows["query"]] == part
        allowed[of_part] = may_pair(part, splits[rows["candidate"][of_part]])
    usable = rows[~held_out & ~not_queries & allowed]

    pairs = as_built(bundle.pairs)
    place = pd.Series(np.arange(len(pairs)), index=_keys(pairs, bundle))
    places = _keys(usable, bundle).map(place).to_numpy(float)
    known, target = ~np.isnan(places), usable["target"].to_numpy(np.int8)
    overridden = places[known].astype(int)
    relevance = pairs["relevance"].to_numpy(np.int8).copy()
    changed = int((relevance[overridden] != target[known]).sum())
    relevance[overridden] = target[known]
    added = _with_features(bundle, collection, pairs, usable[~known])
    together = pd.concat([pairs.assign(relevance=relevance), added], ignore_index=True)
    return Folded(
        pairs=together.sort_values("query", kind="stable", ignore_index=True),
        confirmed=int(known.sum()) - changed,
        changed=changed,
        added=len(added),
        held_out=int(held_out.sum()),
        not_queries=int(not_queries.sum()),
        other_split=int((~held_out & ~not_queries & ~allowed).sum()),
        missing=len(graded) - len(rows),
    )


def as_built(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return a bundle's pairs as its build wrote them, with the column `BUILT`."""
    if BUILT not in pairs:
        return pairs.assign(**{BUILT: pairs["relevance"].astype(np.int8)})
    pairs = pairs[pairs[BUILT] >= 0].reset_index(drop=True)
    return pairs.assign(relevance=pairs[BUILT])


def _with_features(
    bundle: Bundle, collection: Collection, pairs: pd.DataFrame, added: pd.DataFrame
) -> pd.DataFrame:
    """Return pairs that the build did not have, as it would have written them.

    As there, the queries meet the collection without its held-out images, and a query whose caption
    was left out stays without it. Of an encoder that was fitted to the collection, the CLIP vectors
    of captions are leave-one-out: those that leave a whole fold out are not kept.
    """
    splits = bundle.items["split"].to_numpy()
    table = added[["query", "candidate"]].assign(
        relevance=added["target"].astype(np.int8), split=splits[added["query"]]
    )
    if not len(table):
        return pairs.iloc[:0]
    seen = collection.hiding(np.flatnonzero(splits == TEST))
    with_text = pairs["text_to_image_cosine"].notna().groupby(pairs["query"]).any()
    folds = bundle.items["fold"].to_numpy()
    values = np.zeros((len(table), len(NAMES)), dtype=np.float32)
    listed = np.zeros(len(table), dtype=bool)
    for query, places in table.groupby("query").indices.items():
        row = int(str(query))
        judging = replace(
            seen,
            training_relevance=training_relevance(as_built(pairs), folds, splits[row], folds[row]),
        )
        placed = judging.place_row(row, text=bool(with_text.get(row, True)))
        found = judging.candidates(placed, bundle.manifest.candidates)
        candidates = table["candidate"].to_numpy()[places]
        values[places] = pair_features(judging, placed, candidates, found)
        listed[places] = np.isin(candidates, found)
    features = pd.DataFrame(values, columns=list(NAMES), index=table.index)
    added = table.join(features).assign(listed=listed, **{BUILT: np.int8(-1)})
    return added[list(pairs.columns)]


def _keys(pairs: pd.DataFrame, bundle: Bundle) -> pd.Series:
    """Return one number a pair."""
    return pairs["query"].astype("int64") * len(bundle.items) + pairs["candidate"]
