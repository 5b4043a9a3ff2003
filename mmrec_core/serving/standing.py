"""Places in a list by score: who stands for whom, and where another score would come."""

from dataclasses import dataclass

import numpy as np

from mmrec_core.serving.answers import Recommendation, ScoredQuery


@dataclass(frozen=True, eq=False)
class Standing:
    """The images of an answer's whole list, without those merged into another.

    Attributes
    ----------
    rows : ndarray (n,) int64
        Ascending.
    scores : ndarray (n,) float64
        The ranker's, none of them NaN.
    """

    rows: np.ndarray
    scores: np.ndarray

    @classmethod
    def of(cls, scored: ScoredQuery, answer: Recommendation) -> "Standing":
        """Take the list of one ranker's answer to a scored query."""
        leaders = _leaders(scored, answer)
        return cls(scored.candidates[leaders], scored.scores[answer.ranker][leaders])

    def place_of(self, row: int, score: float) -> int:
        """Return which place by score an image has, or would have with another score, from 1.

        Of equal scores the lower row comes first, as in the lists.
        """
        others = self.rows != row
        higher = self.scores > score
        before = (self.scores == score) & (self.rows < row)
        return 1 + int((others & (higher | before)).sum())


def stands_for(scored: ScoredQuery, answer: Recommendation, row: int) -> int:
    """Return the row of the image that is shown in a ranked candidate's stead, or its own."""
    leaders = _leaders(scored, answer)
    return int(scored.candidates[leaders[answer.ranks[leaders] == answer.rank_of(row)][0]])


def _leaders(scored: ScoredQuery, answer: Recommendation) -> np.ndarray:
    """Return the candidates that stand for themselves: places in the candidate list, ascending."""
    listed = np.flatnonzero(~np.isnan(answer.ranks))
    scores = scored.scores[answer.ranker][listed]
    order = np.lexsort((listed, -scores, answer.ranks[listed]))
    _, first = np.unique(answer.ranks[listed][order], return_index=True)
    return np.sort(listed[order[first]])
