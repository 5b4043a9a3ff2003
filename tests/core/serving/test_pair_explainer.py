"""Regions and words of a pair: they add up to the cosines and to the score of every ranker."""

import numpy as np
import pytest
from PIL import Image

from mmrec_core.attribution import LEARNED, aligned
from mmrec_core.bundle import Bundle
from mmrec_core.inputs.images import decode
from mmrec_core.serving.answers import Query
from mmrec_core.serving.pair_explainer import PairExplainer
from mmrec_core.serving.recommender import Recommender

MAGPIE = "animals/birds/magpie.png"


@pytest.fixture(scope="module")
def explainer(recommender: Recommender) -> PairExplainer:
    return PairExplainer(recommender)


def queries(demo: Bundle) -> list[Query]:
    uploaded = decode(demo.thumbnail_path(40)).rotate(20)
    return [
        Query(MAGPIE),
        Query(MAGPIE, "A black cat, asleep."),
        Query(uploaded),
        Query(uploaded, "Поющий динозавр"),
        Query(text="A red flower"),
        Query(text="Красный цветок"),
    ]


@pytest.mark.parametrize("which", range(6))
def test_regions_and_words_add_up_to_every_rankers_score(demo, recommender, explainer, which):
    query = queries(demo)[which]
    scored = recommender.score(query)
    for ranker in scored.scores:
        for result in recommender.answer(scored, ranker=ranker, k=3).results:
            parts = explainer.explain(query, scored, result)
            for side in (parts.query_side, parts.candidate_side):
                total = parts.base + sum(parts.numbers.values()) + side.total
                assert abs(total - result.score) < 1e-6


@pytest.mark.parametrize("which", range(6))
def test_pairs_of_parts_add_up_to_the_cosines(demo, recommender, explainer, which):
    query = queries(demo)[which]
    scored = recommender.score(query)
    for result in recommender.answer(scored, ranker="fused", k=3).results:
        parts = explainer.explain(query, scored, result)
        known = {name for name in parts.alignments if not np.isnan(result.features[name])}
        assert known == set(parts.alignments)
        for name, alignment in parts.alignments.items():
            # Of a learned likeness it is deviations, a tenth of a cosine each.
            off = 1e-2 if name in LEARNED else 1e-3
            assert abs(alignment.total - result.features[name]) < off


def test_a_cosine_ranker_is_divided_whole(recommender, explainer):
    query = Query(MAGPIE)
    scored = recommender.score(query)
    result = recommender.answer(scored, ranker="clip").results[0]
    parts = explainer.explain(query, scored, result)
    assert parts.factors == {"clip_cosine": pytest.approx(1, abs=1e-4)}
    assert not parts.number_groups
    assert parts.query_side.words.tolist() == [0] * len(parts.query_side.words)


def test_learned_likenesses_are_divided_too(recommender, explainer):
    query = Query(MAGPIE)
    scored = recommender.score(query)
    parts = explainer.explain(query, scored, recommender.answer(scored).results[0])
    assert set(LEARNED) <= set(parts.factors)
    assert not set(LEARNED) & set(parts.numbers)
    alone = parts.matrix({"learned_image_standardised": 1})
    assert parts.query_side_of(alone).regions.any()
    assert not parts.query_side_of(alone).words.any()


def test_what_is_of_more_than_two_images_stays_a_number(recommender, explainer):
    query = Query(MAGPIE)
    scored = recommender.score(query)
    result = recommender.answer(scored).results[0]
    numbers = explainer.explain(query, scored, result).numbers
    of_many = ("rank", "same_cluster", "neighbour_relevance", "image_shared_neighbours")
    assert all(numbers[name] == result.contributions.features[name] for name in of_many)


def test_the_half_that_shows_the_other_picture_is_what_is_alike(demo, recommender, explainer):
    encoder = recommender.encoder
    shown = decode(demo.thumbnail_path(demo.index_of(MAGPIE))).resize((200, 200))
    both = Image.new("RGB", (400, 200), "white")
    both.paste(Image.effect_noise((200, 200), 60).convert("RGB"), (0, 0))
    both.paste(shown, (200, 0))
    first, second = (
        explainer.parts(image, None, encoder.vectors(encoder.image_vector(image), None).normalised)
        for image in (both, shown)
    )
    heat = aligned(first, second)["clip_cosine"].by_query[:-1].reshape(9, 9)
    assert heat[:, 5:].sum() > heat[:, :4].sum()


def test_a_thumbnail_that_is_gone_is_said(recommender, built, tmp_path):
    import shutil

    from mmrec_core.bundle import open_bundle
    from mmrec_core.errors import BundleError

    copy = shutil.copytree(built, tmp_path / "copy")
    bundle = open_bundle(copy)
    ranks = Recommender(bundle)
    query = Query(bundle.image(0))
    scored = ranks.score(query)
    result = ranks.answer(scored, ranker="clip").results[0]
    bundle.thumbnail_path(0).write_bytes(b"no picture")
    with pytest.raises(BundleError, match="regions of this picture"):
        PairExplainer(ranks).explain(query, scored, result)
