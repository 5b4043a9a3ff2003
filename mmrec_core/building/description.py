"""The manifest of a finished build."""

import json
from typing import Literal

import pandas as pd

from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import layout
from mmrec_core.bundle.manifest import Counts, Encoders, FileEntry, Manifest
from mmrec_core.bundle.settings import CandidateSettings
from mmrec_core.inputs.judgements import TEST


def describe(work: Workspace, key: str, files: dict[str, FileEntry]) -> Manifest:
    """Make the manifest of the finished files."""
    config, table = work.config, work.table()
    specs = json.loads((work.scratch / "encoders.json").read_text("utf-8"))
    pairs = pd.read_parquet(work.file(layout.PAIRS), columns=["query"])
    judged: Literal["judged", "labels"] = "judged" if config.pairs else "labels"
    return Manifest(
        schema_version=layout.SCHEMA_VERSION,
        name=config.name or config.out.resolve().name,
        recipe=config.recipe_name,
        seed=config.seed,
        relevance=judged if len(pairs) else None,
        counts=Counts(
            images=len(table),
            with_text=int(table["text"].notna().sum()),
            with_label=int(table["label"].notna().sum()),
            clusters=len(work.array(layout.CENTROIDS)),
            queries=int(table["is_query"].sum()),
            held_out_queries=int((table["is_query"] & (table["split"] == TEST)).sum()),
            pairs=len(pairs),
            problems=len(work.problems()),
        ),
        encoders=Encoders.model_validate(specs),
        candidates=CandidateSettings.model_validate_json(
            (work.scratch / "candidates.json").read_text()
        ),
        notes=config.notes,
        licence=config.licence,
        build=key,
        files=files,
    )
