"""A new ranker from verdicts, held against the old one before it takes its place."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from mmrec_core.building.replacement import alone, make_room, put_in_place
from mmrec_core.bundle import Bundle, layout, open_bundle
from mmrec_core.bundle.manifest import FileEntry
from mmrec_core.errors import InputError, VerdictError
from mmrec_core.evaluation.evaluate import evaluate_rankers, without_query_text
from mmrec_core.files import sha256, write_json, write_table
from mmrec_core.inputs.judgements import TEST
from mmrec_core.ranker.model import Ranker
from mmrec_core.ranker.training import fit_ranker
from mmrec_core.serving.recommender import Recommender
from mmrec_core.verdicts.judged_pairs import pairs_of_verdicts
from mmrec_core.verdicts.ranker_comparison import (
    RankerComparison,
    by_relevance,
    by_verdicts,
    comparison_table,
)
from mmrec_core.verdicts.store import VerdictStore
from mmrec_core.verdicts.training_pairs import Folded, fold

_VERDICTS = " + verdicts"
_NOTE = "The ranker was trained with verdicts: "


@dataclass(frozen=True)
class Retraining:
    """What a training with verdicts came to.

    ``on_relevance`` compares by the bundle's relevance, ``on_verdicts`` by the verdicts on held-out
    queries, None where there are too few. ``worse``: the interval of the difference in nDCG@5 by
    the bundle's relevance lies wholly below 0.
    """

    verdicts: int
    reviewers: int
    folded: Folded
    on_relevance: RankerComparison
    on_verdicts: RankerComparison | None
    worse: bool
    replaced: bool


def retrain(
    folder: Path,
    store: VerdictStore,
    *,
    dry_run: bool = False,
    force: bool = False,
    say: Callable[[str], None] = print,
) -> Retraining:
    """Train a new ranker with the verdicts, compare it, and put it into the bundle.

    The bundle with the new ranker grows in a folder aside and is renamed into place: whenever this
    is interrupted, the old one is whole.

    Parameters
    ----------
    folder : Path
        The bundle.
    store : VerdictStore
        Its verdicts.
    dry_run : bool
        Compare only.
    force : bool
        Replace the old ranker even by a worse one.
    say : callable
        Takes a line a step.

    Raises
    ------
    VerdictError
        If there are no verdicts to train on.
    BundleError
        If the bundle is missing or damaged.
    InputError
        If it has no ranker, cannot be replaced, or the disk is full.
    """
    out = folder.resolve()
    with _explained(out), nullcontext() if dry_run else alone(out):
        if not dry_run and not out.exists():
            make_room(out)
        bundle = open_bundle(out)
        if not dry_run:
            make_room(out)
        recommender = Recommender(bundle)
        old = recommender.ranker
        if old is None:
            raise InputError(
                f"{folder} has no ranker to train anew: build it with labels or judged pairs. "
                "`mmrec verdicts BUNDLE --out pairs.csv` makes such pairs of its verdicts."
            )
        verdicts = store.verdicts()
        if verdicts.empty:
            raise VerdictError(
                f"there are no verdicts on {folder} yet ({store.path}): grade pairs on the page "
                "Errors of the app, and train then."
            )
        judged = pairs_of_verdicts(verdicts, store.tags())
        say(f"{len(verdicts)} verdicts on {len(judged)} pairs")
        folded = fold(bundle, recommender.collection, judged)
        _check_useful(bundle, folded)
        say("training")
        new = fit_ranker(folded.pairs, bundle.manifest.seed)
        if new is None:
            raise VerdictError(
                "with these verdicts, all pairs of the training or validation queries are "
                "relevant, or none is: there is nothing to learn."
            )
        held_out = folded.pairs[folded.pairs["split"] == TEST]
        say("comparing")
        found = Retraining(
            verdicts=len(verdicts),
            reviewers=verdicts["reviewer"].nunique(),
            folded=folded,
            on_relevance=by_relevance(held_out, old, new, bundle.manifest.seed),
            on_verdicts=by_verdicts(recommender, judged, new),
            worse=False,
            replaced=False,
        )
        high = found.on_relevance.difference["ndcg@5"]["high"]
        worse = high is not None and high < 0
        replaced = not dry_run and (force or not worse)
        found = replace(found, worse=worse, replaced=replaced)
        if replaced:
            say("writing")
            _replace(recommender, new, found)
    return found


def summary(found: Retraining) -> str:
    """Return what came of a training as a table for the terminal."""
    folded = found.folded
    used = (
        f"{folded.used} pairs train: {folded.changed} against the build's relevance, "
        f"{folded.confirmed} as it, {folded.added} new."
    )
    reasons = {
        "of held-out queries": folded.held_out,
        "of images that are no query of the build": folded.foreign,
        "of candidates in another part of the split": folded.apart,
        "of images that the bundle lacks": folded.unknown,
    }
    unused = [f"{count} {reason}" for reason, count in reasons.items() if count]
    lines = [used, *(["These train nothing: " + ", ".join(unused) + "."] if unused else [])]
    lines += comparison_table("by the bundle's relevance", found.on_relevance)
    if found.on_verdicts:
        lines += comparison_table("by the verdicts on held-out queries", found.on_verdicts)
        lines.append("(only pairs that people chose to look at; nDCG@5 with graded gains)")
    else:
        lines += ["", "Too few verdicts on held-out queries to compare by them."]
    return "\n".join(lines)


def _check_useful(bundle: Bundle, folded: Folded) -> None:
    if not (folded.pairs["split"] == TEST).any():
        raise VerdictError(
            f"{bundle.path} has no held-out pairs to compare rankers on: build it of more."
        )
    if not folded.used:
        raise VerdictError(
            f"no verdict on {bundle.path} is on a pair of its training or validation queries "
            f"({folded.held_out} are on held-out ones, which only compare rankers): grade "
            "candidates of other queries."
        )
    if folded.pairs["relevance"].equals(bundle.pairs["relevance"]) and not folded.added:
        raise VerdictError(
            f"the verdicts on {bundle.path} say what its ranker was trained on: nothing to learn."
        )


def _replace(recommender: Recommender, new: Ranker, found: Retraining) -> None:
    """Write the bundle with the new ranker aside, and put it into the old one's place."""
    bundle, folded = recommender.bundle, found.folded
    aside = bundle.path.with_name(f".{bundle.path.name}.training")
    if aside.exists():
        shutil.rmtree(aside)
    shutil.copytree(bundle.path, aside, copy_function=_linked)
    # Files are written beside and renamed, so the old bundle keeps what it shares with the new.
    write_table(aside / layout.PAIRS, folded.pairs)
    new.save(aside / layout.RANKER_MODEL, aside / layout.RANKER)
    write_json(aside / layout.METRICS, _metrics(recommender, new, found))
    renewed = (layout.PAIRS, layout.RANKER_MODEL, layout.RANKER, layout.METRICS)
    entries = {
        name: FileEntry(bytes=(aside / name).stat().st_size, sha256=sha256(aside / name))
        for name in renewed
    }
    manifest = bundle.manifest
    note = (
        f"{_NOTE}{found.verdicts} by {found.reviewers} reviewers. {folded.changed} pairs of "
        f"training queries are against the build's relevance, {folded.confirmed} as it, "
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


def _metrics(recommender: Recommender, new: Ranker, found: Retraining) -> dict[str, Any]:
    """Return the bundle's metrics, of its ranker anew; those of the candidates stay."""
    bundle, seed = recommender.bundle, recommender.bundle.manifest.seed
    pairs = found.folded.pairs
    measured = evaluate_rankers(pairs, new, seed)
    measured["model_without_query_text"] = without_query_text(
        recommender.collection, recommender.settings, pairs, new, seed
    )
    measured["trees"] = new.model.tree_count_
    story = asdict(found)
    del story["folded"]["pairs"], story["replaced"]
    return bundle.metrics | measured | {"training_with_verdicts": story}


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


@contextmanager
def _explained(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise InputError(
            f"the training for {out} stopped: {error.strerror or error}{where}. The bundle is as "
            "it was."
        ) from None
