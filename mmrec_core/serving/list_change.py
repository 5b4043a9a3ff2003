"""What becomes of a list when the query changes: which results go and come, and how much it is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mmrec_core.serving.answers import Ordered, place_of

PERSISTENCE = 0.9


@dataclass(frozen=True)
class Standing:
    """Where an image stands in a list: its place from 1, its score, its probability if any."""

    rank: int
    score: float
    probability: float | None


@dataclass(frozen=True)
class Move:
    """One image in two lists; None where it is no candidate, or has no place."""

    row: int
    before: Standing | None
    after: Standing | None


@dataclass(frozen=True)
class ListChange:
    """The first k results of one list, and of the list after it.

    Attributes
    ----------
    moves : tuple of Move
        The results after, in their order, then those that went, in their former order.
    k : int
    amount : float
        How much the list changed, 0 (not at all) to 1 (nothing is left): 1 - `rank_biased_overlap`.
    """

    moves: tuple[Move, ...]
    k: int
    amount: float

    @property
    def shown(self) -> list[Move]:
        """The results after, in their order."""
        return [move for move in self.moves if self._is_shown(move.after)]

    @property
    def going(self) -> list[Move]:
        """The results that left the first k."""
        return [move for move in self.moves if not self._is_shown(move.after)]

    @property
    def coming(self) -> list[Move]:
        """The results that were not among the first k."""
        return [move for move in self.shown if not self._is_shown(move.before)]

    def _is_shown(self, standing: Standing | None) -> bool:
        return standing is not None and standing.rank <= self.k


def list_change(before: Ordered, after: Ordered, k: int) -> ListChange:
    """Compare two lists' first k results.

    An image that was merged into another as its near-duplicate stands where that one does, so a
    near-duplicate shown in another's stead is no change.
    """
    firsts, lasts = _first_rows(before, k), _first_rows(after, k)
    moves = [Move(row, _standing(before, row), _standing(after, row)) for row in lasts]
    for row in firsts:
        there = _standing(after, row)
        if there is None or there.rank > k:
            moves.append(Move(row, _standing(before, row), there))
    same = [
        firsts[move.before.rank - 1] if move.before and move.before.rank <= k else move.row
        for move in moves[: len(lasts)]
    ]
    overlap = rank_biased_overlap(firsts, list(dict.fromkeys(same)))
    return ListChange(tuple(moves), k, min(max(1 - overlap, 0.0), 1.0))


def rank_biased_overlap(
    first: Sequence[int], second: Sequence[int], persistence: float = PERSISTENCE
) -> float:
    """Return how alike two ranked lists are: 1 the same, 0 nothing in common.

    The extrapolated rank-biased overlap, equation 32 of Webber, Moffat and Zobel 2010, "A
    similarity measure for indefinite rankings". With a persistence of 0.9, the first ten places
    have 86 % of the weight.

    Parameters
    ----------
    first, second : sequence of int
        Items, best first, each once.
    persistence : float
        The chance that a reader goes on from each place to the next.

    Examples
    --------
    >>> rank_biased_overlap([1, 2, 3], [1, 2, 3]), rank_biased_overlap([1, 2], [3, 4])
    (1.0, 0.0)
    >>> rank_biased_overlap([1, 2, 3], [1, 3, 2]) > rank_biased_overlap([1, 2, 3], [2, 1, 3])
    True
    """
    short, long = sorted((list(first), list(second)), key=len)
    s, l = len(short), len(long)  # noqa: E741
    if not s:
        return float(not l)
    shared = [len(set(short[:depth]) & set(long[:depth])) for depth in range(1, l + 1)]
    p = persistence
    total = sum(x / depth * p**depth for depth, x in enumerate(shared, 1))
    total += sum(shared[s - 1] * (d - s) / (s * d) * p**d for d in range(s + 1, l + 1))
    beyond = ((shared[-1] - shared[s - 1]) / l + shared[s - 1] / s) * p**l
    return round((1 - p) / p * total + beyond, 12)


def _first_rows(ordered: Ordered, k: int) -> list[int]:
    return ordered.scored.candidates[ordered.order[:k]].tolist()


def _standing(ordered: Ordered, row: int) -> Standing | None:
    place = place_of(row, ordered.scored.candidates)
    if place is None or np.isnan(ordered.ranks[place]):
        return None
    return Standing(
        int(ordered.ranks[place]),
        float(ordered.scored.scores[ordered.ranker][place]),
        None if ordered.probability is None else float(ordered.probability[place]),
    )
