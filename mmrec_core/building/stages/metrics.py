"""Figures of the rankers, the candidates and the text-to-image search, on held-out queries."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from mmrec_core.building import scratch
from mmrec_core.building.stage import Stage
from mmrec_core.building.stages.candidates import COLLECTION
from mmrec_core.building.stages.split import judged_rows
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import layout
from mmrec_core.collection.cluster_words import caption_columns
from mmrec_core.collection.vectors import Vectors, unit
from mmrec_core.config import BuildConfig
from mmrec_core.evaluation.evaluate import (
    evaluate_candidates,
    evaluate_rankers,
    text_to_image,
    without_query_text,
)
from mmrec_core.files import write_json
from mmrec_core.inputs.judgements import TEST, TEST_SHARE, VALIDATION_SHARE
from mmrec_core.ranker.model import Ranker


def metrics(work: Workspace) -> None:
    """Measure rankers, candidates and the text-to-image search on held-out queries."""
    table, pairs = work.table(), work.table(layout.PAIRS)
    collection = work.collection(pairs)
    trained = None
    if work.input(layout.RANKER_MODEL).exists():
        trained = Ranker.load(work.input(layout.RANKER_MODEL), work.input(layout.RANKER))
    seed, settings = work.config.seed, work.candidate_settings()
    figures = evaluate_rankers(pairs, trained, seed)
    held_out = np.flatnonzero((table["split"] == TEST) & table["is_query"])
    relevant = _relevant(work, table, held_out)
    figures["candidates"] = evaluate_candidates(collection, relevant, settings, seed)
    figures["text_to_image"] = _by_language(work, collection.unit, held_out)
    if trained and held_out.size:
        figures["model_without_query_text"] = without_query_text(
            collection, settings, pairs, trained, seed
        )
    figures["trees"] = trained.model.tree_count_ if trained else 0
    figures["split"] = _split_in_words(work.config, len(pairs) > 0)
    write_json(work.output(layout.METRICS), figures)


def _by_language(work: Workspace, images: Vectors, held_out: np.ndarray) -> dict[str, Any] | None:
    """Measure the text-to-image search by the captions, and by those in further languages."""
    seed = work.config.seed
    found = text_to_image(images, held_out, seed)
    if found and work.input(scratch.FURTHER_TEXT).exists():
        columns = [name for name in caption_columns(work.table().columns) if name != "text"]
        captions = unit(work.array(scratch.FURTHER_TEXT)).swapaxes(0, 1)
        each = {
            column: text_to_image(replace(images, clip_text=vectors), held_out, seed)
            for column, vectors in zip(columns, captions, strict=True)
        }
        found["further"] = {column: further for column, further in each.items() if further}
    return found


def _relevant(work: Workspace, table: pd.DataFrame, queries: np.ndarray) -> dict[int, np.ndarray]:
    """Return the rows relevant to each query: as judged, or all others of its label."""
    if work.config.pairs:
        judged = judged_rows(work, table)
        judged = judged[judged["query"].isin(queries) & (judged["relevance"] == 1)]
        return {int(str(q)): g["candidate"].to_numpy() for q, g in judged.groupby("query")}
    rows_of = table.groupby("label").indices
    same_label = {int(q): np.asarray(rows_of[table["label"].iat[q]]) for q in queries}
    return {query: rows[rows != query] for query, rows in same_label.items()}


def _split_in_words(config: BuildConfig, measured: bool) -> str:
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
    return (
        f"Split by query image, {1 - VALIDATION_SHARE - TEST_SHARE:.0%} train, "
        f"{VALIDATION_SHARE:.0%} validation, {TEST_SHARE:.0%} held out; nothing was fitted on a "
        f"held-out query image. AUC (pooled), nDCG@5 and MRR (means over the queries with a "
        f"relevant pair) are over {pairs}; the recall of candidates is over {relevant}."
    )


STAGE = Stage(
    "metrics",
    metrics,
    reads=(
        layout.CATALOGUE,
        *COLLECTION,
        scratch.CANDIDATES,
        scratch.JUDGED,
        scratch.FURTHER_TEXT,
        layout.PAIRS,
        layout.RANKER_MODEL,
        layout.RANKER,
    ),
    writes=(layout.METRICS,),
    options=("pairs", "seed"),
)
