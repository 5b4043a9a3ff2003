"""The reference pipeline as a build: its clusters, and its ranker beside the bundle's own.

The pages explain a ranker of the bundle's pair features, so such a one is trained too. The
reference's own, with its clusters, lies in ``reference/``: `mmrec export-candidates` and
`mmrec compare` use it.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np
from pydantic import BaseModel, ConfigDict
from sklearn.preprocessing import StandardScaler

from mmrec_core.building import pipeline, scratch
from mmrec_core.building.stage import Stage
from mmrec_core.building.stages.cross_fitting import nothing_found
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import Bundle, layout
from mmrec_core.collection.clusters import given_clusters
from mmrec_core.config import make_config
from mmrec_core.errors import BundleError, InputError
from mmrec_core.files import write_array, write_json, write_table, written_aside
from mmrec_core.inputs.judgements import TEST
from mmrec_core.inputs.problem import Problem
from mmrec_core.reference.clustering import (
    ReferenceClusters,
    number_of_clusters,
    reference_clusters,
)
from mmrec_core.reference.config import ReferenceConfig
from mmrec_core.reference.faults import Faults
from mmrec_core.reference.ranker import ReferenceRanker, load_published, train_reference

_NOTE = (
    "Built by the reference pipeline's recipe{but}. The clusters are the reference's{seen}; the "
    "ranker on the pages is trained on this project's pair features within them."
)


class Settings(BaseModel):
    """What a run of the recipe was, beside its model."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    faults: dict[str, bool]
    trees: int
    claimed_auc: float | None
    claimed_on: int
    scaler: dict[str, list[float]] | None


def note_of(without: Sequence[str]) -> str:
    """Say what the recipe is, for the bundle's notes."""
    left_out = ", ".join(without)
    seen = "" if "kmeans_on_all" in without else ", fitted on held-out images too"
    but = f" without {left_out}" if left_out else ", faults included"
    return _NOTE.format(but=but, seen=seen)


def configure(**options: Any) -> ReferenceConfig:
    """Check the options of the recipe; OptionError names the first that is wrong."""
    config = make_config(ReferenceConfig, **options)
    faults = Faults().without(*config.without)
    changes = {
        "text_pooling": "cls" if faults.cls_pooling else "mean",
        "notes": [*config.notes, note_of(config.without)],
    }
    return config.model_copy(update=changes)


def clusters(work: Workspace) -> None:
    """Fit the reference's clusters; their centroids are means of members in the balanced space."""
    vectors = work.vectors()
    number = work.config.clusters or number_of_clusters(len(vectors))
    faults = _faults(work)
    held_out = (work.table()["split"] == TEST).to_numpy()
    fitted = reference_clusters(vectors, held_out, number, faults, work.config.seed)
    given = fitted.labels if faults.kmeans_on_all else np.where(held_out, -1, fitted.labels)
    cluster_of, centroids = given_clusters(work.unit(), given)
    write_array(work.output(layout.REFERENCE_LABELS), fitted.labels)
    write_array(work.output(layout.REFERENCE_NEAREST), fitted.nearest)
    write_array(work.output(layout.CENTROIDS), centroids)
    write_array(work.output(layout.CLUSTER_OF), cluster_of)


def reference_ranker(work: Workspace) -> None:
    """Train the reference's ranker on the pairs of queries that are not held out."""
    pairs = work.table(layout.PAIRS)
    if pairs.loc[pairs["split"] != TEST, "relevance"].nunique() < 2:
        reason = "no reference ranker: it needs relevant and irrelevant pairs"
        return work.report([Problem("", "reference ranker", reason)])
    faults = _faults(work)
    vectors = work.vectors()
    clip, bert = np.array(vectors.clip_image), np.array(vectors.bert_text)
    trained = train_reference(clip, bert, pairs, faults, work.config.seed, _config(work).trees)
    for stamp in ("model_guid", "train_finish_time"):
        trained.ranker.model.get_metadata()[stamp] = ""
    with written_aside(work.output(layout.REFERENCE_RANKER)) as aside:
        trained.ranker.model.save_model(str(aside), format="cbm")
    scaler = trained.ranker.scaler
    settings = Settings(
        faults=vars(faults),
        trees=trained.ranker.model.tree_count_,
        claimed_auc=trained.claimed,
        claimed_on=trained.claimed_on,
        scaler=scaler and {"mean": list(scaler.mean_), "scale": list(scaler.scale_)},
    )
    write_json(work.output(layout.REFERENCE), settings.model_dump())
    return None


def one_fold(work: Workspace) -> None:
    """Leave the further folds out: they would be fitted with other clusters."""
    no_list, no_search = nothing_found(work)
    write_table(work.output(scratch.RETRIEVAL), no_list)
    write_table(work.output(scratch.TEXT_SEARCH), no_search)


def _config(work: Workspace) -> ReferenceConfig:
    return cast(ReferenceConfig, work.config)


def _faults(work: Workspace) -> Faults:
    return Faults().without(*_config(work).without)


def kept_clusters(bundle: Bundle) -> ReferenceClusters | None:
    """Return the reference's clusters of a bundle that its recipe built, else None."""
    if layout.REFERENCE_NEAREST not in bundle.manifest.files:
        return None
    labels, nearest = (
        np.asarray(bundle.array(name))
        for name in (layout.REFERENCE_LABELS, layout.REFERENCE_NEAREST)
    )
    if labels.shape != (len(bundle.cluster_of),) or nearest.shape[:1] != labels.shape:
        raise BundleError(
            f"{bundle.path} is damaged (the reference's clusters in it): build it again."
        )
    return ReferenceClusters(labels, nearest)


def kept_ranker(bundle: Bundle) -> ReferenceRanker | None:
    """Return the reference's ranker that a bundle keeps, trained here or published, else None."""
    files = bundle.manifest.files
    try:
        if layout.PUBLISHED in files:
            return _kept(bundle, layout.PUBLISHED)
        if layout.REFERENCE_RANKER not in files:
            return None
        ranker = _kept(bundle, layout.REFERENCE_RANKER)
        settings = Settings.model_validate_json(bundle.content(layout.REFERENCE))
    except (InputError, OSError, ValueError) as error:
        raise BundleError(
            f"{bundle.path} has no usable ranker of the reference ({error}): build it again."
        ) from None
    if settings.scaler is None:
        return ranker
    scaler = StandardScaler()
    scaler.mean_, scaler.scale_ = (np.array(settings.scaler[name]) for name in ("mean", "scale"))
    return ReferenceRanker(ranker.model, ranker.form, scaler)


def _kept(bundle: Bundle, name: str) -> ReferenceRanker:
    dimensions = bundle.clip_image.shape[1], bundle.bert_text.shape[1]
    return load_published(bundle.content(name), name, *dimensions)


def _stages() -> tuple[Stage, ...]:
    """Return the pipeline's stages with the reference's clusters, and its ranker after the own.

    Cross-fitting is left out: it would fit other clusters than the reference's.
    """
    stages = []
    for stage in pipeline.STAGES:
        if stage.name == "cross-fitting":
            stage = replace(stage, run=one_fold)
        if stage.name == "clusters":
            stage = replace(
                stage,
                run=clusters,
                reads=(*stage.reads, layout.CLIP_IMAGE, layout.CLIP_TEXT, layout.BERT_TEXT),
                writes=(*stage.writes, layout.REFERENCE_LABELS, layout.REFERENCE_NEAREST),
                options=(*stage.options, "without"),
            )
        stages.append(stage)
        if stage.name == "ranker":
            stages.append(_RANKER)
    return tuple(stages)


_RANKER = Stage(
    "reference ranker",
    reference_ranker,
    reads=(layout.PAIRS, layout.CLIP_IMAGE, layout.CLIP_TEXT, layout.BERT_TEXT),
    writes=(layout.REFERENCE_RANKER, layout.REFERENCE),
    options=("without", "trees", "seed"),
)
STAGES = _stages()
