"""Which rankers pass, and that the comparison sees no query that a ranker was trained on."""

import numpy as np
import pandas as pd
import pytest

from mmrec_core.bundle import Bundle
from mmrec_core.evaluation.bootstrap import Estimate
from mmrec_core.verdicts.gate import (
    BUILD,
    FOLDS,
    MARGIN,
    NEW,
    SINGLE,
    cross_fit,
    decided,
    parts,
    refusal,
)
from mmrec_core.verdicts.training_pairs import as_built


@pytest.fixture(scope="module")
def pairs(demo: Bundle) -> pd.DataFrame:
    return as_built(demo.pairs[demo.pairs["query"] % 6 == 0]).reset_index(drop=True)


@pytest.mark.parametrize(
    ("value", "low", "says"),
    [
        (0.02, 0.01, None),
        (0.01, -MARGIN / 2, None),
        (0.0, 0.0, None),
        (-0.0001, -0.001, "ranks worse"),
        (-0.03, -0.05, "ranks worse"),
        (0.001, -MARGIN, "too few queries to rule out"),
        (None, None, "too few queries"),
    ],
)
def test_a_ranker_passes_that_loses_nothing_and_surely_no_more_than_the_margin(value, low, says):
    refused = refusal(Estimate(value=value, low=low, high=None if value is None else 0.1))
    assert refused is None if says is None else says in (refused or "")


def test_training_and_comparison_share_no_query_on_either_side(pairs: pd.DataFrame):
    known = pairs[pairs["split"] != "test"]
    seen = np.zeros(len(known), dtype=int)
    for own, rest in parts(known, seed=0):
        queries = set(known.loc[own, "query"])
        assert not queries & {*known.loc[rest, "query"], *known.loc[rest, "candidate"]}
        assert set(known.loc[own, "split"]) == set(known.loc[rest, "split"])
        assert own.sum() > len(known) / FOLDS / 2
        seen += own
    assert (seen == 1).all()


def test_verdicts_that_agree_with_the_build_pass_whatever_is_held_out(pairs: pd.DataFrame):
    otherwise = pairs.copy()
    held_out = otherwise["split"] == "test"
    otherwise.loc[held_out, "relevance"] = 1 - otherwise.loc[held_out, "relevance"]
    gate = cross_fit(otherwise, seed=0)
    with_relevant = pairs[~held_out & (pairs["relevance"] == 1)]
    assert gate.queries == with_relevant["query"].nunique()
    assert gate.difference == {"value": 0, "low": 0, "high": 0}
    assert gate.best_single in SINGLE
    assert gate.above_single == gate.build_above_single
    assert gate.refusal is None


def test_a_handful_of_queries_is_too_few(pairs: pd.DataFrame):
    few = pairs[pairs["split"] != "test"].groupby("split")["query"].unique()
    kept = np.concatenate([queries[:4] for queries in few])
    gate = cross_fit(pairs[pairs["query"].isin(kept)], seed=0)
    assert "too few queries" in (gate.refusal or "")


def scored(places: dict[str, int]) -> pd.DataFrame:
    """Return scores of 40 queries of ten pairs, with the relevant one at a ranker's place."""
    table = pd.DataFrame({"query": np.repeat(np.arange(40), 10), "relevance": [1, *[0] * 9] * 40})
    for ranker in (BUILD, NEW, *SINGLE):
        others = np.delete(np.arange(10, 0, -1), places.get(ranker, 9))
        table[ranker] = np.tile([10 - places.get(ranker, 9), *others], 40).astype(float)
    return table


@pytest.mark.parametrize(
    ("build", "new", "says"),
    [(1, 0, None), (2, 2, "neither is the build's"), (1, 2, "the build's is")],
)
def test_a_ranker_below_the_best_single_one_is_warned_of_and_not_refused_for_that(
    build: int, new: int, says: str | None
):
    gate = decided(scored({BUILD: build, NEW: new, "bert": 2, "fused": 4}), folds=5, seed=0)
    assert (gate.queries, gate.best_single) == (40, "bert")
    assert (gate.warning is None) if says is None else says in (gate.warning or "")
    assert (gate.above_single["value"] > 0) == (says is None)
    assert (gate.refusal is None) == (new <= build)
    assert np.isclose(
        gate.above_single["value"] - gate.build_above_single["value"], gate.difference["value"]
    )
