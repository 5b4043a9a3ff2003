"""A new ranker from verdicts, compared with the build's own before it takes its place."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pandas as pd

from mmrec_core.building.replacement import replacing
from mmrec_core.bundle import Bundle, open_bundle
from mmrec_core.errors import InputError, VerdictError
from mmrec_core.inputs.judgements import TEST
from mmrec_core.ranker.model import Ranker
from mmrec_core.ranker.training import fit_ranker
from mmrec_core.serving.recommender import Recommender
from mmrec_core.verdicts.bundle_update import replace_ranker
from mmrec_core.verdicts.gate import FOLDS, cross_fit
from mmrec_core.verdicts.judged_pairs import pairs_of_verdicts
from mmrec_core.verdicts.ranker_comparison import by_relevance, by_verdicts
from mmrec_core.verdicts.retraining import Retraining
from mmrec_core.verdicts.store import VerdictStore
from mmrec_core.verdicts.training_pairs import BUILT, Folded, as_built, fold


def retrain(
    folder: Path,
    store: VerdictStore,
    *,
    dry_run: bool = False,
    force: bool = False,
    say: Callable[[str], None] = print,
) -> Retraining:
    """Train a new ranker with the verdicts, compare it, and put it into the bundle.

    It is compared with the ranker that the build trained, even if a training with verdicts has
    replaced that one since. The bundle with the new ranker grows in a folder aside and is renamed
    into place: whenever this is interrupted, the old one is whole.

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
        folded = fold(bundle, recommender.collection, graded)
        _check_useful(bundle, folded)
        seed = bundle.manifest.seed
        say("training")
        new = _fitted(folded.pairs, seed)
        built = ranker_of_build(bundle, recommender.ranker)
        say(f"comparing on training and validation queries, {FOLDS} parts")
        gate = cross_fit(folded.pairs, seed)
        say("measuring on held-out queries")
        held_out = folded.pairs[folded.pairs["split"] == TEST]
        retraining = Retraining(
            verdicts=len(verdicts),
            reviewers=verdicts["reviewer"].nunique(),
            folded=folded,
            gate=gate,
            by_relevance=by_relevance(held_out, built, new, seed),
            by_verdicts=by_verdicts(recommender, graded, built, new),
            replaced=not dry_run and (force or gate.refusal is None),
        )
        if retraining.replaced:
            say("writing")
            replace_ranker(recommender, new, retraining)
    return retraining


def ranker_of_build(bundle: Bundle, present: Ranker) -> Ranker:
    """Return the ranker that the build trained: the ``present`` one, unless verdicts trained it."""
    if BUILT not in bundle.pairs:
        return present
    return _fitted(as_built(bundle.pairs), bundle.manifest.seed)


def _fitted(pairs: pd.DataFrame, seed: int) -> Ranker:
    ranker = fit_ranker(pairs, seed)
    if ranker is None:
        raise VerdictError(
            "with these verdicts, all pairs of the training or validation queries are relevant, or "
            "none is: there is nothing to learn."
        )
    return ranker


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
        where = f" ({error.filename})" if error.filename else ""
        raise InputError(
            f"the training for {out} stopped: {error.strerror or error}{where}. The bundle is "
            "unchanged."
        ) from None
