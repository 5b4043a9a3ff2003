"""The smallest change of a pair's features that would lift it to a score: a counterfactual."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import logit

from mmrec_core.errors import QueryError
from mmrec_core.ranker.dependence import are_whole, training_values
from mmrec_core.ranker.model import MODEL, raw_scores
from mmrec_core.ranker.pair_features import FEATURES, NAMES
from mmrec_core.serving.answers import Recommendation, ScoredQuery
from mmrec_core.serving.recommender import Recommender

if TYPE_CHECKING:
    import pandas as pd

_STEPS = 12  # values of a feature that are tried alone, and of each of two together
_MOST = 5
_HALVINGS = 12


@dataclass(frozen=True)
class Change:
    """A feature with its value, and the value that it would need."""

    feature: str
    before: float
    after: float


@dataclass(frozen=True)
class SmallestChange:
    """What would lift a pair to a score.

    Attributes
    ----------
    changes : tuple of Change
        The one that spans most of the training pairs first. Empty where the pair is there already.
    score : float
        The score with these, in log-odds.
    goal : float
    reached : bool
        Whether the score reaches the goal. If not, these are the `_MOST` changes that come nearest.
    """

    changes: tuple[Change, ...]
    score: float
    goal: float
    reached: bool


class FeatureValues:
    """The values of each pair feature in the training pairs of a bundle: what there is.

    Parameters
    ----------
    pairs : DataFrame
        ``split`` and the pair features, as ``bundle.pairs``.
    """

    def __init__(self, pairs: pd.DataFrame):
        values = training_values(pairs)
        self._known = [values[name] for name in NAMES]
        self._whole = [are_whole(known) for known in self._known]

    def better(self, place: int, value: float) -> np.ndarray:
        """Return up to `_STEPS` better values of a feature than its own, the nearest first."""
        known = self._known[place]
        rises = FEATURES[place].trend > 0
        known = known[known > value] if rises else known[known < value][::-1]
        if not len(known):
            return known
        quantiles = np.linspace(0, len(known) - 1, _STEPS).round().astype(int)
        return known[np.unique(quantiles)]

    def span(self, place: int, one: float, other: float) -> float:
        """Return the share of the training pairs whose value lies between two."""
        known = self._known[place]
        low, high = sorted((one, other))
        return float(
            np.searchsorted(known, high, "right") - np.searchsorted(known, low, "left")
        ) / max(len(known), 1)

    def between(self, place: int, one: float, other: float) -> float:
        """Return the middle of two values, a whole one where the feature is whole."""
        middle = (one + other) / 2
        return float(np.round(middle)) if self._whole[place] else middle


def smallest_change(
    recommender: Recommender,
    scored: ScoredQuery,
    row: int,
    goal: float,
    known: FeatureValues,
) -> SmallestChange:
    """Find the fewest features of a pair that would have to change for a score, and how little.

    Parameters
    ----------
    recommender : Recommender
        With a trained ranker.
    scored : ScoredQuery
        Of a query with a picture.
    row : int
        A candidate.
    goal : float
        Log-odds: of another result, or `goal_of_threshold`.
    known : FeatureValues
        What values there are: none is tried that no training pair comes near.

    Notes
    -----
    A counterfactual explanation (Wachter, Mittelstadt and Russell 2018, "Counterfactual
    explanations without opening the black box"). Fewest features come first; among as many, those
    that span the smallest share of the training pairs. One feature and two are searched through,
    more are added greedily. Features move one by one, those of the same vectors too, and missing
    ones stay so: this is what the ranker computes, and no picture need be like that.

    Raises
    ------
    QueryError
        If there is no trained ranker, or the query is a text alone.

    Examples
    --------
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.serving.answers import Query
    >>> from mmrec_core.serving.recommender import Recommender
    >>> from mmrec_core.serving.smallest_change import FeatureValues, smallest_change
    >>> bundle = open_bundle("artifacts/demo")
    >>> recommender = Recommender(bundle)
    >>> scored = recommender.score(Query("animals/birds/magpie.png"))
    >>> first, second = recommender.answer(scored, k=2).results
    >>> known = FeatureValues(bundle.pairs)
    >>> change = smallest_change(recommender, scored, second.index, first.score, known)
    >>> change.score >= first.score or not change.reached
    True
    """
    if recommender.ranker is None or scored.by_text:
        raise QueryError("only the ranker 'model' weighs features: give a query that it answers.")
    pair = scored.features[np.searchsorted(scored.candidates, row)].astype(np.float64)
    model = recommender.ranker.model
    return _Search(lambda pairs: raw_scores(model, pairs), pair, goal, known).found()


def goal_of_threshold(recommender: Recommender, answer: Recommendation) -> float | None:
    """Return the log-odds from which on a candidate counts as relevant; None without any."""
    if recommender.ranker is None or answer.threshold is None or answer.ranker != MODEL:
        return None
    calibration = recommender.ranker.calibration[MODEL]
    if calibration.slope <= 0:
        return None
    return float((logit(answer.threshold) - calibration.intercept) / calibration.slope)


class _Search:
    """The search for one pair and one goal. Scores only rise with better values."""

    def __init__(
        self,
        score: Callable[[np.ndarray], np.ndarray],
        pair: np.ndarray,
        goal: float,
        known: FeatureValues,
    ):
        self._score, self._pair, self._goal, self._known = score, pair, goal, known
        values = {p: known.better(p, pair[p]) for p in range(len(NAMES)) if not np.isnan(pair[p])}
        self._better = {place: tried for place, tried in values.items() if len(tried)}

    def found(self) -> SmallestChange:
        if self._scores([{}])[0] >= self._goal:
            return self._result({})
        for count in (1, 2):
            if best := self._best_of(count):
                return self._result(self._shrunk(best))
        chosen = self._greedy()
        if self._scores([chosen])[0] < self._goal:
            return self._result(chosen)
        for place in sorted(chosen, key=lambda p: -self._cost({p: chosen[p]})):
            fewer = {other: value for other, value in chosen.items() if other != place}
            if self._scores([fewer])[0] >= self._goal:
                chosen = fewer
        return self._result(self._shrunk(chosen))

    def _best_of(self, count: int) -> dict[int, float] | None:
        """Return the cheapest of all changes of so many features that reach the goal."""
        sets = list(combinations(self._better, count))
        ends = [{place: float(self._better[place][-1]) for place in places} for places in sets]
        reach = self._scores(ends) >= self._goal
        tried = []
        for places in (places for places, can in zip(sets, reach, strict=True) if can):
            grids = np.meshgrid(*(self._better[place] for place in places), indexing="ij")
            for values in np.stack([grid.ravel() for grid in grids], axis=1):
                tried.append(dict(zip(places, map(float, values), strict=True)))
        if not tried:
            return None
        enough = [t for t, s in zip(tried, self._scores(tried), strict=True) if s >= self._goal]
        return min(enough, key=self._cost)

    def _greedy(self) -> dict[int, float]:
        """Return changes to the best there is, the one that helps most at each step."""
        chosen: dict[int, float] = {}
        while len(chosen) < _MOST:
            further = [
                chosen | {place: float(values[-1])}
                for place, values in self._better.items()
                if place not in chosen
            ]
            if not further:
                break
            scores = self._scores(further)
            chosen = further[int(scores.argmax())]
            if scores.max() >= self._goal:
                break
        return chosen

    def _shrunk(self, changes: dict[int, float]) -> dict[int, float]:
        """Take each change back as far as the goal is still reached, the largest first."""
        shrunk = dict(changes)
        for place in sorted(changes, key=lambda p: -self._cost({p: changes[p]})):
            near, far = float(self._pair[place]), shrunk[place]
            for _ in range(_HALVINGS):
                middle = self._known.between(place, near, far)
                if middle in (near, far):
                    break
                if self._scores([shrunk | {place: middle}])[0] >= self._goal:
                    far = middle
                else:
                    near = middle
            shrunk[place] = far
        return shrunk

    def _cost(self, changes: dict[int, float]) -> float:
        return sum(
            self._known.span(place, self._pair[place], value) for place, value in changes.items()
        )

    def _scores(self, tried: Sequence[dict[int, float]]) -> np.ndarray:
        pairs = np.repeat(self._pair[None].astype(np.float32), len(tried), axis=0)
        for row, changes in zip(pairs, tried, strict=True):
            for place, value in changes.items():
                row[place] = value
        return self._score(pairs)

    def _result(self, changes: dict[int, float]) -> SmallestChange:
        score = float(self._scores([changes])[0])
        ordered = sorted(changes, key=lambda place: -self._cost({place: changes[place]}))
        listed = tuple(Change(NAMES[p], float(self._pair[p]), changes[p]) for p in ordered)
        return SmallestChange(listed, score, self._goal, score >= self._goal)
