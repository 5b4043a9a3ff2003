"""Draws go by names alone: the same on every machine, and whatever else is there."""

import numpy as np
import pandas as pd
import pytest

from mmrec_core.inputs import judgements
from mmrec_core.inputs.judgements import PAIRS_A_QUERY, TRAIN, label_pairs, queries_by_label
from mmrec_core.inputs.name_draws import uniform_by_name, uniform_by_pair

NAMES = [f"set/{place}.jpg" for place in range(5000)]


def correlation(first: np.ndarray, second: np.ndarray) -> float:
    return float(np.corrcoef(first, second)[0, 1])


def test_draws_are_even_and_each_purpose_has_its_own():
    drawn = uniform_by_name(NAMES, "fold", 0)
    assert np.histogram(drawn, 10, (0, 1))[0].min() > 400
    for other in (("fold", 1), ("validation", 0), ("fold", "0", 0)):
        assert abs(correlation(drawn, uniform_by_name(NAMES, *other))) < 0.05


def test_the_two_ways_round_of_a_pair_are_drawn_apart():
    drawn = uniform_by_name(NAMES, "pair", 0)
    there = uniform_by_pair(drawn[0], drawn[1:])
    back = np.concatenate([uniform_by_pair(one, drawn[:1]) for one in drawn[1:]])
    assert abs(correlation(there, back)) < 0.05
    assert abs(correlation(there, uniform_by_pair(drawn[1], drawn[1:]))) < 0.05


def test_a_few_images_less_leave_nearly_all_pairs_of_a_query():
    labels = np.array(["a", "b"] * 500)
    split = np.full(1000, TRAIN)
    drawn = uniform_by_name(NAMES[:1000], "pair", 0)
    candidates = np.arange(1, 1000)
    rows, relevance = label_pairs(0, candidates, labels, split, drawn)
    assert len(rows) == PAIRS_A_QUERY
    assert relevance.tolist() == (rows % 2 == 0).astype(int).tolist()
    fewer, _ = label_pairs(0, candidates[candidates % 100 != 7], labels, split, drawn)
    assert len({*rows} & {*fewer}) >= 0.97 * PAIRS_A_QUERY


def test_a_few_images_less_leave_nearly_all_queries(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(judgements, "MOST_QUERIES", 300)
    drawn = uniform_by_name(NAMES, "query", 0)
    labels = pd.Series(["a", "b"] * 2500)
    queries = queries_by_label(labels, drawn)
    kept = np.flatnonzero(np.arange(5000) % 100 != 7)
    fewer = kept[queries_by_label(labels.iloc[kept].reset_index(drop=True), drawn[kept])]
    assert len(queries) == len(fewer) == 300
    assert len({*queries} & {*fewer}) >= 0.97 * 300
