"""The table of held-out queries agrees with the reported means, and with counting."""

import numpy as np
import pandas as pd
import pytest

from mmrec_core.bundle.relevance import KnownRelevance
from mmrec_core.evaluation.evaluate import measure
from mmrec_core.evaluation.query_figures import best_single, ordered, query_figures, with_difference
from mmrec_core.serving.recommender import Recommender


@pytest.mark.parametrize("k", [3, 5])
def test_its_means_are_the_reported_figures(
    recommender: Recommender, scored: pd.DataFrame, k: int
) -> None:
    table = query_figures(recommender, scored, k)
    measured = measure(scored, seed=0, k=k)
    assert len(table) == measured["queries"]
    for ranker, row in measured["rankers"].items():
        for column, metric in (
            ("ndcg", f"ndcg@{k}"), ("rr", "mrr"), ("ap", "map"), ("recall", f"recall@{k}")
        ):  # fmt: skip
            assert table[f"{ranker}_{column}"].mean() == pytest.approx(row[metric]["value"])
    best = best_single(query_figures(recommender, scored))
    assert best == measured["best_single"]
    difference = with_difference(table, best)["difference"]
    above = measured["rankers"]["model"][f"ndcg@{k}_above"][best]["value"]
    assert difference.mean() == pytest.approx(above)


def test_recall_of_candidates_counts_the_whole_collection(
    recommender: Recommender, scored: pd.DataFrame
) -> None:
    table = query_figures(recommender, scored).set_index("query")
    for query in table.index[:20]:
        relevant = recommender.relevance.relevant(int(query))
        mine = scored[(scored["query"] == query) & scored["listed"]]
        found = np.isin(relevant, mine["candidate"]).mean() if len(relevant) else np.nan
        assert table.loc[query, "relevant"] == len(relevant)
        assert table.loc[query, "candidate_recall"] == pytest.approx(found, nan_ok=True)


def test_relevant_images_are_counted_of_labels_and_of_judged_pairs() -> None:
    labels = pd.Series(["a", "b", "a", None, "a"])
    judged = pd.DataFrame(
        {"query": [2, 0, 0, 0], "candidate": [0, 0, 1, 3], "relevance": [0, 1, 1, 1]}
    )
    for known in (KnownRelevance(labels, None), KnownRelevance(None, judged)):
        queries = np.array([0, 1, 2, 3])
        assert known.count(queries).tolist() == [len(known.relevant(query)) for query in range(4)]
    assert KnownRelevance(None, None).count(np.array([0, 1])).tolist() == [0, 0]


def test_what_has_no_value_comes_last_in_either_direction() -> None:
    table = pd.DataFrame({"query": [1, 2, 3, 4], "clip_ndcg": [0.5, np.nan, 0.1, 0.5]})
    assert ordered(table, "clip_ndcg")["query"].tolist() == [3, 1, 4, 2]
    assert ordered(table, "clip_ndcg", descending=True)["query"].tolist() == [1, 4, 3, 2]


def test_without_a_trained_ranker_there_is_no_difference(
    recommender: Recommender, scored: pd.DataFrame
) -> None:
    cosines = scored[[name for name in scored if not str(name).startswith("model_")]]
    table = with_difference(query_figures(recommender, cosines), "clip")
    assert "difference" not in table
    assert query_figures(recommender, scored[:0]).empty
