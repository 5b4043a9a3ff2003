"""Several rankers' answers to one query side by side: what they share, what only one shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.stats import kendalltau

from mmrec_core.serving.answers import Recommendation, Result, ScoredQuery
from mmrec_core.serving.recommender import Recommender


@dataclass(frozen=True)
class Agreement:
    """How much two rankers agree on a query.

    Attributes
    ----------
    rankers : tuple of two str
    shared : int
        Results of the first that stand among the second's first k as well.
    of : int
        The results compared: those of the shorter list.
    correlation : float or None
        Kendall's τ-b of their scores over all candidates that both can score: 1 the same order, 0
        unrelated, -1 the opposite. None where it is not defined.
    candidates : int
        How many candidates both can score.
    """

    rankers: tuple[str, str]
    shared: int
    of: int
    correlation: float | None
    candidates: int


@dataclass(frozen=True)
class Comparison:
    """The answers to one query, by ranker, in the order requested."""

    scored: ScoredQuery
    answers: dict[str, Recommendation]
    agreements: list[Agreement]
    k: int

    def ranks_of(self, row: int, but: str = "") -> dict[str, int | None]:
        """Return the place of an image in every ranker's whole list, but for one's."""
        return {name: answer.rank_of(row) for name, answer in self.answers.items() if name != but}

    def only_here(self, ranker: str, result: Result) -> bool:
        """Say whether no other ranker has this result of ``ranker`` among its first k."""
        ranks = self.ranks_of(result.index, but=ranker)
        return bool(ranks) and all(rank is None or rank > self.k for rank in ranks.values())

    def agreement(self, first: str, second: str) -> Agreement:
        """Return how much two of the rankers agree."""
        return next(a for a in self.agreements if set(a.rankers) == {first, second})


def compare(
    recommender: Recommender,
    scored: ScoredQuery,
    rankers: Sequence[str],
    *,
    k: int = 5,
    collapse: float | None = None,
    diversity: float = 0,
) -> Comparison:
    """Answer a query under several rankers.

    Parameters
    ----------
    recommender : Recommender
    scored : ScoredQuery
        Of `Recommender.score`: embedded, placed and scored once for all.
    rankers : sequence of str
        Those that cannot answer this query are left out.
    k, collapse, diversity
        As for `Recommender.answer`.

    Raises
    ------
    QueryError
        If k or diversity are out of range.

    Examples
    --------
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.serving.answers import Query
    >>> from mmrec_core.serving.comparison import compare
    >>> from mmrec_core.serving.recommender import Recommender
    >>> recommender = Recommender(open_bundle("artifacts/demo"))
    >>> scored = recommender.score(Query("animals/birds/magpie.png"))
    >>> compared = compare(recommender, scored, ("model", "fused"), k=8)
    >>> list(compared.answers), compared.agreement("model", "fused").of
    (['model', 'fused'], 8)
    """
    answers = {
        name: recommender.answer(scored, k=k, ranker=name, collapse=collapse, diversity=diversity)
        for name in rankers
        if name in scored.scores
    }
    agreements = [
        _agreement(scored, answers[first], answers[second], k)
        for first, second in combinations(answers, 2)
    ]
    return Comparison(scored, answers, agreements, k)


def _agreement(
    scored: ScoredQuery, first: Recommendation, second: Recommendation, k: int
) -> Agreement:
    ranks = [second.rank_of(result.index) for result in first.results]
    ours, theirs = scored.scores[first.ranker], scored.scores[second.ranker]
    known = ~(np.isnan(ours) | np.isnan(theirs))
    correlation = float(kendalltau(ours[known], theirs[known]).statistic)
    return Agreement(
        rankers=(first.ranker, second.ranker),
        shared=sum(rank is not None and rank <= k for rank in ranks),
        of=min(len(first.results), len(second.results)),
        correlation=None if np.isnan(correlation) else correlation,
        candidates=int(known.sum()),
    )
