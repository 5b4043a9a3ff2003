"""Training a ranker: its calibration and thresholds count queries, not pairs."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mmrec_core.bundle import Bundle
from mmrec_core.ranker.model import RANKERS, Ranker, all_scores
from mmrec_core.ranker.pair_features import NAMES
from mmrec_core.ranker.query_weights import query_weights
from mmrec_core.ranker.training import best_threshold, fit_ranker, platt_scaling


@pytest.fixture(scope="module")
def pairs(demo: Bundle) -> pd.DataFrame:
    return demo.pairs[demo.pairs["query"] % 4 == 0]


@pytest.fixture(scope="module")
def trained(pairs: pd.DataFrame) -> Ranker:
    ranker = fit_ranker(pairs, seed=0)
    assert ranker is not None
    return ranker


def test_on_validation_queries_the_mean_probability_is_the_share_that_is_relevant(pairs, trained):
    validation = pairs[pairs["split"] == "validation"]
    weights = query_weights(validation["query"].to_numpy())
    scores = all_scores(trained.model, validation[list(NAMES)].to_numpy(np.float32))
    for name in RANKERS:
        scored = ~np.isnan(scores[name])
        probability = trained.calibration[name].probability(scores[name][scored])
        relevance = validation["relevance"].to_numpy()[scored]
        assert weights[scored] @ (probability - relevance) == pytest.approx(0, abs=1e-2)


def test_pairs_given_again_change_neither_calibration_nor_threshold():
    generator = np.random.default_rng(0)
    queries = np.repeat(np.arange(40), 12)
    relevance = (generator.random(480) < 0.3).astype(int)
    scores = relevance + generator.normal(size=480)
    twice = np.concatenate([np.arange(480), np.tile(np.flatnonzero(queries < 5), 9)])

    def fitted(rows: np.ndarray) -> tuple[float, float, float]:
        weights = query_weights(queries[rows])
        calibration = platt_scaling(scores[rows], relevance[rows], weights)
        probability = calibration.probability(scores[rows])
        threshold = best_threshold(probability, relevance[rows], weights)
        return calibration.slope, calibration.intercept, threshold

    assert fitted(twice) == pytest.approx(fitted(np.arange(480)), rel=1e-3)


def test_every_ranker_has_a_threshold_that_outlives_the_file(trained: Ranker, tmp_path: Path):
    model, settings = tmp_path / "model.cbm", tmp_path / "ranker.json"
    trained.save(model, settings)
    assert set(trained.thresholds) == set(RANKERS)
    assert all(0 < value < 1 for value in trained.thresholds.values())
    assert (
        Ranker.load(lambda name: Path(name).read_bytes(), str(model), str(settings)).thresholds
        == trained.thresholds
    )


def test_a_ranker_that_scored_nothing_has_a_calibration_and_a_threshold():
    nothing, relevance, weights = np.full(4, np.nan), np.array([1, 0, 0, 0]), np.ones(4)
    calibration = platt_scaling(nothing, relevance, weights)
    assert calibration.probability(np.array([3.0]))[0] == pytest.approx(1 / 3)
    assert best_threshold(calibration.probability(nothing), relevance, weights) == 0.5


def test_pairs_of_one_kind_train_no_ranker(pairs: pd.DataFrame):
    assert fit_ranker(pairs.assign(relevance=1), seed=0) is None
    assert fit_ranker(pairs[pairs["split"] != "validation"], seed=0) is None
