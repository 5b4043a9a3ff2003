"""Text queries, diversity, comparison, the end of relevance, and where relevant images are lost."""

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import kendalltau

from mmrec_core.bundle import Bundle
from mmrec_core.bundle.relevance import KnownRelevance
from mmrec_core.collection.vectors import unit
from mmrec_core.errors import QueryError
from mmrec_core.inputs.judgements import TEST
from mmrec_core.ranker.explanation import difference
from mmrec_core.ranker.model import RANKERS
from mmrec_core.ranker.pair_features import NAMES
from mmrec_core.serving.answer_json import recommendation_as_json
from mmrec_core.serving.answers import Query
from mmrec_core.serving.attribution import STAGES, attribute
from mmrec_core.serving.comparison import Comparison, compare
from mmrec_core.serving.order import diversified, ranking
from mmrec_core.serving.recommender import Recommender

PICTURE = "animals/birds/magpie.png"
CAKE = Query(text="A birthday cake.")


@pytest.fixture(scope="module")
def held_out(demo: Bundle) -> list[str]:
    items = demo.items
    return list(items.loc[(items["split"] == TEST) & items["is_query"], "image"][:12])


@pytest.fixture(scope="module")
def comparison(recommender: Recommender) -> Comparison:
    scored = recommender.score(Query(PICTURE))
    return compare(recommender, scored, ("model", "clip", "bert"), k=8, collapse=0.98)


def test_a_text_finds_what_it_names(recommender):
    for ranker in ("clip", "bert", "fused"):
        first = recommender.recommend(CAKE, ranker=ranker).results[0]
        assert "cake" in first.image
    assert recommender.recommend(CAKE).ranker == "fused"


def test_a_text_finds_what_it_would_find_in_the_whole_collection(recommender, demo):
    answer = recommender.recommend(Query(text="A red flower."), k=10, ranker="clip")
    vector = unit(recommender.encoder.text_vector("A red flower."))
    cosines = unit(demo.clip_image) @ vector
    assert [result.index for result in answer.results] == np.argsort(-cosines)[:10].tolist()


def test_a_text_is_explained_by_text_and_never_by_a_picture(recommender):
    for ranker in ("clip", "bert", "fused"):
        for result in recommender.recommend(CAKE, ranker=ranker).results:
            shares = result.contributions
            assert sum(shares.groups.values()) == pytest.approx(result.score, abs=1e-6)
            assert shares.groups["image similarity"] == 0
            assert np.isnan(result.features["clip_cosine"])
            assert not np.isnan(result.features["text_to_image_cosine"])


def test_no_probability_where_none_was_calibrated(recommender):
    for ranker in ("clip", "fused"):
        answer = recommender.recommend(CAKE, ranker=ranker)
        assert answer.threshold is None
        assert answer.end_of_relevance is None
        assert all(result.probability is None for result in answer.results)
    assert recommender.recommend(CAKE, ranker="bert").results[0].probability > 0.5


def test_rankers_say_which_queries_they_can_answer(recommender, demo):
    picture = recommender.bundle.thumbnail_path(0)
    assert recommender.rankers_for(Query(PICTURE)) == RANKERS
    assert recommender.rankers_for(CAKE) == ("clip", "bert", "fused")
    from mmrec_core.inputs.images import decode

    assert recommender.rankers_for(Query(decode(picture))) == ("model", "clip", "fused")
    with pytest.raises(QueryError, match="pairs of pictures"):
        recommender.recommend(CAKE, ranker="model")
    for empty in (Query(), Query(text="  ")):
        with pytest.raises(QueryError, match="empty"):
            recommender.recommend(empty)


def test_an_edited_caption_changes_what_captions_decide(recommender):
    edited = Query(PICTURE, "A birthday cake.")
    by_caption = recommender.recommend(edited, k=20, ranker="bert")
    assert by_caption.query.text == "A birthday cake."
    plain = recommender.recommend(Query(PICTURE), k=20, ranker="bert")
    assert by_caption.results[0].index != plain.results[0].index


def test_no_diversity_is_the_order_of_scores_and_more_spreads_pictures(recommender, held_out):
    def likeness(diversity: float) -> float:
        pictures = recommender.collection.unit.clip_image
        spread = []
        for image in held_out:
            answer = recommender.recommend(Query(image), k=10, diversity=diversity)
            rows = [result.index for result in answer.results]
            spread.append(np.triu(pictures[rows] @ pictures[rows].T, 1).sum())
        return float(np.mean(spread))

    assert likeness(0) > likeness(0.3) > likeness(0.9)
    some = recommender.recommend(Query(PICTURE), k=10, diversity=0.5)
    plain = recommender.recommend(Query(PICTURE), k=10)
    assert some.results[0].index == plain.results[0].index
    assert [result.rank for result in some.results] == list(range(1, 11))
    assert some.end_of_relevance is None
    for wrong in (-0.1, 1.1, float("nan")):
        with pytest.raises(QueryError, match="diversity"):
            recommender.recommend(Query(PICTURE), diversity=wrong)


def test_maximal_marginal_relevance_takes_the_other_picture_second():
    cosines = np.array([[1, 0.99, 0.1], [0.99, 1, 0.1], [0.1, 0.1, 1]])
    relevance = np.array([0.9, 0.89, 0.6])
    assert diversified(relevance, cosines, 0.0).tolist() == [0, 1, 2]
    assert diversified(relevance, cosines, 0.5).tolist() == [0, 2, 1]


def test_a_collapsed_candidate_has_the_rank_of_what_stands_for_it():
    pictures = unit(np.array([[1, 0], [0.1, 1], [1, 0.01], [0, 1]], dtype=np.float32))
    scores = np.array([0.9, 0.5, 0.8, np.nan])
    order = ranking(scores, pictures, np.arange(4), collapse=0.99)
    assert order.order.tolist() == [0, 1]
    assert order.collapsed == {0: [2]}
    np.testing.assert_array_equal(order.ranks, [1, 2, 1, np.nan])


def test_a_comparison_agrees_with_each_ranker_alone(recommender, comparison):
    assert list(comparison.answers) == ["model", "clip", "bert"]
    for ranker, answer in comparison.answers.items():
        alone = recommender.recommend(Query(PICTURE), k=8, ranker=ranker, collapse=0.98)
        assert [r.index for r in answer.results] == [r.index for r in alone.results]
        for result in answer.results:
            assert answer.rank_of(result.index) == result.rank


def test_a_comparison_counts_what_lists_share(comparison):
    lists = {name: {r.index for r in a.results} for name, a in comparison.answers.items()}
    assert len(comparison.agreements) == 3
    for agreement in comparison.agreements:
        first, second = agreement.rankers
        assert agreement.shared == len(lists[first] & lists[second])
        ours, theirs = (comparison.scored.scores[name] for name in agreement.rankers)
        assert agreement.correlation == pytest.approx(kendalltau(ours, theirs).statistic)
    assert comparison.agreement("bert", "model").rankers == ("model", "bert")
    for name, answer in comparison.answers.items():
        others = set().union(*(lists[other] for other in lists if other != name))
        for result in answer.results:
            assert comparison.only_here(name, result) == (result.index not in others)


def test_a_comparison_leaves_out_who_cannot_answer(recommender):
    compared = compare(recommender, recommender.score(CAKE), RANKERS, k=3)
    assert list(compared.answers) == ["clip", "bert", "fused"]


def test_relevance_ends_where_the_probability_falls_below_the_threshold(recommender, held_out):
    for image in held_out:
        answer = recommender.recommend(Query(image), k=10_000)
        end, threshold = answer.end_of_relevance, answer.threshold
        assert threshold == recommender.ranker.thresholds["model"]
        assert all(result.probability >= threshold for result in answer.results[:end])
        assert all(result.probability < threshold for result in answer.results[end:])


def test_differences_of_contributions_add_up_to_that_of_the_scores(comparison):
    for answer in comparison.answers.values():
        above, below = answer.results[0], answer.results[4]
        shares = difference(above.contributions, below.contributions)
        for parts in (shares.groups, shares.features):
            assert sum(parts.values()) == pytest.approx(above.score - below.score, abs=1e-6)


def test_an_explanation_does_not_depend_on_what_is_explained_beside_it(recommender):
    for row in range(0, len(recommender.bundle.items), 60):
        scored = recommender.score(Query(recommender.bundle.image(row)))
        few, many = (recommender.answer(scored, k=k, ranker="model").results[0] for k in (1, 40))
        assert few.contributions.features == pytest.approx(many.contributions.features, abs=1e-9)
        assert few.contributions.base == pytest.approx(many.contributions.base, abs=1e-9)
        for result in recommender.answer(scored, k=40, ranker="model").results:
            shares = result.contributions
            added = shares.base + sum(shares.features.values())
            assert added == pytest.approx(result.score, abs=1e-6)


def test_any_candidate_can_be_explained(recommender, comparison):
    scored, answer = comparison.scored, comparison.answers["model"]
    low = int(answer.candidates[np.nanargmax(answer.ranks)])
    result = recommender.result_of(scored, answer, low)
    assert result.rank == np.nanmax(answer.ranks)
    assert result.score < answer.results[-1].score
    shares = result.contributions
    assert shares.base + sum(shares.groups.values()) == pytest.approx(result.score, abs=1e-6)
    first = answer.results[0]
    assert recommender.result_of(scored, answer, first.index) is first
    assert recommender.result_of(scored, answer, scored.info.index) is None


def test_percentiles_place_a_result_among_the_candidates(comparison):
    scored, answer = comparison.scored, comparison.answers["clip"]
    nearest = answer.results[0]
    column = scored.features[:, NAMES.index("bert_cosine")]
    share = (column < nearest.features["bert_cosine"]).mean() * 100
    assert nearest.percentiles["bert_cosine"] == pytest.approx(share, abs=100 / len(column))
    assert nearest.percentiles["clip_cosine"] > 90
    assert all(0 <= value <= 100 for value in nearest.percentiles.values())


def test_every_relevant_image_is_somewhere(recommender, demo, held_out):
    labels = demo.items["label"].to_numpy()
    for image in held_out:
        query, scored = demo.index_of(image), recommender.score(Query(image))
        answer = recommender.answer(scored, k=5, ranker="model", collapse=0.98)
        attribution = attribute(recommender, scored, answer, 5)
        same = set(np.flatnonzero(labels == labels[query])) - {query}
        if attribution is None:
            assert not same
            continue
        assert attribution.held_out
        assert attribution.source == "labels"
        assert {item.index for item in attribution.items} == same
        assert sum(attribution.counts.values()) == len(same)
        candidates, near = set(scored.candidates), {c.cluster for c in answer.clusters}
        shown = {result.index for result in answer.results if result.relevance}
        assert shown <= {item.index for item in attribution.items if item.stage == "shown"}
        for item in attribution.items:
            assert (item.stage == "not found") == (item.index not in candidates)
            assert (item.cluster_place <= len(near)) == (item.cluster in near)
            assert item.stage != "ranked low" or item.rank > 5
        stages = [STAGES.index(item.stage) for item in attribution.items]
        assert stages == sorted(stages)


def test_nothing_is_known_of_a_new_query(recommender):
    scored = recommender.score(CAKE)
    assert attribute(recommender, scored, recommender.answer(scored), 5) is None


def test_judgements_are_found_by_pair(demo):
    judged = replace(demo, manifest=demo.manifest.model_copy(update={"relevance": "judged"}))
    known, pairs = KnownRelevance.of_bundle(judged), demo.pairs
    query = int(pairs["query"].iloc[700])
    theirs = pairs[pairs["query"] == query]
    relevant = theirs.loc[theirs["relevance"] == 1, "candidate"]
    assert sorted(known.relevant(query)) == sorted(relevant)
    rows = theirs["candidate"].to_numpy()[::-1]
    assert known.of(query, rows).tolist() == theirs["relevance"].to_list()[::-1]
    unknown = np.setdiff1d(np.arange(len(demo.items)), rows)[:9]
    assert np.isnan(known.of(query, unknown)).all()


def test_json_has_null_for_what_is_missing(recommender):
    content = recommendation_as_json(recommender.recommend(CAKE, k=2))
    assert json.loads(json.dumps(content, allow_nan=False)) == content
    assert content["query"] == {
        "image": None,
        "text": CAKE.text,
        "cluster": content["query"]["cluster"],
    }
    assert content["results"][0]["features"]["clip_cosine"] is None


def test_tables_hold_what_is_known_and_nothing_where_it_is_not(recommender):
    cakes = recommender.recommend(CAKE, ranker="clip").table()
    assert cakes["probability"].isna().all()
    assert cakes["relevance"].isna().all()
    answer = recommender.recommend(Query(PICTURE), k=4)
    assert answer.table()["image"].tolist() == [result.image for result in answer.results]
    assert answer.table()["probability"].between(0, 1).all()
    assert answer.contributions_table().index.tolist() == [1, 2, 3, 4]


def test_half_a_character_in_a_query_counts_as_a_question_mark(recommender):
    """Such halves come from a shell's arguments or a browser, and no tokenizer takes them."""
    encoder = recommender.encoder
    both = zip(*map(encoder.text_vectors, (["a bird \ud800"], ["a bird ?"])), strict=True)
    assert all(np.array_equal(read, plain) for read, plain in both)
    found = recommender.recommend(Query(text="a bird \ud800"), k=3)
    assert found.query.text == "a bird ?"


def test_copies_of_a_picture_are_one_at_the_strictest_threshold(recommender):
    pictures = np.repeat(recommender.collection.unit.clip_image[:40], 2, axis=0)
    ranked = ranking(np.arange(80.0), pictures, np.arange(80), collapse=1.0)
    assert sorted(ranked.collapsed) == list(range(1, 80, 2))


def test_spread_out_copies_of_a_picture_keep_the_order_of_the_list(recommender):
    pictures = np.repeat(recommender.collection.unit.clip_image[:67], 3, axis=0)
    order = ranking(np.zeros(201), pictures, np.arange(201), diversity=1).order.tolist()
    places = np.argsort(order).reshape(-1, 3)[:66]  # of the copies of each picture
    assert (np.diff(places, axis=1) > 0).all()
