"""Intervals resample queries, and a ranker gains nothing by not deciding."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from mmrec_core.evaluation.bootstrap import draws, paired_difference
from mmrec_core.evaluation.evaluate import measure
from mmrec_core.evaluation.metrics import auc_estimate, calibration_error, per_query


@pytest.fixture
def ranked() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    generator = np.random.default_rng(3)
    queries = np.repeat(np.arange(40), generator.integers(6, 30, 40))
    relevance = (generator.random(len(queries)) < 0.3).astype(int)
    scores = generator.normal(size=len(queries)) + relevance
    shuffled = generator.permutation(len(queries))
    return queries[shuffled], relevance[shuffled], scores[shuffled]


def test_figures_at_k_stand_beside_those_at_5(ranked):
    scored = pd.DataFrame(dict(zip(("query", "relevance", "clip_score"), ranked, strict=True)))
    at_5 = measure(scored, seed=0)["rankers"]["clip"]
    at_10 = measure(scored, seed=0, k=10)["rankers"]["clip"]
    assert at_10.keys() == at_5.keys() | {"ndcg@10", "recall@10"}
    assert all(at_10[name] == at_5[name] for name in at_5)
    assert at_10["recall@10"]["value"] > at_5["recall@5"]["value"]


def test_auc_interval_is_that_of_drawing_queries_again(ranked, monkeypatch):
    monkeypatch.setattr("mmrec_core.evaluation.bootstrap.RESAMPLES", 100)
    queries, relevance, scores = ranked
    pairs = [np.flatnonzero(queries == query) for query in range(40)]
    again = []
    for drawn in draws(40, seed=0):
        rows = np.concatenate([np.tile(pairs[q], int(n)) for q, n in enumerate(drawn)])
        again.append(roc_auc_score(relevance[rows], scores[rows]))
    found = auc_estimate(queries, relevance, scores, draws(40, seed=0))
    low, high = np.percentile(again, [2.5, 97.5])
    assert (found["low"], found["high"]) == pytest.approx((low, high))


def test_auc_interval_of_many_scores_is_close(ranked, monkeypatch):
    exact = auc_estimate(*ranked, draws(40, seed=0))
    monkeypatch.setattr("mmrec_core.evaluation.bootstrap._BINS", 200)
    binned = auc_estimate(*ranked, draws(40, seed=0))
    assert binned["value"] == exact["value"]
    assert binned["low"] == pytest.approx(exact["low"], abs=2e-3)
    assert binned["high"] == pytest.approx(exact["high"], abs=2e-3)


def test_a_ranker_that_does_not_decide_gains_nothing():
    queries, relevance = np.zeros(10, int), np.array([1] + [0] * 9)
    found = per_query(queries, relevance, np.zeros(10))
    assert found.ndcg[0] == 0
    assert found.reciprocal_rank[0] == pytest.approx(1 / 10)
    assert found.average_precision[0] == pytest.approx(1 / 10)
    assert found.recall[0] == 0


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
    queries = np.arange(20_000)
    assert calibration_error(queries, outcome, probability) < 0.02
    assert calibration_error(queries, outcome, probability**3) > 0.1


def test_a_query_s_calibration_error_counts_the_same_however_many_pairs_it_has():
    queries, outcome = np.repeat([0, 1], [30, 2]), np.repeat([0, 1], [30, 2])
    right_about_the_long_list = np.zeros(32)
    assert calibration_error(queries, outcome, right_about_the_long_list) == pytest.approx(0.5)


def test_what_is_not_listed_has_no_rank():
    queries, relevance = np.zeros(4, int), np.array([1, 0, 1, 1])
    listed = np.array([False, True, True, False])
    found = per_query(queries, relevance, np.array([9.0, 8.0, 7.0, 6.0]), listed=listed)
    assert found.reciprocal_rank[0] == pytest.approx(1 / 2)
    assert found.recall[0] == pytest.approx(1 / 3)
    assert found.average_precision[0] == pytest.approx(1 / 2 / 3)
    best = 1 + 1 / np.log2(3) + 1 / 2
    assert found.ndcg[0] == pytest.approx(1 / np.log2(3) / best)
    nothing = per_query(queries, relevance, np.zeros(4), listed=np.zeros(4, bool))
    assert [float(values[0]) for values in nothing] == [0, 0, 0, 0]
