"""Figures as a table."""

import numpy as np

from mmrec_core.evaluation.evaluate import evaluate_rankers
from mmrec_core.evaluation.metrics_table import metrics_table


def test_the_table_holds_each_metric_with_its_interval(demo):
    table = metrics_table(demo.metrics)
    measured = demo.metrics["rankers"]["fused"]["ndcg@5"]
    assert table.loc["fused", "ndcg@5"].to_dict() == measured
    assert "ndcg@5_above" not in table


def test_without_held_out_pairs_the_table_is_empty(demo):
    none = demo.pairs[demo.pairs["split"] == "train"]
    assert metrics_table(evaluate_rankers(none, None, seed=0)).empty


def test_a_metric_that_is_not_defined_is_missing():
    missing = {"value": None, "low": None, "high": None}
    table = metrics_table({"rankers": {"clip": {"auc": missing}}})
    assert np.isnan(table.loc["clip", ("auc", "value")])
