"""The split of the queries into folds, and into training, validation and held-out ones."""

import numpy as np
import pandas as pd

from mmrec_core.building import scratch
from mmrec_core.building.stage import Stage
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import layout
from mmrec_core.files import write_table
from mmrec_core.inputs.judgements import queries_by_label
from mmrec_core.inputs.name_draws import uniform_by_name
from mmrec_core.inputs.problem import Problem
from mmrec_core.inputs.splits import (
    HELD_OUT,
    NO_QUERY,
    deal_folds,
    dissolve_large,
    near_duplicates,
    split_of_fold,
)


def split(work: Workspace) -> None:
    """Say which images are queries, deal them into folds, and hold out the first.

    Groups of near-duplicates (`mmrec_core.inputs.splits`) stay together.
    """
    table = work.table(scratch.DECODED)
    if work.config.pairs:
        pairs = judged_rows(work, table)
        lost = len(work.table(scratch.JUDGED)) - len(pairs)
        reason = f"{lost} pairs name images that cannot be decoded, and are left out"
        work.report([Problem(work.config.pairs.name, "pairs", reason)] if lost else [])
        queries = pairs["query"].to_numpy()
    else:
        drawn = uniform_by_name(table["image"], "query", work.config.seed)
        queries = queries_by_label(table["label"], drawn)
    table["is_query"] = np.isin(np.arange(len(table)), queries)
    rows = np.flatnonzero(table["is_query"])
    group_of, fold_of = (np.full(len(table), NO_QUERY, dtype=np.int32) for _ in range(2))
    if len(rows):
        pictures = np.asarray(work.array(scratch.PICTURES)[rows])
        twins = near_duplicates(pictures, table["text"].iloc[rows], _said_of_twins(work, table))
        group_of[rows] = dissolve_large(twins)
        fold_of[rows] = deal_folds(group_of[rows], table["image"].iloc[rows], work.config.seed)
    table["group"], table["fold"] = group_of, fold_of
    table["split"] = split_of_fold(fold_of, group_of, table["image"], HELD_OUT, work.config.seed)
    write_table(work.output(layout.CATALOGUE), table)


def _said_of_twins(work: Workspace, table: pd.DataFrame) -> pd.DataFrame:
    """Return what people said of near-duplicates, as places among the queries."""
    places = pd.Series(
        np.arange(int(table["is_query"].sum())), index=table.loc[table["is_query"], "image"]
    )
    said = work.table(scratch.TWINS)
    said = said.assign(first=said["query"].map(places), second=said["candidate"].map(places))
    known = said.dropna(subset=["first", "second"]).astype({"first": int, "second": int})
    return known.assign(same=known["relevance"].astype(bool))[["first", "second", "same"]]


def judged_rows(work: Workspace, table: pd.DataFrame) -> pd.DataFrame:
    """Return the judged pairs as rows of ``table``, without images that could not be decoded."""
    pairs = work.table(scratch.JUDGED)
    rows = pd.Series(np.arange(len(table)), index=table["image"])
    known = pairs.assign(
        query=pairs["query"].map(rows), candidate=pairs["candidate"].map(rows)
    ).dropna()
    return known.astype({"query": int, "candidate": int, "relevance": np.int8})


STAGE = Stage(
    "split",
    split,
    reads=(scratch.DECODED, scratch.JUDGED, scratch.TWINS, scratch.PICTURES),
    writes=(layout.CATALOGUE,),
    options=("pairs", "seed"),
)
