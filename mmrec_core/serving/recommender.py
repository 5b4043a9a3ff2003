"""From scored candidates to explained recommendations, on an open bundle."""

from dataclasses import replace

import numpy as np

from mmrec_core.collection.candidates import Placed
from mmrec_core.errors import QueryError
from mmrec_core.ranker.explanation import contributions, percentiles
from mmrec_core.ranker.model import BERT, MODEL
from mmrec_core.ranker.pair_features import NAMES
from mmrec_core.serving.answers import (
    NearCluster,
    Ordered,
    Query,
    Recommendation,
    Result,
    ScoredQuery,
)
from mmrec_core.serving.order import ROUNDED, ranking
from mmrec_core.serving.scoring import Scorer, timed


class Recommender(Scorer):
    """Recommendations from one bundle. Safe to share between threads.

    The encoders are loaded when the first query needs them: images of the bundle don't.

    Examples
    --------
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.serving.answers import Query
    >>> from mmrec_core.serving.recommender import Recommender
    >>> recommender = Recommender(open_bundle("artifacts/demo"))
    >>> answer = recommender.recommend(Query("animals/birds/magpie.png"), k=3, ranker="clip")
    >>> [result.rank for result in answer.results]
    [1, 2, 3]
    >>> first = answer.results[0]
    >>> abs(first.score - sum(first.contributions.groups.values())) < 1e-6
    True
    """

    def recommend(
        self,
        query: Query,
        *,
        k: int = 5,
        ranker: str | None = None,
        collapse: float | None = None,
        diversity: float = 0,
    ) -> Recommendation:
        """Rank the query's candidates: `score`, then `answer`.

        Examples
        --------
        >>> from mmrec_core.bundle import open_bundle
        >>> from mmrec_core.serving.answers import Query
        >>> from mmrec_core.serving.recommender import Recommender
        >>> recommender = Recommender(open_bundle("artifacts/demo"))
        >>> cakes = recommender.recommend(Query(text="A birthday cake."), k=3)
        >>> cakes.ranker, "cake" in cakes.results[0].image
        ('fused', True)
        """
        self._check(ranker, k, diversity)
        self.check_ranker(ranker, query)
        return self.answer(
            self.score(query), k=k, ranker=ranker, collapse=collapse, diversity=diversity
        )

    def answer(
        self,
        scored: ScoredQuery,
        *,
        k: int = 5,
        ranker: str | None = None,
        collapse: float | None = None,
        diversity: float = 0,
    ) -> Recommendation:
        """Put scored candidates in one ranker's order, and explain the first of them.

        Parameters
        ----------
        scored : ScoredQuery
            What `score` gave.
        k : int
            Results, at most the number of candidates.
        ranker : str, optional
            One of `rankers`; ``model`` where it can answer, else ``fused``.
        collapse : float, optional
            Cosine of pictures from which on two results are one, the better ranked of them, and an
            image is the query itself, and no result.
        diversity : float
            0 to 1: how much similar pictures are spread out, by maximal marginal relevance over
            the first 200 (`mmrec_core.serving.order.diversified`). 0 is the order of the scores.

        Raises
        ------
        QueryError
            If the ranker cannot answer this query, or k or diversity are out of range.
        """
        self._check(ranker, k, diversity)
        timings = dict(scored.timings_ms)
        with timed(timings, "rank"):
            ranked = self.ordered(scored, ranker=ranker, collapse=collapse, diversity=diversity)
        ranker, probability = ranked.ranker, ranked.probability
        with timed(timings, "explain"):
            results = self._results(
                scored, ranked.ranks, ranked.order[:k], ranker, probability, ranked.collapsed
            )
        threshold = end = None
        if self.ranker and probability is not None:
            threshold = self.ranker.thresholds[ranker]
        if threshold is not None and probability is not None and diversity == 0:
            below = np.flatnonzero(probability[ranked.order] < threshold)
            end = int(below[0]) if len(below) else len(ranked.order)
        own_names = [self.bundle.image(int(row)) for row in scored.candidates[ranked.own]]
        return Recommendation(
            query=replace(scored.info, duplicates=own_names),
            ranker=ranker,
            clusters=self._near(scored.placed),
            candidates=scored.candidates,
            ranks=ranked.ranks,
            results=results,
            threshold=threshold,
            end_of_relevance=end,
            timings_ms=timings,
        )

    def ordered(
        self,
        scored: ScoredQuery,
        *,
        ranker: str | None = None,
        collapse: float | None = None,
        diversity: float = 0,
    ) -> Ordered:
        """Put scored candidates in one ranker's order; parameters and errors as of `answer`."""
        ranker = ranker or (MODEL if MODEL in scored.scores else list(scored.scores)[-1])
        self._check(ranker, 1, diversity)
        if ranker not in scored.scores:
            raise QueryError(_why_not(ranker))
        probability = self._probability(ranker, scored)
        own = self._own(scored, collapse)
        ranked = ranking(
            scored.scores[ranker],
            self.collection.unit.clip_image,
            scored.candidates,
            hidden=own,
            collapse=collapse,
            diversity=diversity,
            relevance=probability,
        )
        return Ordered(
            scored, ranker, ranked.order, ranked.ranks, ranked.collapsed, probability, own
        )

    def result_of(self, scored: ScoredQuery, answer: Recommendation, row: int) -> Result | None:
        """Return any candidate as a result of an answer, however low it stands.

        None if the image of row ``row`` is no candidate, or has no place in that ranker's list.
        """
        if answer.rank_of(row) is None:
            return None
        if shown := next((result for result in answer.results if result.index == row), None):
            return shown
        place = np.searchsorted(answer.candidates, [row])
        probability = self._probability(answer.ranker, scored)
        return self._results(scored, answer.ranks, place, answer.ranker, probability, {})[0]

    def check_ranker(self, ranker: str | None, query: Query) -> None:
        """Raise QueryError if a ranker cannot answer a query, before anything is computed."""
        self._check(ranker)
        if ranker and ranker not in self.rankers_for(query):
            raise QueryError(_why_not(ranker))

    def _check(self, ranker: str | None, k: int = 1, diversity: float = 0) -> None:
        if ranker and ranker not in self.rankers:
            raise QueryError(
                f"bundle {self.bundle.name!r} has no ranker {ranker!r}; it has "
                f"{', '.join(self.rankers)}."
            )
        if k < 1:
            raise QueryError(f"k is {k}; expected at least 1.")
        if not 0 <= diversity <= 1:
            raise QueryError(f"diversity is {diversity}; expected a number from 0 to 1.")

    def _own(self, scored: ScoredQuery, threshold: float | None) -> np.ndarray:
        """Say which candidates show the query's own picture."""
        if threshold is None:
            return np.zeros(len(scored.candidates), dtype=bool)
        return scored.features[:, NAMES.index("clip_cosine")] >= threshold - ROUNDED

    def _probability(self, ranker: str, scored: ScoredQuery) -> np.ndarray | None:
        """Return calibrated probabilities; None where nothing was calibrated for such a query.

        Probabilities are calibrated on pairs of pictures with captions. Of a text's scores only
        those of captions are of the same kind.
        """
        if self.ranker is None or (scored.by_text and ranker != BERT):
            return None
        return self.ranker.calibration[ranker].probability(scored.scores[ranker])

    def _results(
        self,
        scored: ScoredQuery,
        ranks: np.ndarray,
        chosen: np.ndarray,
        ranker: str,
        probability: np.ndarray | None,
        collapsed: dict[int, list[int]],
    ) -> list[Result]:
        features, rows = scored.features[chosen], scored.candidates[chosen]
        explained = contributions(self.ranker.model if self.ranker else None, ranker, features)
        shares = percentiles(scored.features, chosen)
        known = np.full(len(rows), np.nan)
        if scored.info.index is not None:
            known = self.relevance.of(scored.info.index, rows)
        return [
            Result(
                rank=int(ranks[place]),
                index=int(row),
                image=self.bundle.image(row),
                text=self.bundle.text(row),
                cluster=int(self.bundle.cluster_of[row]),
                score=float(scored.scores[ranker][place]),
                probability=None if probability is None else float(probability[place]),
                relevance=None if np.isnan(known[at]) else int(known[at]),
                features=dict(zip(NAMES, map(float, features[at]), strict=True)),
                percentiles=dict(zip(NAMES, map(float, shares[at]), strict=True)),
                contributions=explained[at],
                duplicates=[
                    self.bundle.image(int(scored.candidates[other]))
                    for other in collapsed.get(int(place), [])
                ],
            )
            for at, (place, row) in enumerate(zip(chosen, rows, strict=True))
        ]

    def _near(self, placed: Placed) -> list[NearCluster]:
        near = self.settings.nearest_clusters
        return [
            NearCluster(int(c), float(placed.distances[c]), int(self.bundle.cluster_sizes[c]))
            for c in self.collection.nearest_clusters(placed, near)
        ]


def _why_not(ranker: str) -> str:
    if ranker == BERT:
        return (
            "the ranker 'bert' compares captions, and this query or this bundle has none: "
            "give the query a text, or choose another ranker."
        )
    return (
        "the ranker 'model' learned from pairs of pictures, and this query is a text alone: "
        "choose clip, bert or fused."
    )
