"""The split that flatters: image by image, so that a held-out query's twins are fitted on."""

from dataclasses import replace

import numpy as np

from mmrec_core.building import pipeline
from mmrec_core.building.stage import Stage
from mmrec_core.building.stages import split
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import layout
from mmrec_core.files import write_table
from mmrec_core.inputs.splits import HELD_OUT, deal_folds, split_of_fold


def one_by_one(work: Workspace) -> None:
    """Split the queries as if none had a near-duplicate."""
    split.split(work)
    table = work.table()
    queries = np.flatnonzero(table["is_query"])
    group_of, fold_of = (table[name].to_numpy().copy() for name in ("group", "fold"))
    group_of[queries] = np.arange(len(queries))
    images = table["image"]
    fold_of[queries] = deal_folds(group_of[queries], images.iloc[queries], work.config.seed)
    table["group"], table["fold"] = group_of, fold_of
    table["split"] = split_of_fold(fold_of, group_of, images, HELD_OUT, work.config.seed)
    write_table(work.output(layout.CATALOGUE), table)


STAGES: tuple[Stage, ...] = tuple(
    replace(stage, run=one_by_one) if stage.name == "split" else stage for stage in pipeline.STAGES
)
