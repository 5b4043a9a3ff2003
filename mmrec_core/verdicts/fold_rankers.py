"""Each fold's ranker trained with verdicts, beside that of the build."""

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import pandas as pd

from mmrec_core.building.built_folds import BuiltFolds
from mmrec_core.bundle import Bundle
from mmrec_core.errors import VerdictError
from mmrec_core.evaluation.scored_pairs import load_fold_rankers
from mmrec_core.ranker.model import Ranker
from mmrec_core.ranker.training import fit_ranker
from mmrec_core.verdicts.kept_folds import Keep, train_anew
from mmrec_core.verdicts.training_pairs import BUILT, as_built, with_verdicts


class FoldRankers(NamedTuple):
    """Two rankers that never met a fold, and its held-out pairs.

    Attributes
    ----------
    fold : int
    build, new : Ranker
        Trained as in the build, and with verdicts.
    held_out : DataFrame
        The fold's pairs as the build made them, with features.
    """

    fold: int
    build: Ranker
    new: Ranker
    held_out: pd.DataFrame


def further_folds(
    folds: BuiltFolds, graded: pd.DataFrame, keep: Keep = train_anew
) -> Iterator[FoldRankers]:
    """Train without each further fold that the build cross-fitted.

    Verdicts go with the fold of their query: they train the rankers of all other folds, as far as
    their candidate is not of the fold that is held out, and never its own. All else that is fitted
    (projections, clusters, neighbours, and the features with them) is fitted again without the
    fold, as in the build; it knows no verdicts.

    Parameters
    ----------
    folds : BuiltFolds
    graded : DataFrame
        Judged pairs by row: `mmrec_core.verdicts.judged_pairs.rows_of`.
    keep : callable
        Asked for each fold's rankers; by default they are trained.

    Raises
    ------
    VerdictError
        If with these verdicts a fold has nothing to learn from.
    """
    bundle, seed = folds.bundle, folds.bundle.manifest.seed
    stored = _rankers_of_build(bundle) if folds.dealt_alike else {}

    def rankers(fold: int) -> tuple[Ranker, Ranker]:
        fitted = folds.fitted(fold)
        pairs = as_built(folds.pairs(fold, fitted))
        table, settings = folds.table(fold), bundle.manifest.candidates
        folded = with_verdicts(pairs, table, graded, settings, lambda: fitted, seed)
        return stored.get(fold) or trained(pairs, seed), trained(folded.pairs, seed)

    for fold in folds.further:
        build, new = keep(fold, partial(rankers, fold))
        yield FoldRankers(fold, build, new, folds.held_out(fold))


def ranker_of_build(bundle: Bundle, present: Ranker) -> Ranker:
    """Return the ranker that the build trained: the ``present`` one, unless verdicts trained it."""
    if BUILT not in bundle.pairs:
        return present
    return trained(as_built(bundle.pairs), bundle.manifest.seed)


def trained(pairs: pd.DataFrame, seed: int) -> Ranker:
    """Train a ranker; VerdictError if there is nothing to learn."""
    ranker = fit_ranker(pairs, seed)
    if ranker is None:
        raise VerdictError(
            "with these verdicts, all pairs of the training or validation queries are relevant, or "
            "none is: there is nothing to learn."
        )
    return ranker


def _rankers_of_build(bundle: Bundle) -> dict[int, Ranker]:
    """Return the further folds' rankers that the build trained; none after a training."""
    if BUILT in bundle.pairs or bundle.cross_fitted is None:
        return {}
    return load_fold_rankers(bundle.content, bundle.cross_fitted)
