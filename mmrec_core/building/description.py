"""The manifest of a finished build."""

import json
from typing import Literal

import pandas as pd

from mmrec_core.building import scratch
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import layout
from mmrec_core.bundle.manifest import Counts, Encoders, FileEntry, Manifest
from mmrec_core.inputs.judgements import TEST

DESCRIBED = (
    layout.CATALOGUE,
    layout.PAIRS,
    layout.CENTROIDS,
    scratch.ENCODERS,
    scratch.CANDIDATES,
)
"""The files of the workspace that `describe` reads."""


def describe(work: Workspace, key: str, files: dict[str, FileEntry], problems: int) -> Manifest:
    """Make the manifest of the finished files.

    Parameters
    ----------
    work : Workspace
    key : str
        What the build depended on, as `mmrec_core.building.stage.build_key` gives it.
    files : dict of str to FileEntry
        All files of the bundle but the manifest and the timings.
    problems : int
        Lines of the report.
    """
    config, table = work.config, work.table()
    specs = json.loads(work.input(scratch.ENCODERS).read_text("utf-8"))
    pairs = pd.read_parquet(work.input(layout.PAIRS), columns=["query"])
    source: Literal["judged", "labels"] = "judged" if config.pairs else "labels"
    return Manifest(
        schema_version=layout.SCHEMA_VERSION,
        name=config.name or config.out.resolve().name,
        recipe=config.recipe_name,
        seed=config.seed,
        relevance=source if len(pairs) else None,
        counts=Counts(
            images=len(table),
            with_text=int(table["text"].notna().sum()),
            with_label=int(table["label"].notna().sum()),
            clusters=len(work.array(layout.CENTROIDS)),
            queries=int(table["is_query"].sum()),
            held_out_queries=int((table["is_query"] & (table["split"] == TEST)).sum()),
            pairs=len(pairs),
            problems=problems,
        ),
        encoders=Encoders.model_validate(specs),
        candidates=work.candidate_settings(),
        notes=config.notes,
        licence=config.licence,
        build=key,
        files=files,
    )
