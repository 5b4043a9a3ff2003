"""What a metric learns from relevant pairs, and what it must not learn from."""

import numpy as np
import pandas as pd
import pytest

from mmrec_core.building.judgements_nearby import JudgementsNearby
from mmrec_core.building.metric_learner import MetricLearner
from mmrec_core.bundle import Bundle
from mmrec_core.collection.kept_metric import learned_of
from mmrec_core.collection.learned_metric import LearnedMetric
from mmrec_core.collection.learned_space import LearnedSpace, Points
from mmrec_core.collection.training_relevance import TrainingRelevance
from mmrec_core.collection.vectors import Vectors
from mmrec_core.evaluation.metrics import auc
from mmrec_core.ranker.pair_features import LEARNED, NAMES, neighbour_relevance
from mmrec_core.serving.answers import Query
from mmrec_core.serving.recommender import Recommender

KINDS, EACH = 12, 40
N = KINDS * EACH
KIND = np.repeat(np.arange(KINDS), EACH)


@pytest.fixture(scope="module")
def made() -> Vectors:
    """Images whose kind is a quarter of what they look like; every ninth has no caption."""
    generator = np.random.default_rng(0)

    def drawn(dimensions: int) -> np.ndarray:
        of_kind = generator.normal(size=(KINDS, dimensions))[KIND]
        manner = generator.normal(size=(N, 4)) @ generator.normal(size=(4, dimensions))
        noise = generator.normal(size=(N, dimensions))
        return (of_kind + 2 * manner + noise).astype(np.float32)

    vectors = Vectors(drawn(32), drawn(32), drawn(48))
    return vectors.without_text(np.arange(0, N, 9)).halved


@pytest.fixture(scope="module")
def relevant() -> tuple[np.ndarray, np.ndarray]:
    """Pairs of one kind, of the first eight kinds alone."""
    generator = np.random.default_rng(1)
    queries = generator.integers(0, 8 * EACH, 400)
    return queries, EACH * KIND[queries] + generator.integers(0, EACH, len(queries))


@pytest.fixture(scope="module")
def judged(relevant: tuple[np.ndarray, np.ndarray]) -> TrainingRelevance:
    queries, candidates = relevant
    pairs = pd.DataFrame({"query": queries, "candidate": candidates, "relevance": 1})
    found = TrainingRelevance.of(pairs.assign(split="train"), N)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def metric(made: Vectors, relevant: tuple[np.ndarray, np.ndarray]) -> LearnedMetric:
    return known(MetricLearner(made, np.arange(N), seed=0).learn(*relevant))


def known(metric: LearnedMetric | None) -> LearnedMetric:
    assert metric is not None
    return metric


def test_kinds_that_no_pair_showed_are_told_apart(made, metric, judged):
    space = LearnedSpace.of(metric, made, judged)
    rows = np.arange(8 * EACH, N)
    learned, raw = [], []
    for row in rows:
        query = made.rows(slice(row, row + 1))
        same = (KIND[rows] == KIND[row])[rows != row]
        others = rows[rows != row]
        learned.append(auc(same, np.nansum(space.standardised(query, others, own=row), axis=0)))
        raw.append(auc(same, made.rows(others).clip_image @ query.clip_image[0]))
    assert np.mean(learned) > np.mean(raw) + 0.1


def test_cosines_are_in_deviations_over_all_images_but_the_query(made, metric, judged):
    hidden = np.arange(N) % 5 == 0
    space = LearnedSpace.of(metric, made, judged, hidden)
    points = space.shares.astype(float).sum(axis=1)
    for row, own in ((7, 7), (10, -1)):
        cosines = points @ points[row]
        counted = ~hidden & (np.arange(N) != own)
        expected = (cosines - cosines[counted].mean()) / cosines[counted].std()
        rows = np.array([3, 200, 411])
        found = space.standardised(made.rows(slice(row, row + 1)), rows, own)
        assert found.sum(axis=0) == pytest.approx(expected[rows], abs=5e-3)


def test_what_is_missing_adds_nothing_and_is_said_to_be_missing(made, metric, judged):
    rows = np.array([1, 2])
    shares = metric.shares(made.rows(rows).without_text(np.array([0]))).astype(float)
    assert np.linalg.norm(shares.sum(axis=1), axis=1) == pytest.approx(1, abs=1e-3)
    assert not shares[0, 1].any()
    space = LearnedSpace.of(metric, made, judged)
    for row in (9, 10):
        there = ~np.isnan(
            space.standardised(made.rows(slice(row, row + 1)), np.array([18, 19]), row)
        )
        caption = row != 9
        assert there[:, 0].tolist() == [True, False, False, caption]  # no caption beside it
        assert there[:, 1].tolist() == [True, caption, True, caption]


def test_judged_images_near_an_image_and_queries_near_a_query_are_found(made, metric, judged):
    asked = np.array([0, 9, 200, 470])
    space = LearnedSpace.of(metric, made, judged, rows=asked)
    points = space.shares.astype(float).sum(axis=1)
    queries = Points(space, judged.queries)
    unasked = np.setdiff1d(np.arange(N), asked)
    assert (space.near_judged[unasked] == -1).all()
    for row in asked:
        cosines = points @ points[row]
        for own, among, found in (
            (row, judged.candidates, space.near_judged[row]),
            (row, judged.queries, nearest(space, queries, made, row, row)),
            (-1, judged.queries, nearest(space, queries, made, row, -1)),
        ):
            others = among[among != own]
            best = np.sort(cosines[others])[::-1][: len(found)]
            assert set(found) <= set(others)
            assert cosines[found] == pytest.approx(best, abs=2e-3)  # rounding may swap two


def nearest(space: LearnedSpace, among: Points, made: Vectors, row: int, own: int) -> np.ndarray:
    point = space.point(made.rows(slice(row, row + 1)))
    return among.nearest(point[None], np.array([own]), 20)[0]


def test_nothing_is_learned_without_pairs_that_differ(made):
    learner, none = MetricLearner(made, np.arange(N), seed=0), np.zeros(0, dtype=int)
    assert learner.learn(none, none) is None
    assert learner.learn(np.array([4]), np.array([4])) is None
    alone = MetricLearner(made, np.array([0]), seed=0)
    assert alone.learn(np.array([1]), np.array([2])) is None


def test_a_single_pair_leaves_the_order_nearly_as_it_is(made, relevant, judged):
    learner = MetricLearner(made, np.arange(N), seed=0)
    one, other = (
        LearnedSpace.of(known(learner.learn(relevant[0][[k]], relevant[1][[k]])), made, judged)
        for k in (0, 1)
    )
    query, rows = made.rows(slice(3, 4)), np.arange(4, N)
    both = [np.nansum(space.standardised(query, rows, own=3), axis=0) for space in (one, other)]
    assert np.corrcoef(both)[0, 1] > 0.95


def test_a_query_learns_nothing_from_judgements_of_its_fold_or_of_held_out_queries(demo: Bundle):
    pairs, items = demo.pairs, demo.items
    fold = int(items.loc[items["split"] == "train", "fold"].iloc[0])
    of_fold = (items["fold"].to_numpy()[pairs[["query", "candidate"]]] == fold).any(axis=1)
    unknown = of_fold | (pairs["split"] != "train").to_numpy()
    turned = pairs.assign(relevance=np.where(unknown, 1 - pairs["relevance"], pairs["relevance"]))
    collection = Recommender(demo).collection
    seed = demo.manifest.seed
    ours, theirs = (
        JudgementsNearby(table, items, collection.unit, seed).met_by("train", fold, collection)
        for table in (pairs, turned)
    )
    assert ours.learned is not None
    assert theirs.learned is not None
    assert (ours.learned.metric.weights == theirs.learned.metric.weights).all()
    row = int(items.index[(items["fold"] == fold) & items["is_query"]][0])
    rows = np.flatnonzero(items["fold"] != fold)
    estimates = [neighbour_relevance(each, each.place_row(row), rows) for each in (ours, theirs)]
    assert (estimates[0] == estimates[1]).all()
    assert estimates[0].std() > 0


def test_a_bundle_keeps_what_its_pairs_taught(demo: Bundle):
    kept = learned_of(demo)
    assert kept is not None
    assert len(kept.shares) == len(demo.items)
    scored = Recommender(demo).score(Query(demo.image(3)))
    features = scored.features[:, [NAMES.index(name) for name in LEARNED]]
    points = kept.shares.astype(float).sum(axis=1)
    cosines = points[scored.candidates] @ points[3]
    assert np.corrcoef(np.nansum(features, axis=1), cosines)[0, 1] == pytest.approx(1, abs=1e-3)
