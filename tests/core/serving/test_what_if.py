"""What if: the ranker's own score and place of altered pairs, never beyond what training saw."""

import numpy as np
import pytest

from mmrec_core.errors import QueryError
from mmrec_core.ranker.dependence import dependence, training_ranges
from mmrec_core.ranker.pair_features import FEATURES, NAMES
from mmrec_core.serving.answers import Query, Recommendation, ScoredQuery
from mmrec_core.serving.recommender import Recommender
from mmrec_core.serving.what_if import what_if

PICTURE = "animals/birds/magpie.png"


@pytest.fixture(scope="module")
def scored(recommender: Recommender) -> ScoredQuery:
    return recommender.score(Query(PICTURE))


@pytest.fixture(scope="module")
def answer(recommender: Recommender, scored: ScoredQuery) -> Recommendation:
    return recommender.answer(scored, k=20, collapse=0.9)


def test_without_a_change_it_is_the_result_as_it_is_listed(recommender, scored, answer):
    for result in answer.results:
        same = what_if(recommender, scored, answer, result.index, {})
        assert same.score == pytest.approx(result.score)
        assert same.probability == pytest.approx(result.probability)
        assert same.place == result.rank
        assert same.of == np.nanmax(answer.ranks)


def test_the_features_of_another_pair_give_its_score_and_its_place(recommender, scored, answer):
    above, below = answer.results[2], answer.results[9]
    moved = what_if(recommender, scored, answer, below.index, above.features)
    assert moved.score == pytest.approx(above.score)
    assert moved.place in (3, 4)  # a tie, which rows decide
    sunk = what_if(recommender, scored, answer, above.index, below.features)
    assert sunk.place in (9, 10)


def test_only_the_trained_ranker_weighs_features(recommender, scored):
    with pytest.raises(QueryError, match="model"):
        what_if(recommender, scored, recommender.answer(scored, ranker="clip"), 3, {})


def test_dependence_keeps_to_the_training_pairs_and_moves_one_way(
    demo, recommender, scored, answer
):
    ranges = training_ranges(demo.pairs)
    train = demo.pairs[demo.pairs["split"] == "train"]
    assert ranges["rank"].whole
    assert not ranges["clip_cosine"].whole
    result = answer.results[4]
    pair = np.array([result.features[name] for name in NAMES], dtype=np.float32)
    for feature in FEATURES:
        extent = ranges[feature.name]
        assert extent.low == pytest.approx(train[feature.name].min())
        assert extent.high == pytest.approx(train[feature.name].max())
        line = dependence(recommender.ranker.model, pair, scored.features, feature.name, extent)
        own = float(pair[NAMES.index(feature.name)])
        assert line.values[0] == min(extent.low, own)
        assert line.values[-1] == max(extent.high, own)
        assert (feature.trend * np.diff(line.scores) >= -1e-6).all()
        assert (feature.trend * np.diff(line.average) >= -1e-6).all()
        assert line.scores[line.values == own] == pytest.approx(result.score)


def test_the_average_is_that_of_the_other_pairs_scored_one_by_one(
    demo, recommender, scored, answer
):
    others = scored.features[::15]
    pair = scored.features[0]
    extent = training_ranges(demo.pairs)["bert_cosine"]
    line = dependence(recommender.ranker.model, pair, others, "bert_cosine", extent)
    value = {"bert_cosine": line.values[7]}
    each = [
        what_if(recommender, scored, answer, int(row), value).score
        for row in scored.candidates[::15]
    ]
    assert line.average[7] == pytest.approx(np.mean(each))
