"""Every query held out once: the other folds' figures, from what never met them."""

import numpy as np
import pandas as pd

from mmrec_core.building import scratch
from mmrec_core.building.fitted_vectors import FittedVectors
from mmrec_core.building.fold_fit import Features, fit_fold, fitted_anew
from mmrec_core.building.known_pairs import known_pairs
from mmrec_core.building.stage import Stage
from mmrec_core.building.stages.candidates import COLLECTION
from mmrec_core.building.stages.encoders import OPTIONS, load_encoders
from mmrec_core.building.stages.split import judged_rows
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import layout
from mmrec_core.bundle.relevance import KnownRelevance
from mmrec_core.bundle.tables import caption_columns
from mmrec_core.evaluation.retrieval import retrieval_table
from mmrec_core.evaluation.text_search import text_search_table
from mmrec_core.files import write_table
from mmrec_core.inputs.judgements import TEST
from mmrec_core.inputs.splits import HELD_OUT, NO_QUERY, split_of_fold
from mmrec_core.ranker.training import fit_ranker

MOST_QUERIES = 2_000
"""With more, one fold says enough, and the others would take longer than the whole build."""


def cross_fitting(work: Workspace) -> None:
    """Fit everything anew without each further fold, and keep its pairs and the ranker.

    The first fold's is the bundle itself. Of a fold that cannot train a ranker nothing is kept.
    """
    table = work.table()
    fold_of, group_of = table["fold"].to_numpy(), table["group"].to_numpy()
    folds = [int(fold) for fold in np.unique(fold_of) if fold not in (NO_QUERY, HELD_OUT)]
    ranked = work.input(layout.RANKER_MODEL).exists()
    if not ranked or (fold_of != NO_QUERY).sum() > MOST_QUERIES:
        folds = []
    judged = judged_rows(work, table) if work.config.pairs else None
    relevance = KnownRelevance(table["label"], judged)
    seed, settings = work.config.seed, work.candidate_settings()
    projected = folds and work.input(layout.PROJECTION).exists()
    features = None
    if projected:
        towers = map(work.array, (scratch.PICTURES, scratch.CAPTIONS))
        features = Features(load_encoders(work.config)[0], *towers)
    clusters = len(work.array(layout.CENTROIDS))
    folder = work.output(layout.CROSS_FIT).parent
    columns = caption_columns(table.columns)
    pairs, (no_list, no_search) = [], nothing_found(work)
    retrieval, searches = [no_list], [no_search]
    for fold in work.progress(folds, "cross-fitting", "folds", len(folds)):
        dealt = split_of_fold(fold_of, group_of, table["image"], fold, seed)
        held = table.assign(split=dealt)
        if features:
            made, long_lists = fitted_anew(features, work.array(layout.BERT_TEXT), held), None
        else:
            made = FittedVectors(work.vectors(), work.array(scratch.CAPTIONS)[:, 1:])
            long_lists = work.array(scratch.LONG_NEIGHBOURS)
        fitted = fit_fold(made, held, long_lists, clusters, seed)
        known = known_pairs(fitted, held, judged, settings, seed).table
        ranker = fit_ranker(known, seed)
        if ranker is None:
            continue
        ranker.save(*(folder / name for name in layout.fold_ranker(fold)))
        pairs.append(known[known["split"] == TEST].assign(fold=np.int8(fold)))
        queries = np.flatnonzero(held["split"] == TEST)
        relevant = relevance.relevant_to(queries)
        retrieval.append(retrieval_table(fitted.collection, relevant, settings))
        unit = fitted.collection.unit
        searches.append(text_search_table(unit, made.further, columns, queries, fold))
    if pairs:
        write_table(folder / layout.CROSS_FIT_PAIRS, pd.concat(pairs, ignore_index=True))
    write_table(work.output(scratch.RETRIEVAL), pd.concat(retrieval, ignore_index=True))
    write_table(work.output(scratch.TEXT_SEARCH), pd.concat(searches, ignore_index=True))


def nothing_found(work: Workspace) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what the retrieval and the search by text look like over no fold."""
    columns, further = caption_columns(work.table().columns), work.array(scratch.CAPTIONS)[:, 1:]
    none = np.zeros(0, dtype=int)
    return (
        retrieval_table(work.collection(), {}, work.candidate_settings()),
        text_search_table(work.vectors(), further, columns, none, NO_QUERY),
    )


STAGE = Stage(
    "cross-fitting",
    cross_fitting,
    reads=(
        layout.CATALOGUE,
        *COLLECTION,
        layout.PROJECTION,
        layout.RANKER_MODEL,
        scratch.CANDIDATES,
        scratch.LONG_NEIGHBOURS,
        scratch.PICTURES,
        scratch.CAPTIONS,
        scratch.JUDGED,
    ),
    writes=(layout.CROSS_FIT, scratch.RETRIEVAL, scratch.TEXT_SEARCH),
    options=(*OPTIONS, "pairs", "seed"),
)
