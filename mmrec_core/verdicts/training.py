"""A new ranker from verdicts, compared with the build's own before it takes its place."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from time import perf_counter

import pandas as pd

from mmrec_core.building.built_folds import BuiltFolds
from mmrec_core.building.replacement import replacing
from mmrec_core.bundle import Bundle, open_bundle
from mmrec_core.bundle.build_record import stage_seconds
from mmrec_core.errors import InputError, VerdictError, refusal
from mmrec_core.inputs.judgements import TEST
from mmrec_core.inputs.splits import HELD_OUT
from mmrec_core.serving.recommender import Recommender
from mmrec_core.verdicts.bundle_update import replace_rankers
from mmrec_core.verdicts.fold_rankers import FoldRankers, further_folds, ranker_of_build, trained
from mmrec_core.verdicts.gate import cross_fit, decided, scores_of
from mmrec_core.verdicts.judged_pairs import pairs_of_verdicts, rows_of
from mmrec_core.verdicts.kept_folds import kept_folds, train_anew
from mmrec_core.verdicts.ranker_comparison import by_relevance, by_verdicts
from mmrec_core.verdicts.retraining import Retraining
from mmrec_core.verdicts.store import VerdictStore
from mmrec_core.verdicts.training_pairs import (
    Folded,
    as_built,
    relevance_by_verdicts,
    with_verdicts,
)


def retrain(
    folder: Path,
    store: VerdictStore,
    *,
    dry_run: bool = False,
    force: bool = False,
    say: Callable[[str], None] = print,
) -> Retraining:
    """Train a new ranker with the verdicts, compare it, and put it into the bundle.

    Where the build cross-fitted, so does the training: a new ranker without each further fold
    (`mmrec_core.verdicts.fold_rankers`). These decide, the first fold's queries choose nothing, and
    the bundle's figures stay those of every query held out once. It takes about as long as that
    stage of the build.

    The new ranker is compared with the one that the build trained, even if a training with verdicts
    has replaced that one since. The bundle with the new rankers grows aside and is renamed
    into place: whenever this is interrupted, the old one is whole, and the folds that were trained
    until then are not trained again.

    Parameters
    ----------
    folder : Path
        The bundle.
    store : VerdictStore
        Its verdicts.
    dry_run : bool
        Compare only.
    force : bool
        Replace the ranker even where the comparison refuses (`mmrec_core.verdicts.gate`).
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
    with _explained(out), nullcontext() if dry_run else replacing(out):
        bundle = open_bundle(out)
        recommender = Recommender(bundle)
        if recommender.ranker is None:
            raise InputError(
                f"{folder} has no ranker to retrain: build it with labels or judged pairs. "
                "`mmrec verdicts BUNDLE --out pairs.csv` makes such pairs from its verdicts."
            )
        verdicts = store.verdicts()
        if verdicts.empty:
            raise VerdictError(
                f"there are no verdicts on {folder} yet ({store.path}): grade pairs on the app's "
                "Errors page first."
            )
        graded = pairs_of_verdicts(verdicts, store.tags())
        say(f"{len(verdicts)} verdicts on {len(graded)} pairs")
        rows, seed = rows_of(graded, bundle), bundle.manifest.seed
        with nullcontext(train_anew) if dry_run else kept_folds(bundle, rows, say) as keep:
            built = as_built(bundle.pairs)
            folds = BuiltFolds(
                bundle, built, recommender.collection, lambda: recommender.encoder.image_text
            )
            folded = with_verdicts(
                built,
                folds.table(HELD_OUT),
                rows,
                recommender.settings,
                lambda: folds.fitted(HELD_OUT),
                seed,
            )
            _check_useful(bundle, folded)
            say("training")
            present = recommender.ranker
            build, new = keep(
                HELD_OUT, lambda: (ranker_of_build(bundle, present), trained(folded.pairs, seed))
            )
            own = FoldRankers(HELD_OUT, build, new, folds.held_out(HELD_OUT))
            further = list(_timed(further_folds(folds, rows, keep), folds, say))
            if further:
                scored = pd.concat(
                    [scores_of(each.held_out, each.build, each.new) for each in further]
                )
                truth = scored.assign(relevance=relevance_by_verdicts(scored, rows))
                gate = decided(truth, len(further), seed)
            else:
                say("comparing on training and validation queries")
                gate = cross_fit(folded.pairs, seed)
            retraining = Retraining(
                verdicts=len(verdicts),
                reviewers=verdicts["reviewer"].nunique(),
                missing=len(graded) - len(rows),
                folded=folded,
                gate=gate,
                by_relevance=by_relevance(scores_of(own.held_out, own.build, own.new), seed),
                by_verdicts=by_verdicts(recommender, graded, own.build, own.new),
                replaced=not dry_run and (force or gate.refusal is None),
            )
            if retraining.replaced:
                say("writing")
                rankers = {each.fold: each.new for each in (own, *further)}
                replace_rankers(recommender, folds, rankers, retraining)
    return retraining


def _timed(
    trainings: Iterator[FoldRankers], folds: BuiltFolds, say: Callable[[str], None]
) -> Iterator[FoldRankers]:
    """Say how long further folds took in the build, and how long each takes."""
    count = len(folds.further)
    seconds = stage_seconds(folds.bundle.path).get("cross-fitting")
    if count:
        took = f", which took the build {seconds:.0f} s" if seconds else ""
        say(f"fitting and training without each of {count} further folds{took}")
    start = perf_counter()
    for number, each in enumerate(trainings, start=1):
        say(f"  {number} of {count}: {perf_counter() - start:.0f} s")
        yield each
        start = perf_counter()


def _check_useful(bundle: Bundle, folded: Folded) -> None:
    if not (folded.pairs["split"] == TEST).any():
        raise VerdictError(
            f"{bundle.path} has no held-out pairs to compare rankers on: build it from more images."
        )
    if not folded.used:
        raise VerdictError(
            f"no verdict on {bundle.path} is on a pair of its training or validation queries "
            f"({folded.held_out} are on held-out ones, which only compare rankers): grade "
            "candidates of other queries."
        )
    columns = ["query", "candidate", "relevance"]
    if folded.pairs[columns].equals(bundle.pairs[columns]):
        raise VerdictError(
            f"the verdicts on {bundle.path} agree with what its ranker was "
            "trained on: there is nothing to learn."
        )


@contextmanager
def _explained(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError(
            f"the training for {out} stopped: {refusal(error)}. The bundle is unchanged."
        ) from None
