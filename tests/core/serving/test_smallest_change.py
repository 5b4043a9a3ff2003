"""The smallest change: it does what it says, within what there is, and fewer would not do."""

from itertools import combinations, pairwise

import numpy as np
import pytest

from mmrec_core.bundle import Bundle
from mmrec_core.errors import QueryError
from mmrec_core.inputs.judgements import TRAIN
from mmrec_core.ranker.model import raw_scores
from mmrec_core.ranker.pair_features import FEATURES, NAMES
from mmrec_core.serving.answers import Query, ScoredQuery
from mmrec_core.serving.recommender import Recommender
from mmrec_core.serving.smallest_change import (
    FeatureValues,
    SmallestChange,
    goal_of_threshold,
    smallest_change,
)

MAGPIE = "animals/birds/magpie.png"


@pytest.fixture(scope="module")
def known(demo: Bundle) -> FeatureValues:
    return FeatureValues(demo.pairs)


@pytest.fixture(scope="module")
def scored(recommender: Recommender) -> ScoredQuery:
    return recommender.score(Query(MAGPIE))


def altered(scored: ScoredQuery, row: int, found: SmallestChange, but: str = "") -> np.ndarray:
    pair = scored.features[np.searchsorted(scored.candidates, row)].copy()
    for change in found.changes:
        assert pair[NAMES.index(change.feature)] == np.float32(change.before)
        if change.feature != but:
            pair[NAMES.index(change.feature)] = change.after
    return pair


def goals(recommender: Recommender, scored: ScoredQuery) -> list[tuple[int, float]]:
    """Return rows with scores to reach: neighbours in the list, far ones, the line."""
    answer = recommender.answer(scored, k=40)
    results = answer.results
    line = goal_of_threshold(recommender, answer)
    assert line is not None
    pairs = [(lower, upper.score) for upper, lower in pairwise(results)]
    far = [(results[-1], results[0].score), (results[-1], line + 1)]
    return [(result.index, goal) for result, goal in (*pairs, *far)]


def test_the_changes_reach_the_goal_and_none_is_needless(demo, recommender, scored, known):
    train = demo.pairs[demo.pairs["split"] == TRAIN]
    trends = {feature.name: feature.trend for feature in FEATURES}
    for row, goal in goals(recommender, scored):
        found = smallest_change(recommender, scored, row, goal, known)
        score = raw_scores(recommender.ranker.model, altered(scored, row, found)[None])[0]
        assert found.score == pytest.approx(score)
        assert found.reached == (score >= goal)
        for change in found.changes:
            assert (change.after - change.before) * trends[change.feature] > 0
            values = train[change.feature]
            assert values.min() <= change.after <= values.max()
            fewer = altered(scored, row, found, but=change.feature)
            assert raw_scores(recommender.ranker.model, fewer[None])[0] < goal


def test_one_feature_is_found_wherever_one_would_do(demo, recommender, scored, known):
    train = demo.pairs[demo.pairs["split"] == TRAIN]
    for row, goal in goals(recommender, scored):
        found = smallest_change(recommender, scored, row, goal, known)
        pair = scored.features[np.searchsorted(scored.candidates, row)]
        best = [
            train[feature.name].max() if feature.trend > 0 else train[feature.name].min()
            for feature in FEATURES
        ]
        for count in range(1, min(len(found.changes), 3)):
            for places in combinations(np.flatnonzero(~np.isnan(pair)), count):
                tried = pair.copy()
                for place in places:
                    tried[place] = best[place]
                assert raw_scores(recommender.ranker.model, tried[None])[0] < goal


def test_what_is_out_of_reach_is_said_so(recommender, scored, known):
    row = recommender.answer(scored, k=5).results[-1].index
    found = smallest_change(recommender, scored, row, 1e6, known)
    assert not found.reached
    assert 1 <= len(found.changes) <= 5


def test_what_is_there_already_needs_nothing(recommender, scored, known):
    first = recommender.answer(scored, k=1).results[0]
    found = smallest_change(recommender, scored, first.index, first.score - 1, known)
    assert found.reached
    assert found.changes == ()


def test_a_text_alone_has_no_features_to_change(recommender, known):
    scored = recommender.score(Query(text="a bird"))
    with pytest.raises(QueryError, match="weighs features"):
        smallest_change(recommender, scored, int(scored.candidates[0]), 0.0, known)


def test_the_goal_of_the_line_is_the_threshold(recommender, scored):
    answer = recommender.answer(scored)
    goal = goal_of_threshold(recommender, answer)
    probability = recommender.ranker.calibration["model"].probability(np.array(goal))
    assert probability == pytest.approx(answer.threshold)
    assert goal_of_threshold(recommender, recommender.answer(scored, ranker="clip")) is None
