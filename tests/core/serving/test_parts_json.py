"""A score's regions and words as JSON: whatever is asked for, all adds up to the score."""

import json

import numpy as np
import pytest

from mmrec_core.bundle import open_bundle
from mmrec_core.serving.answer_json import recommendation_as_json
from mmrec_core.serving.answers import Query
from mmrec_core.serving.pair_explainer import PairExplainer
from mmrec_core.serving.parts_json import REGIONS, WORDS, parts_as_json
from mmrec_core.serving.recommender import Recommender

QUERIES = [Query("animals/birds/magpie.png"), Query(text="A birthday cake")]


def added(said: dict, side: str) -> float:
    """Add up what one side says, one by one wherever it is listed."""
    picture, text = (said[side][kind] or {"total": 0, "whole": 0} for kind in ("picture", "text"))
    regions = np.sum(picture["regions"]) if "regions" in picture else picture["total"]
    words = sum(w["value"] for w in text["words"]) if "words" in text else text["total"]
    numbers = said["base"] + sum(said["numbers"].values())
    return numbers + regions + picture["whole"] + words + text["whole"]


@pytest.mark.parametrize("kinds", [(REGIONS,), (WORDS,), (REGIONS, WORDS)])
@pytest.mark.parametrize("query", QUERIES, ids=["picture", "text"])
def test_what_is_asked_for_adds_up_to_every_rankers_score(recommender, query, kinds):
    explainer, scored = PairExplainer(recommender), recommender.score(query)
    for ranker in scored.scores:
        answer = recommender.answer(scored, ranker=ranker, k=3)
        parts = [explainer.explain(query, scored, result) for result in answer.results]
        said = recommendation_as_json(answer, None, [parts_as_json(each, kinds) for each in parts])
        for result in json.loads(json.dumps(said, allow_nan=False))["results"]:
            for side in ("query", "candidate"):
                assert added(result["parts"], side) == pytest.approx(result["score"], abs=1e-6)
                picture, text = result["parts"][side]["picture"], result["parts"][side]["text"]
                assert (picture is None) == (side == "query" and query.image is None)
                assert picture is None or ("regions" in picture) == (REGIONS in kinds)
                assert ("words" in text) == (WORDS in kinds)


def test_words_are_those_of_the_text_and_cosines_say_how_exact_they_are(recommender):
    query = Query("animals/birds/magpie.png", "Две  «птицы», чёрные")
    scored = recommender.score(query)
    result = recommender.answer(scored, ranker="fused").results[0]
    said = parts_as_json(PairExplainer(recommender).explain(query, scored, result))
    words = said["query"]["text"]["words"]
    assert [word["text"] for word in words] == ["Две", "«птицы»,", "чёрные"]
    assert all(query.text[word["start"] : word["end"]] == word["text"] for word in words)
    assert said["cosines"]["clip_cosine"]["exact"]
    assert said["cosines"]["clip_cosine"]["query_method"] == "sum"
    assert said["cosines"]["bert_cosine"]["factor"] == pytest.approx(0.5, abs=1e-4)
    for name, cosine in said["cosines"].items():
        assert cosine["cosine"] == pytest.approx(result.features[name], abs=1e-4)


def test_an_image_without_a_caption_has_regions_alone(built):
    bundle = open_bundle(built)
    bare = next(row for row in range(len(bundle.items)) if bundle.text(row) is None)
    recommender, query = Recommender(bundle), Query(bundle.image(bare))
    scored = recommender.score(query)
    result = recommender.answer(scored, ranker="clip").results[0]
    said = parts_as_json(PairExplainer(recommender).explain(query, scored, result))
    assert said["query"]["text"] is None
    learned = {"learned_image_standardised", "learned_image_to_text_standardised"}
    assert said["cosines"].keys() <= {"clip_cosine", "image_to_text_cosine", *learned}
    assert added(said, "query") == pytest.approx(result.score, abs=1e-6)
