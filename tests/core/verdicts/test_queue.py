"""The queue: its orders, its progress, and the next query that is left."""

import numpy as np
import pandas as pd
import pytest

from mmrec_core.bundle import Bundle
from mmrec_core.evaluation.scored_pairs import scored_pairs
from mmrec_core.serving.recommender import Recommender
from mmrec_core.verdicts import queue


@pytest.fixture(scope="module")
def scored(demo: Bundle) -> pd.DataFrame:
    recommender = Recommender(demo)
    return queue.scored_queries(recommender, scored_pairs(recommender))


@pytest.fixture(scope="module")
def figures(demo: Bundle, scored: pd.DataFrame) -> pd.DataFrame:
    return queue.all_queries(Recommender(demo), scored)


def test_recall_counts_what_never_became_a_candidate(
    demo: Bundle, scored: pd.DataFrame, figures: pd.DataFrame
) -> None:
    query = int(figures.sort_values("recall")["query"].iloc[0])
    labels = demo.items["label"]
    wanted = np.flatnonzero((labels == labels.iat[query]).to_numpy())
    listed = scored.loc[(scored["query"] == query) & scored["listed"], "candidate"]
    expected = np.isin(listed, wanted).sum() / (len(wanted) - 1)
    assert figures.set_index("query").loc[query, "recall"] == pytest.approx(expected)
    assert figures["recall"].dropna().between(0, 1).all()


def test_the_most_uncertain_query_is_the_one_nearest_to_the_threshold(
    demo: Bundle, scored: pd.DataFrame, figures: pd.DataFrame
) -> None:
    trained = Recommender(demo).ranker
    assert trained is not None
    splits = demo.items["split"].to_numpy()
    order = queue.queue(figures, splits, queue.ALL, queue.UNCERTAIN, "clip")["query"].to_numpy()

    def distance(query: int) -> float:
        first = scored[(scored["query"] == query) & (scored["clip_rank"] <= queue.FIRST)]
        return float((first["clip_probability"] - trained.thresholds["clip"]).abs().mean())

    assert distance(order[0]) <= distance(order[len(order) // 2]) <= distance(order[-1])


def test_scopes_part_the_queries_that_compare_from_those_that_train(
    demo: Bundle, figures: pd.DataFrame
) -> None:
    splits = demo.items["split"].to_numpy()
    rows = {
        scope: set(queue.queue(figures, splits, scope, queue.NDCG, "bert")["query"])
        for scope in queue.SCOPES
    }
    assert rows[queue.HELD_OUT] | rows[queue.TRAINING] == rows[queue.ALL]
    assert {splits[row] for row in rows[queue.HELD_OUT]} == {"test"}
    assert "test" not in {splits[row] for row in rows[queue.TRAINING]}
    worst = queue.queue(figures, splits, queue.ALL, queue.NDCG, "bert")["bert_ndcg"].dropna()
    assert worst.is_monotonic_increasing


def test_progress_counts_queries_and_reviewers_of_the_queue_alone() -> None:
    counts = pd.DataFrame(
        [("a", "Ann", 2), ("a", "Bob", 1), ("c", "Bob", 5), ("elsewhere", "Eve", 1)],
        columns=["query", "reviewer", "verdicts"],
    )
    done = queue.progress(counts, np.array(["a", "b", "c", "d"]), "Ann")
    assert done.graded.tolist() == [True, False, True, False]
    assert done.own.tolist() == [True, False, False, False]
    assert done.reviewers == 2


def test_parts_of_a_shared_queue_hold_each_query_once_in_whatever_order() -> None:
    images = np.array([f"animals/птица {i}.png" for i in range(300)])
    parts = np.array([queue.dealt(images, part, 3) for part in (1, 2, 3)])
    assert (parts.sum(axis=0) == 1).all()
    assert (parts.sum(axis=1) > 70).all()
    assert queue.dealt(images[::-1], 2, 3).tolist() == parts[1][::-1].tolist()


@pytest.mark.parametrize(
    ("done", "place", "expected"),
    [("1010", 0, 1), ("1010", 1, 3), ("1010", 3, 1), ("1111", 2, 2), ("1110", 3, 3), ("0", 0, 0)],
)
def test_the_next_one_left_is_searched_onwards_then_from_the_start(
    done: str, place: int, expected: int
) -> None:
    assert queue.next_open(np.array([mark == "1" for mark in done]), place) == expected


def test_a_list_has_the_order_of_the_ranker_that_never_met_the_query(demo: Bundle) -> None:
    recommender = Recommender(demo)
    held_out = scored_pairs(recommender)
    assert queue.lists_whole(recommender)
    query = int(held_out["query"].iloc[0])
    first = queue.first_listed(held_out[held_out["query"] == query], "bert", 3)
    rows = held_out[held_out["query"] == query].sort_values("bert_rank")["candidate"].iloc[:3]
    assert [candidate.row for candidate in first] == rows.tolist()
