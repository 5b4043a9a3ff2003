"""Figures of the rankers, the candidates and the text-to-image search, on held-out queries."""

import numpy as np
import pandas as pd

from mmrec_core.building import scratch
from mmrec_core.building.stage import Stage
from mmrec_core.building.stages.candidates import COLLECTION
from mmrec_core.building.stages.split import judged_rows
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import layout
from mmrec_core.bundle.relevance import KnownRelevance
from mmrec_core.bundle.tables import caption_columns
from mmrec_core.config import BuildConfig
from mmrec_core.evaluation.evaluate import measure, without_query_text
from mmrec_core.evaluation.retrieval import (
    candidate_recall,
    end_to_end,
    recall_curve,
    retrieval_table,
)
from mmrec_core.evaluation.scored_pairs import (
    held_out_pairs,
    load_fold_rankers,
    score_held_out,
)
from mmrec_core.evaluation.text_search import text_search, text_search_table
from mmrec_core.files import write_json
from mmrec_core.inputs.judgements import TEST
from mmrec_core.inputs.splits import HELD_OUT
from mmrec_core.ranker.model import Ranker


def metrics(work: Workspace) -> None:
    """Measure rankers, candidates and the text-to-image search on held-out queries."""
    table, pairs = work.table(), work.table(layout.PAIRS)
    collection = work.collection(pairs)
    cross_fitted, rankers = _folds(work)
    trained = rankers[HELD_OUT]
    seed, settings = work.config.seed, work.candidate_settings()
    scored = score_held_out(held_out_pairs(pairs, cross_fitted), rankers)
    figures = measure(scored, seed)
    judged = judged_rows(work, table) if work.config.pairs else None
    relevance = KnownRelevance(table["label"], judged)
    held_out = np.flatnonzero((table["split"] == TEST) & table["is_query"])
    own = retrieval_table(collection, relevance.relevant_to(held_out), settings)
    retrieval = pd.concat([own, work.table(scratch.RETRIEVAL)], ignore_index=True)
    figures["candidates"] = candidate_recall(retrieval, settings, seed)
    figures["candidate_curve"] = recall_curve(retrieval, seed)
    measured = np.union1d(held_out, scored["query"].unique()).astype(int)
    counts = {query: len(rows) for query, rows in relevance.relevant_to(measured).items()}
    figures["end_to_end"] = end_to_end(scored[scored["listed"].to_numpy(bool)], counts, seed)
    columns, further = caption_columns(table.columns), work.array(scratch.FURTHER_TEXT)
    searched = text_search_table(collection.unit, further, columns, held_out, HELD_OUT)
    searches = pd.concat([searched, work.table(scratch.TEXT_SEARCH)], ignore_index=True)
    figures["text_to_image"] = text_search(searches, seed)
    if trained and held_out.size:
        figures["model_without_query_text"] = without_query_text(
            collection, settings, pairs, trained, seed
        )
    figures["trees"] = trained.model.tree_count_ if trained else 0
    folds = len(rankers) if cross_fitted is not None else 1
    figures["folds"] = folds
    figures["split"] = _split_in_words(work.config, len(pairs) > 0, folds)
    write_json(work.output(layout.METRICS), figures)


def _folds(work: Workspace) -> tuple[pd.DataFrame | None, dict[int, Ranker | None]]:
    """Return the pairs of further folds, and the ranker of each fold."""
    trained = None
    if work.input(layout.RANKER_MODEL).exists():
        trained = Ranker.load(
            lambda name: work.input(name).read_bytes(), layout.RANKER_MODEL, layout.RANKER
        )
    folder = work.input(layout.CROSS_FIT).parent
    if not (folder / layout.CROSS_FIT_PAIRS).exists():
        return None, {HELD_OUT: trained}
    cross_fitted = pd.read_parquet(folder / layout.CROSS_FIT_PAIRS)
    further = load_fold_rankers(lambda name: (folder / name).read_bytes(), cross_fitted)
    return cross_fitted, {HELD_OUT: trained, **further}


def _split_in_words(config: BuildConfig, measured: bool, folds: int) -> str:
    if not measured:
        return "No judged pairs and no labels, so there is no ranker and nothing to measure it on."
    pairs, relevant = (
        ("the judged pairs of the held-out queries", "the judged relevant images")
        if config.pairs
        else (
            "all labelled candidates of the held-out queries, relevant if they share the label",
            "all images of the query's label in the collection",
        )
    )
    split = (
        f"Cross-fitted over {folds} folds: each query is held out once, and its figures are from "
        "what was fitted without its fold"
        if folds > 1
        else "One of five folds of the queries is held out; nothing was fitted on it"
    )
    return (
        f"{split}. Near-duplicates and images that share a caption are in one fold. AUC (pooled), "
        f"nDCG@5 and MRR (means over the queries with a relevant pair) are over {pairs}; the "
        f"recall of candidates and the figures over the whole collection are over {relevant}."
    )


STAGE = Stage(
    "metrics",
    metrics,
    reads=(
        layout.CATALOGUE,
        *COLLECTION,
        layout.PREPARED,
        scratch.CANDIDATES,
        scratch.JUDGED,
        scratch.FURTHER_TEXT,
        scratch.RETRIEVAL,
        scratch.TEXT_SEARCH,
        layout.CROSS_FIT,
        layout.PAIRS,
        *layout.LEARNED,
        layout.RANKER_MODEL,
        layout.RANKER,
    ),
    writes=(layout.METRICS,),
    options=("pairs", "seed"),
)
