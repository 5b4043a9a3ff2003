"""Queries come in an order that prefers differing lists, and yet estimates all queries."""

from dataclasses import replace

import numpy as np
import pytest

from mmrec_core.bundle import Bundle, open_bundle
from mmrec_core.evaluation.scored_pairs import scored_pairs
from mmrec_core.preferences.drawing import LEAST_SIZE, difference, draw, inclusion, left_system
from mmrec_core.preferences.query_lists import QueryLists, system_lists
from mmrec_core.serving.answers import Query
from mmrec_core.serving.recommender import Recommender
from tests.altered_bundles import without_pairs

SYSTEMS = ("model", "clip")
IMAGES = np.array([f"{i}.png" for i in range(200)])


def made_lists(n: int, seed: int = 0) -> QueryLists:
    """Lists of five that share from none to all of their places."""
    generator = np.random.default_rng(seed)
    first = np.argsort(generator.random((n, 20)), axis=1)[:, :5]
    second = np.where(generator.random((n, 5)) < generator.random((n, 1)), first, first + 100)
    names = np.array([f"q{seed}-{i}.png" for i in range(n)])
    return QueryLists(SYSTEMS, np.arange(n), names, first, second, IMAGES)


def test_difference_is_the_average_overlap_that_is_missing():
    """Example of Webber, Moffat and Zobel 2010, table 2: two of "abc" are among "zca"."""
    first, second = [list(map(ord, word)) for word in ("abcde", "zcavw")]
    shared = [0, 0, 2 / 3, 2 / 4, 2 / 5]
    expected = 1 - np.mean(shared)
    assert difference(np.array([first]), np.array([second]))[0] == pytest.approx(expected)
    both_short = difference(np.array([[1, -1]]), np.array([[1, -1]]))
    assert both_short.tolist() == [0]


def test_identical_lists_are_never_shown_and_all_others_are_once():
    drawing = draw(made_lists(300), seed=0)
    identical = drawing.lists.identical
    assert identical.any()
    assert set(drawing.order) == set(np.flatnonzero(~identical))
    assert len(set(drawing.order)) == len(drawing.order)
    assert (drawing.sizes[identical] == 0).all()
    assert drawing.sizes[~identical].min() >= LEAST_SIZE


def test_those_that_differ_most_tend_to_come_first_in_the_same_order_for_everybody():
    lists = made_lists(300)
    drawing = draw(lists, seed=0)
    sizes = drawing.sizes[drawing.order]
    assert sizes[:75].mean() > sizes[75:].mean()
    turned = replace(lists, systems=("clip", "model"), first=lists.second, second=lists.first)
    assert draw(turned, seed=0).order.tolist() == drawing.order.tolist()


def test_the_queries_of_a_set_come_in_the_same_order_and_stand_for_the_set_alone():
    whole = draw(made_lists(300), seed=0)
    names = [f"q0-{i}.png" for i in range(0, 300, 7)]
    some = draw(whole.lists.among([*names, "unknown.png"]), seed=0)
    assert len(some.sizes) == len(names)
    in_order = [name for name in whole.lists.names[whole.order] if name in names]
    assert some.lists.names[some.order].tolist() == in_order
    assert inclusion(some.sizes[some.order], 5, some.sizes[some.order]).sum() == pytest.approx(5)


def test_probabilities_of_being_drawn_add_up_and_are_those_that_are_seen():
    lists = made_lists(60)
    n, times = 20, np.zeros(60)
    for seed in range(2000):
        times[draw(lists, seed).order[:n]] += 1
    drawing = draw(lists, 0)
    expected = np.zeros(60)
    expected[drawing.order] = inclusion(
        drawing.sizes[drawing.order], n, drawing.sizes[drawing.order]
    )
    assert expected.sum() == pytest.approx(n)
    assert np.abs(times / 2000 - expected).max() < 0.06


def test_a_coin_gives_the_sides_and_falls_the_same_again():
    sides = [left_system(SYSTEMS, "Ann", f"q{i}", 0) for i in range(400)]
    assert sides == [left_system(("clip", "model"), "Ann", f"q{i}", 0) for i in range(400)]
    assert 160 < sides.count("model") < 240
    assert sides != [left_system(SYSTEMS, "Bob", f"q{i}", 0) for i in range(400)]


def test_lists_are_those_that_the_figures_count(demo: Bundle):
    recommender = Recommender(demo)
    scored = scored_pairs(recommender)
    lists = system_lists(recommender, scored).between(SYSTEMS, 5)
    at = len(lists.queries) // 2
    pairs = scored[(scored["query"] == lists.queries[at]) & scored["listed"]]
    first = pairs.sort_values("model_score", ascending=False, kind="stable")["candidate"][:5]
    assert lists.first[at].tolist() == first.tolist()
    images = demo.items["image"].to_numpy()
    assert lists.shown(at, "model") == tuple(images[first])


def test_without_relevance_lists_are_computed(demo_bundle, tmp_path):
    recommender = Recommender(open_bundle(without_pairs(demo_bundle, tmp_path / "bare")))
    known = system_lists(recommender, scored_pairs(recommender))
    assert set(known.of) == {"clip", "bert", "fused"}
    lists = known.between(("clip", "bert"), 10)
    assert 0 < len(lists.queries) <= 200
    answer = recommender.recommend(Query(str(lists.names[3])), k=10, ranker="bert")
    assert lists.second[3].tolist() == [result.index for result in answer.results]
