"""Which rankers pass, and that the comparison sees no query that a ranker was trained on."""

import numpy as np
import pandas as pd
import pytest

from mmrec_core.bundle import Bundle
from mmrec_core.evaluation.bootstrap import Estimate
from mmrec_core.verdicts.gate import FOLDS, MARGIN, cross_fit, parts, refusal
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
    assert gate.refusal is None


def test_a_handful_of_queries_is_too_few(pairs: pd.DataFrame):
    few = pairs[pairs["split"] != "test"].groupby("split")["query"].unique()
    kept = np.concatenate([queries[:4] for queries in few])
    gate = cross_fit(pairs[pairs["query"].isin(kept)], seed=0)
    assert "too few queries" in (gate.refusal or "")
