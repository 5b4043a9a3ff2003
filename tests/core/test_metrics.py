"""Metrics agree with scikit-learn's, and intervals resample queries."""

import numpy as np
import pytest
from sklearn.metrics import ndcg_score, roc_auc_score

from mmrec_core.metrics import calibration_error, paired_difference, per_query, ranking_metrics


@pytest.fixture
def ranked() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    generator = np.random.default_rng(3)
    queries = np.repeat(np.arange(40), generator.integers(6, 30, 40))
    relevance = (generator.random(len(queries)) < 0.3).astype(int)
    scores = generator.normal(size=len(queries)) + relevance
    shuffled = generator.permutation(len(queries))
    return queries[shuffled], relevance[shuffled], scores[shuffled]


def test_ndcg_is_scikit_learns(ranked):
    queries, relevance, scores = ranked
    ndcg, _ = per_query(queries, relevance, scores)
    for query in range(40):
        mine = queries == query
        if relevance[mine].any():
            expected = ndcg_score(relevance[mine][None], scores[mine][None], k=5)
            assert ndcg[query] == pytest.approx(expected)
        else:
            assert np.isnan(ndcg[query])


def test_auc_is_scikit_learns_also_with_ties(ranked):
    queries, relevance, scores = ranked
    rounded = np.round(scores, 1)
    found = ranking_metrics(queries, relevance, rounded, seed=0)
    assert found["auc"]["value"] == pytest.approx(roc_auc_score(relevance, rounded))
    assert found["auc"]["low"] < found["auc"]["value"] < found["auc"]["high"]


def test_reciprocal_rank_counts_the_first_relevant():
    queries, relevance = np.zeros(4, int), np.array([0, 1, 1, 0])
    _, reciprocal = per_query(queries, relevance, np.array([4.0, 2.0, 3.0, 1.0]))
    assert reciprocal[0] == pytest.approx(1 / 2)


def test_a_ranker_that_does_not_decide_gains_nothing():
    queries, relevance = np.zeros(10, int), np.array([1] + [0] * 9)
    ndcg, reciprocal = per_query(queries, relevance, np.zeros(10))
    assert ndcg[0] == 0
    assert reciprocal[0] == pytest.approx(1 / 10)


def test_more_queries_give_a_narrower_interval():
    generator = np.random.default_rng(0)

    def width(queries: int) -> float:
        found = paired_difference(generator.normal(size=queries), np.zeros(queries), seed=0)
        return found["high"] - found["low"]

    assert width(2000) < width(50) / 3


def test_a_calibrated_forecast_has_a_small_calibration_error():
    generator = np.random.default_rng(0)
    probability = generator.random(20_000)
    outcome = (generator.random(20_000) < probability).astype(int)
    assert calibration_error(outcome, probability) < 0.02
    assert calibration_error(outcome, probability**3) > 0.1
