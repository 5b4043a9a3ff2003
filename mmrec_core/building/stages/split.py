"""The split of the queries into training, validation and held-out ones."""

import numpy as np
import pandas as pd

from mmrec_core.building import scratch
from mmrec_core.building.stage import Stage
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import layout
from mmrec_core.files import write_table
from mmrec_core.inputs.judgements import queries_by_label, split_queries
from mmrec_core.inputs.problem import Problem


def split(work: Workspace) -> None:
    """Say which images are queries, and deal them into train, validation and test."""
    table = work.table(scratch.DECODED)
    if work.config.pairs:
        pairs = judged_rows(work, table)
        lost = len(work.table(scratch.JUDGED)) - len(pairs)
        reason = f"{lost} pairs name images that cannot be decoded, and are left out"
        work.report([Problem(work.config.pairs.name, "pairs", reason)] if lost else [])
        queries = pairs["query"].to_numpy()
    else:
        queries = queries_by_label(table["label"], work.config.seed)
    table["split"] = split_queries(np.asarray(queries, dtype=int), len(table), work.config.seed)
    table["is_query"] = np.isin(np.arange(len(table)), queries)
    write_table(work.output(layout.CATALOGUE), table)


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
    reads=(scratch.DECODED, scratch.JUDGED),
    writes=(layout.CATALOGUE,),
    options=("pairs", "seed"),
)
