"""A bundle with another ranker, written aside and put into its place."""

import shutil
from dataclasses import asdict
from typing import Any

from mmrec_core.building.replacement import put_in_place
from mmrec_core.bundle import layout, open_bundle
from mmrec_core.bundle.manifest import FileEntry
from mmrec_core.evaluation.evaluate import evaluate_rankers, without_query_text
from mmrec_core.files import link_tree, write_json, write_table
from mmrec_core.ranker.model import Ranker
from mmrec_core.serving.recommender import Recommender
from mmrec_core.verdicts.retraining import Retraining

_VERDICTS = " + verdicts"
_NOTE = "The ranker was trained with verdicts: "


def replace_ranker(recommender: Recommender, new: Ranker, retraining: Retraining) -> None:
    """Write the bundle with the new ranker aside, and put it into that one's place."""
    bundle, folded = recommender.bundle, retraining.folded
    aside = bundle.path.with_name(f".{bundle.path.name}.training")
    if aside.exists():
        shutil.rmtree(aside)
    link_tree(bundle.path, aside)
    # Files are written beside and renamed, so the old bundle keeps what it shares with the new.
    write_table(aside / layout.PAIRS, folded.pairs)
    new.save(aside / layout.RANKER_MODEL, aside / layout.RANKER)
    write_json(aside / layout.METRICS, _metrics(recommender, new, retraining))
    renewed = (layout.PAIRS, layout.RANKER_MODEL, layout.RANKER, layout.METRICS)
    entries = {name: FileEntry.of(aside / name) for name in renewed}
    manifest = bundle.manifest
    note = (
        f"{_NOTE}{retraining.verdicts} by {retraining.reviewers} reviewers. {folded.changed} pairs "
        f"of training queries are against the build's relevance, {folded.confirmed} as it, "
        f"{folded.added} new."
    )
    renewed_manifest = manifest.model_copy(
        update={
            "recipe": manifest.recipe.removesuffix(_VERDICTS) + _VERDICTS,
            "counts": manifest.counts.model_copy(update={"pairs": len(folded.pairs)}),
            "notes": [*(n for n in manifest.notes if not n.startswith(_NOTE)), note],
            "files": _without_folds(manifest.files) | entries,
        }
    )
    write_json(aside / layout.MANIFEST, renewed_manifest.model_dump())
    shutil.rmtree(aside / layout.CROSS_FIT, ignore_errors=True)
    open_bundle(aside)
    put_in_place(aside, bundle.path)


def _without_folds(files: dict[str, FileEntry]) -> dict[str, FileEntry]:
    """Leave out the cross-fitted rankers, which no verdict has trained."""
    prefix = f"{layout.CROSS_FIT}/"
    return {name: entry for name, entry in files.items() if not name.startswith(prefix)}


def _metrics(recommender: Recommender, new: Ranker, retraining: Retraining) -> dict[str, Any]:
    """Return the bundle's metrics, of its ranker anew; those of the candidates stay."""
    bundle, seed = recommender.bundle, recommender.bundle.manifest.seed
    pairs = retraining.folded.pairs
    measured = evaluate_rankers(pairs, new, seed)
    measured["model_without_query_text"] = without_query_text(
        recommender.collection, recommender.settings, pairs, new, seed
    )
    measured["trees"] = new.model.tree_count_
    story = asdict(retraining)
    del story["folded"]["pairs"], story["replaced"]
    return bundle.metrics | measured | {"training_with_verdicts": story}
