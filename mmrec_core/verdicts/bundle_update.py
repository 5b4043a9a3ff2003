"""A bundle with another ranker, written aside and put into its place."""

import shutil
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from mmrec_core.building.built_folds import BuiltFolds
from mmrec_core.building.replacement import put_in_place
from mmrec_core.bundle import layout, open_bundle
from mmrec_core.bundle.manifest import FileEntry
from mmrec_core.bundle.relevance import KnownRelevance
from mmrec_core.evaluation.evaluate import measure, without_query_text
from mmrec_core.evaluation.retrieval import end_to_end
from mmrec_core.evaluation.scored_pairs import held_out_pairs, score_held_out
from mmrec_core.files import link_tree, write_json, write_table
from mmrec_core.inputs.judgements import ADDED, TEST
from mmrec_core.inputs.splits import HELD_OUT
from mmrec_core.ranker.model import Ranker
from mmrec_core.serving.recommender import Recommender
from mmrec_core.verdicts.retraining import Retraining

_VERDICTS = " + verdicts"
_NOTE = "The ranker was trained with verdicts: "


def replace_rankers(
    recommender: Recommender,
    folds: BuiltFolds,
    new: Mapping[int, Ranker],
    retraining: Retraining,
) -> None:
    """Write the bundle with new rankers aside, and put it into that one's place.

    Parameters
    ----------
    recommender : Recommender
        Of the bundle.
    folds : BuiltFolds
    new : mapping of int to Ranker
        The ranker that never met each fold. The held-out pairs, whose features know no verdicts,
        stay as the build made them.
    retraining : Retraining
        What the metrics keep of the training.
    """
    bundle, folded = recommender.bundle, retraining.folded
    aside = bundle.path.with_name(f".{bundle.path.name}.training")
    if aside.exists():
        shutil.rmtree(aside)
    link_tree(bundle.path, aside)
    # Files are written beside and renamed, so the old bundle keeps what it shares with the new.
    write_table(aside / layout.PAIRS, folded.pairs)
    renewed = [layout.PAIRS, layout.METRICS]
    for fold, ranker in new.items():
        own = fold == HELD_OUT
        names = (layout.RANKER_MODEL, layout.RANKER) if own else layout.fold_ranker(fold)
        ranker.save(*(aside / name for name in names))
        renewed += names
    write_json(aside / layout.METRICS, _metrics(recommender, folds, new, retraining))
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
            "files": manifest.files | entries,
        }
    )
    write_json(aside / layout.MANIFEST, renewed_manifest.model_dump())
    open_bundle(aside)
    put_in_place(aside, bundle.path)


def _metrics(
    recommender: Recommender,
    folds: BuiltFolds,
    new: Mapping[int, Ranker],
    retraining: Retraining,
) -> dict[str, Any]:
    """Return the bundle's metrics, of its rankers anew; those of the candidates stay."""
    bundle, seed = recommender.bundle, recommender.bundle.manifest.seed
    pairs, own = retraining.folded.pairs, new[HELD_OUT]
    scored = score_held_out(held_out_pairs(pairs, bundle.cross_fitted), new)
    table = bundle.items
    held_out = np.flatnonzero((table["split"] == TEST) & table["is_query"])
    queries = np.union1d(held_out, scored["query"].unique())
    relevance = KnownRelevance(table["label"].where(table["split"] != ADDED), folds.judged)
    counts = {query: len(rows) for query, rows in relevance.relevant_to(queries).items()}
    measured = measure(scored, seed)
    measured["end_to_end"] = end_to_end(scored[scored["listed"].to_numpy(bool)], counts, seed)
    measured["model_without_query_text"] = without_query_text(
        recommender.collection, recommender.settings, pairs, own, seed
    )
    measured["trees"] = own.model.tree_count_
    story = asdict(retraining)
    del story["folded"]["pairs"], story["replaced"]
    return bundle.metrics | measured | {"training_with_verdicts": story}
