"""The preferences that bear on one comparison, as scores of its first system."""

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mmrec_core.preferences.query_lists import QueryLists
from mmrec_core.preferences.store import BOTH_BAD, BOTH_GOOD, LEFT, RIGHT, written_images
from mmrec_core.preferences.systems import bundle_of, ranker_of

WIN, TIE, LOSS = 1.0, 0.5, 0.0


def current(preferences: pd.DataFrame, lists: QueryLists) -> pd.DataFrame:
    """Return the preferences between two systems on the lists that they give now.

    Preferences outlive a rebuild. One counts as long as both lists that were shown are those of
    ``lists``.

    Parameters
    ----------
    preferences : DataFrame
        What `mmrec_core.preferences.store.Preferences.all` gives.
    lists : QueryLists

    Returns
    -------
    DataFrame
        The newest of each query and reviewer, with ``at``, the place of the query in ``lists``;
        ``left_system`` and ``right_system`` are called as in ``lists``.
    """
    there = between(preferences, lists, (LEFT, RIGHT))
    place = {name: at for at, name in enumerate(lists.names)}
    there = there[there["query"].isin(lists.names)]
    there = there.assign(at=there["query"].map(place).astype("int64"))
    sides = [_sides(row, lists) for row in there.to_dict("records")]
    left, right = ([side[i] if side else "" for side in sides] for i in (0, 1))
    there = there.assign(left_system=left, right_system=right)
    return there[there["left_system"] != ""].drop_duplicates(["at", "reviewer"], keep="last")


def between(judged: pd.DataFrame, lists: QueryLists, sides: tuple[str, str]) -> pd.DataFrame:
    """Return what was said between two systems' rankers on lists of this length.

    Parameters
    ----------
    judged : DataFrame
        All preferences, or all interleaved lists.
    lists : QueryLists
    sides : tuple of two str
        What the columns of both systems begin with.
    """
    one, other = (judged[f"{side}_system"] for side in sides)
    first, second = map(ranker_of, lists.systems)
    rankers = ((one == first) & (other == second)) | ((one == second) & (other == first))
    digests = [judged[f"{side}_digest"] for side in sides]
    in_one_bundle = len({bundle_of(system) for system in lists.systems}) == 1
    of_length = judged["k"] == lists.first.shape[1]
    return judged[rankers & of_length & ((digests[0] == digests[1]) == in_one_bundle)]


def _sides(row: dict[Hashable, Any], lists: QueryLists) -> tuple[str, str] | None:
    """Return which system was shown on the left and on the right, None where neither way fits."""
    for left, right in (lists.systems, lists.systems[::-1]):
        if all(
            row[f"{side}_system"] == ranker_of(system)
            and row[f"{side}_shown"] == written_images(lists.shown(row["at"], system))
            for side, system in ((LEFT, left), (RIGHT, right))
        ):
            return left, right
    return None


def judgements(preferences: pd.DataFrame, first: str) -> pd.DataFrame:
    """Return preferences as scores of the system ``first``.

    Parameters
    ----------
    preferences : DataFrame
        What `current` gives.
    first : str

    Returns
    -------
    DataFrame
        ``at``, ``reviewer``, ``choice``, ``score`` (1 win, 0.5 tie, 0 loss), ``outcome`` (the same
        choice by system: ``first``, ``second``, ``both good`` or ``both bad``).
    """
    choice, left = preferences["choice"], preferences["left_system"] == first
    decided = choice.isin([LEFT, RIGHT])
    won = decided & ((choice == LEFT) == left)
    return preferences[["at", "reviewer", "choice"]].assign(
        score=np.where(decided, np.where(won, WIN, LOSS), TIE),
        outcome=np.where(decided, np.where(won, "first", "second"), choice),
    )


def wins(preferences: pd.DataFrame, systems: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Count the wins of each system over each other one, query by query.

    Of several reviewers' preferences on the same two systems and query the mean counts, and a tie
    is half a win for either.

    Parameters
    ----------
    preferences : DataFrame
        What `current` gives, of one comparison or several.
    systems : sequence of str

    Returns
    -------
    queries : ndarray (n,) of str
    wins : ndarray (n, s, s) float64
        In row i, column j: what system i won over system j on that query.
    """
    among = preferences[
        preferences["left_system"].isin(systems) & preferences["right_system"].isin(systems)
    ]
    queries, at = np.unique(among["query"].to_numpy(dtype=str), return_inverse=True)
    counts = np.zeros((len(queries), len(systems), len(systems)))
    place = {name: i for i, name in enumerate(systems)}
    left, right = (among[f"{side}_system"].map(place).to_numpy(int) for side in (LEFT, RIGHT))
    score = (
        among["choice"].map({LEFT: WIN, RIGHT: LOSS, BOTH_GOOD: TIE, BOTH_BAD: TIE}).to_numpy(float)
    )
    np.add.at(counts, (at, left, right), score)
    np.add.at(counts, (at, right, left), 1 - score)
    met = counts + counts.transpose(0, 2, 1)
    return queries, np.divide(counts, met, out=np.zeros_like(counts), where=met > 0)
