"""What a stopped training has trained already, fold by fold."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pandas as pd

from mmrec_core import __version__
from mmrec_core.bundle import Bundle
from mmrec_core.errors import BundleError, VerdictError
from mmrec_core.files import sha256_of
from mmrec_core.ranker.model import Ranker

Pair = tuple[Ranker, Ranker]
Keep = Callable[[int, Callable[[], Pair]], Pair]
"""Gives a fold's two rankers, the build's and the new one, by training them if need be."""


def train_anew(fold: int, train: Callable[[], Pair]) -> Pair:
    """Return what is trained, and keep nothing."""
    return train()


@contextmanager
def kept_folds(bundle: Bundle, graded: pd.DataFrame, say: Callable[[str], None]) -> Iterator[Keep]:
    """Keep each fold's rankers in a folder beside the bundle until all is over.

    So a kill costs the fold that is being trained. Of another bundle, other verdicts or another
    version of the project nothing is taken up.

    Parameters
    ----------
    bundle : Bundle
    graded : DataFrame
        The judged pairs that train, by row.
    say : callable
        Takes a line for each fold that is not trained again.
    """
    parent = bundle.path.with_name(f".{bundle.path.name}.folds")
    made_from = f"{__version__} {bundle.digest} {graded.to_csv(index=False)}"
    folder = parent / sha256_of(made_from.encode())
    if parent.exists() and not folder.exists():
        shutil.rmtree(parent)

    def keep(fold: int, train: Callable[[], Pair]) -> Pair:
        names = [(f"{fold}-{which}.cbm", f"{fold}-{which}.json") for which in ("build", "new")]

        def read() -> Pair:
            build, new = (
                Ranker.load(lambda name: (folder / name).read_bytes(), *pair) for pair in names
            )
            return build, new

        if all((folder / name).exists() for pair in names for name in pair):
            with suppress(BundleError):  # a damaged one is trained again
                kept = read()
                say(f"  fold {fold}: trained before")
                return kept
        try:
            rankers = train()
        except VerdictError:  # it would fail the next time as well
            shutil.rmtree(parent, ignore_errors=True)
            raise
        for ranker, pair in zip(rankers, names, strict=True):
            ranker.save(*(folder / name for name in pair))
        return read()  # CatBoost writes a model that was read in other bytes than a fresh one

    yield keep
    shutil.rmtree(parent, ignore_errors=True)
