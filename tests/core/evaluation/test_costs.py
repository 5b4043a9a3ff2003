"""The threshold by cost: the cheapest of all on validation queries, measured on others."""

import numpy as np
import pandas as pd
import pytest

from mmrec_core.bundle import Bundle
from mmrec_core.evaluation.costs import (
    cheapest_threshold,
    cost_of_queries,
    costs,
    validation_pairs,
)
from mmrec_core.serving.recommender import Recommender


@pytest.fixture(scope="module")
def tables(recommender: Recommender, scored: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    return validation_pairs(recommender), scored


def columns(table: pd.DataFrame, ranker: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return (
        table["query"].to_numpy(),
        table["relevance"].to_numpy(),
        table[f"{ranker}_probability"].to_numpy(),
    )


@pytest.mark.parametrize("ranker", ["model", "clip"])
@pytest.mark.parametrize("ratio", [0.2, 1.0, 7.5])
def test_no_other_threshold_is_cheaper_on_the_validation_queries(
    tables: tuple[pd.DataFrame, pd.DataFrame], ranker: str, ratio: float
) -> None:
    queries, relevance, probability = columns(tables[0], ranker)
    chosen = cheapest_threshold(queries, relevance, probability, ratio)

    def cost(threshold: float) -> float:
        return cost_of_queries(queries, relevance, probability >= threshold, ratio).mean()

    assert cost(chosen) <= min(cost(step / 100) for step in range(1, 100)) + 1e-9


def test_with_true_probabilities_it_is_that_of_the_bayes_risk() -> None:
    generator = np.random.default_rng(0)
    probability = generator.random(400_000)
    relevance = (generator.random(400_000) < probability).astype(int)
    queries = np.arange(400_000) // 20
    for ratio in (0.5, 1.0, 4.0):
        chosen = cheapest_threshold(queries, relevance, probability, ratio)
        assert chosen == pytest.approx(1 / (1 + ratio), abs=0.03)


def test_it_is_measured_on_queries_that_did_not_choose_it(
    demo: Bundle, tables: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    validation, held_out = tables
    found = costs(validation, held_out, "model", 3.0, present=0.5, seed=0)
    splits = demo.items["split"].to_numpy()
    others = held_out[splits[held_out["query"]] != "validation"]
    assert (found.queries, found.validation_queries) == (
        others["query"].nunique(),
        validation["query"].nunique(),
    )
    assert found.queries + found.validation_queries == held_out["query"].nunique()
    queries, relevance, probability = columns(others, "model")
    threshold = found.cheapest.threshold
    expected = cost_of_queries(queries, relevance, probability >= threshold, 3.0).mean()
    assert found.cheapest.cost["value"] == pytest.approx(expected)
    assert found.cheapest.cost["low"] < expected < found.cheapest.cost["high"]
    assert found.cheapest.above["value"] == 0
    share = np.mean([relevance[queries == query].mean() for query in np.unique(queries)])
    assert found.none.cost["value"] == pytest.approx(3 * share)
    assert found.all.cost["value"] == pytest.approx(1 - share)


def test_a_pair_without_a_probability_is_missed_at_any_threshold() -> None:
    queries, relevance = np.zeros(3, int), np.array([1, 1, 0])
    probability = np.array([np.nan, 0.6, 0.3])
    assert 0.3 < cheapest_threshold(queries, relevance, probability, ratio=1) <= 0.6
