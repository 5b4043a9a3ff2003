"""Judgements of training queries carried to like pairs, held against a plain loop."""

import numpy as np
import pandas as pd
import pytest

from mmrec_core.bundle import Bundle
from mmrec_core.collection.neighbours import LIST_LENGTH
from mmrec_core.collection.training_relevance import TrainingRelevance
from mmrec_core.inputs.images import decode
from mmrec_core.ranker.pair_features import NAMES, pairs_behind
from mmrec_core.serving.answers import Query
from mmrec_core.serving.recommender import Recommender

N = 40


@pytest.fixture
def pairs() -> pd.DataFrame:
    generator = np.random.default_rng(0)
    rows = {(int(q), int(c)) for q, c in generator.integers(0, N, (300, 2)) if q != c}
    table = pd.DataFrame(sorted(rows), columns=["query", "candidate"])
    table["relevance"] = generator.integers(0, 2, len(table)).astype(np.int8)
    return table.assign(split=np.where(table["query"] < 30, "train", "test"))


def test_an_estimate_is_that_of_a_loop_over_the_pairs_around(pairs):
    generator = np.random.default_rng(1)
    lists = np.array([generator.permutation(N)[:LIST_LENGTH] for _ in range(N)])
    lists[7, 4:] = -1
    query, rows = 3, np.array([7, 8, 39])
    estimates = TrainingRelevance.of(pairs, N).estimate(lists[query], rows, lists[rows])
    train = pairs[pairs["split"] == "train"]
    known_pairs = {(q, c): r for q, c, r in train[["query", "candidate", "relevance"]].to_numpy()}
    for row, value in zip(rows, estimates, strict=True):
        relevant, known = 2.0 * train["relevance"].mean(), 2.0
        for place, near in enumerate(lists[query]):
            theirs = [(row, 2.0), *((c, 0.8**k) for k, c in enumerate(lists[row]) if c >= 0)]
            for candidate, weight in theirs:
                if (near, candidate) in known_pairs:
                    known += 0.8**place * weight
                    relevant += 0.8**place * weight * known_pairs[near, candidate]
        assert value == pytest.approx(relevant / known)


def test_the_pairs_behind_an_estimate_add_up_to_it(demo: Bundle):
    recommender = Recommender(demo)
    known = {(q, c): r for q, c, r in demo.pairs[["query", "candidate", "relevance"]].to_numpy()}
    train = set(demo.pairs.loc[demo.pairs["split"] == "train", "query"])
    uploaded = decode(demo.thumbnail_path(40)).rotate(20)
    queries = [Query(demo.image(3)), Query(demo.image(200)), Query(uploaded)]
    for scored in map(recommender.score, queries):
        feature = scored.features[:, NAMES.index("neighbour_relevance")]
        for row, value in list(zip(scored.candidates, feature, strict=True))[::9]:
            pairs = pairs_behind(recommender.collection, scored.placed, int(row))
            assert pairs.estimate == pytest.approx(value, abs=1e-6)
            assert pairs.weights.sum() + pairs.prior == pytest.approx(1)
            assert (np.diff(pairs.weights) <= 0).all()
            assert scored.placed.row not in pairs.queries
            for query, candidate, relevance in zip(
                pairs.queries, pairs.candidates, pairs.relevance, strict=True
            ):
                assert query in train
                assert known[query, candidate] == relevance


def test_nothing_near_gives_the_average_share(pairs):
    training = TrainingRelevance.of(pairs, N)
    alone = np.full(LIST_LENGTH, -1)
    assert training.estimate(alone, np.array([2]), alone[None])[0] == pytest.approx(training.share)
    assert TrainingRelevance.of(pairs[pairs["split"] == "test"], N) is None


def test_judgements_of_held_out_queries_are_never_used(demo: Bundle):
    pairs = demo.pairs.copy()
    held_out = pairs["split"] != "train"
    pairs.loc[held_out, "relevance"] = 1 - pairs.loc[held_out, "relevance"]
    ours = Recommender(demo).collection.training_relevance
    theirs = TrainingRelevance.of(pairs, len(demo.cluster_of))
    assert (ours.relevant != theirs.relevant).nnz == 0
    assert "neighbour_relevance" in NAMES


def test_verdicts_of_a_later_training_do_not_change_the_feature(pairs):
    built = TrainingRelevance.of(pairs, N)
    folded = pairs.assign(built_relevance=pairs["relevance"], relevance=1)
    added = pd.DataFrame(
        {"query": [1], "candidate": [1], "relevance": 1, "split": "train", "built_relevance": -1}
    )
    again = TrainingRelevance.of(pd.concat([folded, added]), N)
    assert (built.relevant != again.relevant).nnz == 0
    assert (built.known != again.known).nnz == 0
