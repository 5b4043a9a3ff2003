"""Features of the pairs whose relevance is known."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from mmrec_core.building import scratch
from mmrec_core.building.stage import Stage
from mmrec_core.building.stages.candidates import COLLECTION
from mmrec_core.building.stages.split import judged_rows
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import layout
from mmrec_core.collection.candidates import Collection, Placed
from mmrec_core.collection.training_relevance import TrainingRelevance
from mmrec_core.files import write_table
from mmrec_core.inputs.judgements import TEST, allowed_pairs, label_pairs
from mmrec_core.ranker.pair_features import NAMES
from mmrec_core.ranker.pair_features import pair_features as features_of

SHARE_WITHOUT_TEXT = 0.15


def pair_features(work: Workspace) -> None:
    """Compute the pair features of every pair whose relevance is known.

    Training and validation queries meet the collection without the held-out query images, so that
    those leave no trace in what the ranker learns, not even as a neighbour.
    """
    table, whole, settings = work.table(), work.collection(), work.candidate_settings()
    splits, labels = table["split"].to_numpy(), table["label"].to_numpy()
    long_lists = work.array(scratch.LONG_NEIGHBOURS)
    seen = whole.hiding(np.flatnonzero(splits == TEST), long_lists)
    judged = judged_rows(work, table) if work.config.pairs else None
    groups = {} if judged is None else {int(str(q)): g for q, g in judged.groupby("query")}
    known = list(groups) if groups else [int(q) for q in np.flatnonzero(table["is_query"])]
    generator = np.random.default_rng(work.config.seed)
    without_text = {
        query
        for query in known
        if splits[query] != TEST and generator.random() < SHARE_WITHOUT_TEXT
    }

    def meet(query: int, part: Collection) -> tuple[Placed, np.ndarray]:
        placed = part.place_row(query, text=query not in without_text)
        return placed, part.candidates(placed, settings)

    pairs: dict[int, tuple[np.ndarray, np.ndarray]] = {}
    for query in work.progress(known, "pairs", "queries", len(known)):
        if judged is None:
            listed = meet(query, whole if splits[query] == TEST else seen)[1]
            pairs[query] = label_pairs(query, listed, labels, splits, work.config.seed)
        else:
            pairs[query] = allowed_pairs(groups[query], splits)
    training = TrainingRelevance.of(_pair_table(pairs, splits), len(table))
    whole, seen = (replace(part, training_relevance=training) for part in (whole, seen))
    values = []
    for query in work.progress(known, "pair features", "queries", len(known)):
        part = whole if splits[query] == TEST else seen
        placed, listed = meet(query, part)
        values.append(features_of(part, placed, pairs[query][0], listed))
    features = np.concatenate([np.zeros((0, len(NAMES))), *values]).astype(np.float32)
    named = pd.DataFrame(features, columns=list(NAMES))
    write_table(work.output(layout.PAIRS), _pair_table(pairs, splits).join(named))


def _pair_table(
    pairs: Mapping[int, tuple[np.ndarray, np.ndarray]], splits: np.ndarray
) -> pd.DataFrame:
    """Return each query's rows and their relevance as a table, with the query's split."""
    empty = (np.zeros(0, int), np.zeros(0, np.int8))
    rows, relevance = map(np.concatenate, zip(empty, *pairs.values(), strict=True))
    queries = np.repeat(np.array([*pairs], int), [len(rows) for rows, _ in pairs.values()])
    columns = {
        "query": queries.astype(np.int32),
        "candidate": rows.astype(np.int32),
        "relevance": relevance.astype(np.int8),
        "split": splits[queries],
    }
    return pd.DataFrame(columns)


STAGE = Stage(
    "pair features",
    pair_features,
    reads=(
        layout.CATALOGUE,
        *COLLECTION,
        scratch.CANDIDATES,
        scratch.LONG_NEIGHBOURS,
        scratch.JUDGED,
    ),
    writes=(layout.PAIRS,),
    options=("pairs", "seed"),
)
