"""Queries whose vectors lie in a database: how long they take, and whether they find the same."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from mmrec_core.collection.kept import stored_of
from mmrec_core.collection.storing import filled
from mmrec_core.measuring.figures import Figure, figure
from mmrec_core.measuring.lines import STORE, STORE_SAME
from mmrec_core.measuring.queries import SHOWN, among, stages
from mmrec_core.serving.answers import ScoredQuery
from mmrec_core.serving.recommender import Recommender


def stored_queries(
    recommender: Recommender, rows: np.ndarray, database: Path, say: Callable[[str], None]
) -> list[Figure]:
    """Fill a database with a bundle's vectors, unless it holds them, and query both.

    Parameters
    ----------
    recommender : Recommender
        Of the bundle's own files.
    rows : ndarray (n,) int
        The queries.
    database : Path
        Its folder.
    say : callable
        Takes a line of progress.
    """
    bundle = recommender.bundle
    place = filled(bundle, str(database.resolve()), say)
    stored = Recommender(bundle, prepared=stored_of(bundle, place))
    times, there = among(stored, rows, 600)
    _, here = among(recommender, rows, 600)
    same = [_first(stored, a) == _first(recommender, b) for a, b in zip(there, here, strict=True)]
    note = f"LanceDB, {place.probes} partitions read" if place.probes else "LanceDB, all read"
    return [
        figure(STORE, times, parts=stages(there), note=note),
        figure(STORE_SAME, [float(np.mean(same))], note=f"{len(same):,} queries"),
    ]


def _first(recommender: Recommender, scored: ScoredQuery) -> list[int]:
    return [result.index for result in recommender.answer(scored, k=SHOWN).results]
