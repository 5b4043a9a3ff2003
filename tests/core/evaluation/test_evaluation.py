"""Curves, slices and importance of held-out pairs agree with scikit-learn and with plain loops."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest
from sklearn.metrics import average_precision_score, confusion_matrix, f1_score, roc_auc_score

from mmrec_core.bundle import Bundle
from mmrec_core.evaluation import curves
from mmrec_core.evaluation.evaluate import evaluate_bundle, summary
from mmrec_core.evaluation.importance import importance
from mmrec_core.evaluation.scored_pairs import per_query_table
from mmrec_core.evaluation.slices import FEW, query_slices, script, slice_queries, slice_table


@pytest.fixture(scope="module")
def table(demo: Bundle, scored: pd.DataFrame) -> pd.DataFrame:
    slices = query_slices(demo, scored["query"].unique())
    return slice_table(scored, slices, "model", seed=0)


def test_the_area_under_the_roc_curve_is_the_auc(scored):
    truth, scores = scored["relevance"].to_numpy(), scored["model_score"].to_numpy()
    curve = curves.roc(truth, scores)
    assert len(curve) < 520
    area = np.trapezoid(curve["tpr"], curve["fpr"])
    assert area == pytest.approx(roc_auc_score(truth, scores), abs=1e-3)


def test_the_area_under_precision_and_recall_is_the_average_precision(scored):
    truth, scores = scored["relevance"].to_numpy(), scored["fused_score"].to_numpy()
    curve = curves.precision_recall(truth, scores)
    area = (curve["precision"] * curve["recall"].diff().fillna(curve["recall"])).sum()
    assert area == pytest.approx(average_precision_score(truth, scores), abs=5e-3)
    assert curve["precision"].iloc[-1] == pytest.approx(truth.mean())


def test_bands_lie_around_the_curves(scored):
    columns = (scored[c].to_numpy() for c in ("query", "relevance", "model_score"))
    roc, precision_recall = curves.bands(*columns, seed=0)
    truth, scores = scored["relevance"].to_numpy(), scored["model_score"].to_numpy()
    for band, curve, x, y in (
        (roc, curves.roc(truth, scores), "fpr", "tpr"),
        (precision_recall, curves.precision_recall(truth, scores), "recall", "precision"),
    ):
        line = np.interp(band[x], curve[x], curve[y])
        inside = (band["low"] - 0.01 <= line) & (line <= band["high"] + 0.01)
        assert inside.mean() > 0.97
        assert (band["high"] - band["low"]).max() > 0.02


@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.99])
def test_counts_at_a_threshold_are_scikit_learns(scored, threshold):
    truth, probability = scored["relevance"].to_numpy(), scored["model_probability"].to_numpy()
    row = curves.at_thresholds(truth, probability, np.array([threshold])).iloc[0]
    called = probability >= threshold
    counts = confusion_matrix(truth, called).ravel()
    assert row[["tn", "fp", "fn", "tp"]].tolist() == counts.tolist()
    assert row["f1"] == pytest.approx(f1_score(truth, called))
    assert row["fpr"] == pytest.approx(counts[1] / (counts[0] + counts[1]))
    assert row["fnr"] == pytest.approx(counts[2] / (counts[2] + counts[3]))


def test_a_point_of_a_curve_leads_to_its_threshold():
    truth, probability = np.array([1, 1, 0, 0, 1]), np.array([0.9, 0.8, 0.7, 0.2, 0.1])
    rates = curves.at_thresholds(truth, probability, np.array([0.0, 0.3, 0.75, 0.85]))
    assert curves.threshold_at(rates, fpr=0.1, recall=0.6) == 0.75
    assert curves.threshold_at(rates, recall=1.0, precision=0.6) == 0.0
    alone = curves.at_thresholds(np.array([1, 1]), np.array([0.9, 0.8]), np.array([0.5]))
    assert curves.threshold_at(alone, fpr=0.1, recall=0.6) is None


def test_a_pair_without_a_score_is_never_called_relevant():
    found = curves.at_thresholds(np.array([1, 0]), np.array([np.nan, 0.4]), np.array([0.0]))
    assert found.loc[0, ["tp", "fp", "fn", "tn"]].tolist() == [0, 1, 1, 0]


def test_calibration_of_a_true_forecast_covers_the_diagonal():
    generator = np.random.default_rng(1)
    probability = generator.random(5_000)
    truth = (generator.random(5_000) < probability).astype(int)
    found = curves.calibration(np.arange(5_000), truth, probability)
    assert found["pairs"].tolist() == [500] * 10
    covered = (found["low"] <= found["probability"]) & (found["probability"] <= found["high"])
    assert covered.sum() >= 8
    assert (np.diff(found["probability"]) > 0).all()


def test_in_a_calibration_curve_a_query_of_many_pairs_weighs_as_one_of_few():
    queries = np.repeat([0, 1], [98, 2])
    truth = (queries == 1).astype(int)
    found = curves.calibration(queries, truth, np.full(100, 0.5), bins=1)
    assert found.loc[0, ["share", "pairs"]].tolist() == pytest.approx([0.5, 100])
    low, high = binomtest(4, 8).proportion_ci(method="wilson")
    assert found.loc[0, "low"] < low
    assert found.loc[0, "high"] > high


def test_a_histogram_counts_every_pair(scored):
    found = curves.histogram(scored["relevance"].to_numpy(), scored["model_score"].to_numpy())
    assert found["relevant"].sum() == scored["relevance"].sum()
    assert found["irrelevant"].sum() == (scored["relevance"] == 0).sum()


def test_one_class_alone_has_no_curves():
    truth, scores = np.ones(3, int), np.array([1.0, 2.0, np.nan])
    assert curves.roc(truth, scores).empty
    assert curves.precision_recall(truth, scores).empty
    assert all(band.empty for band in curves.bands(np.arange(3), truth, scores, seed=0))


def test_a_slice_is_what_its_queries_are(demo, scored, table):
    row = table[table["kind"] == "label"].iloc[0]
    queries = per_query_table(scored)
    labels = demo.items["label"].iloc[queries["query"]].to_numpy()
    inside = labels == row["value"]
    pairs = scored[scored["query"].isin(queries["query"][inside])]
    assert row["queries"] == inside.sum()
    assert row["pairs"] == len(pairs)
    assert row["auc"] == pytest.approx(roc_auc_score(pairs["relevance"], pairs["model_score"]))
    mine, rest = (queries["model_ndcg"][part].mean() for part in (inside, ~inside))
    assert row["ndcg"] == pytest.approx(mine)
    assert row["difference"] == pytest.approx(mine - rest)
    assert row["low"] < row["ndcg"] < row["high"]
    assert row["difference_low"] < row["difference"] < row["difference_high"]


def test_the_queries_of_a_slice_come_worst_first(demo, scored):
    table = per_query_table(scored).set_index("query")["model_ndcg"]
    slices = query_slices(demo, table.index.to_numpy())
    for length, members in slices.groupby("caption length").groups.items():
        found = slice_queries(scored, slices, "caption length", length, "model")
        assert found.to_dict() == pytest.approx(table[members].to_dict(), nan_ok=True)
        known = found.dropna()
        assert known.is_monotonic_increasing
        assert found.index[: len(known)].equals(known.index)


def test_every_query_is_in_one_slice_of_a_kind(demo, scored, table):
    for kind in ("cluster", "cluster size", "text", "language"):
        assert table.loc[table["kind"] == kind, "queries"].sum() == scored["query"].nunique()
        assert table.loc[table["kind"] == kind, "pairs"].sum() == len(scored)


def test_small_slices_are_marked_and_claim_no_interval(table):
    small = table[table["small"]]
    assert len(small)
    assert small[["low", "high", "difference_low", "difference_high"]].isna().all(axis=None)
    assert (table.loc[~table["small"], "queries"] >= FEW).all()


def test_captions_are_sliced_by_length_and_script(demo):
    items = demo.items.iloc[:4].assign(
        text=[None, "owl", "a long caption of seven whole words", "сова on a ветка дерева"]
    )
    bundle = _Held(items, demo.cluster_sizes)
    found = query_slices(bundle, np.arange(4))
    assert found["caption length"].tolist() == [None, "1–2", "6–10", "3–5"]
    assert found["language"].tolist() == [None, "latin", "latin", "cyrillic"]
    assert found["text"].tolist() == ["without text"] + ["with text"] * 3


class _Held:
    """A bundle's catalogue with other captions."""

    def __init__(self, items: pd.DataFrame, cluster_sizes: np.ndarray):
        self.items = items
        self.cluster_sizes = cluster_sizes


@pytest.mark.parametrize(
    ("text", "name"),
    [("owl", "latin"), ("сова", "cyrillic"), ("梟鳥", "other"), ("123 …", "other")],
)
def test_the_script_of_a_text(text, name):
    assert script(text) == name


def test_importance_tells_what_the_ranker_goes_by(demo, recommender):
    held_out = demo.pairs[demo.pairs["split"] == "test"].copy()
    found = importance(recommender.ranker, held_out, seed=0)
    assert set(found.groups["role"]) == set(found.features["role"])
    assert found.groups["contribution"].is_monotonic_decreasing
    assert found.features["contribution"].is_monotonic_decreasing
    assert found.groups["auc_drop"].max() > 0.01
    held_out["same_cluster"] = 1.0
    constant = importance(recommender.ranker, held_out, seed=0).features.set_index("feature")
    usual = found.features.set_index("feature")
    assert constant.loc["same_cluster"].contribution != usual.loc["same_cluster"].contribution


def test_the_command_lines_table_has_every_metric(recommender):
    found = summary(evaluate_bundle(recommender, k=10))
    for metric in ("AUC", "MRR", "MAP", "nDCG@5", "nDCG@10", "recall@5", "recall@10"):
        assert metric in found
    assert max(map(len, found.splitlines()[1:])) <= 80
