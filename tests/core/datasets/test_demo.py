"""What the demo bundle promises, on held-out queries and through the recommender."""

import numpy as np
import pytest

from mmrec_core.bundle import Bundle
from mmrec_core.datasets.demo import ENCODER_NOTE, demo_config
from mmrec_core.errors import InputError, QueryError
from mmrec_core.evaluation.evaluate import evaluate_bundle
from mmrec_core.inputs.images import decode
from mmrec_core.inputs.judgements import TEST
from mmrec_core.ranker.model import RANKERS
from mmrec_core.ranker.pair_features import NAMES, pair_features
from mmrec_core.serving.recommender import Query, Recommender
from mmrec_core.serving.scoring import load_query

PICTURE = "animals/birds/magpie.png"


@pytest.fixture(scope="module")
def recommender(demo: Bundle) -> Recommender:
    return Recommender(demo)


@pytest.fixture(scope="module")
def metrics(recommender: Recommender) -> dict:
    return evaluate_bundle(recommender)


def test_the_model_is_above_every_cosine(metrics):
    rankers = metrics["rankers"]
    for baseline in ("clip", "bert", "fused"):
        for metric in ("auc", "ndcg@5"):
            assert rankers["model"][metric]["value"] > rankers[baseline][metric]["value"]
    assert rankers["model"]["auc"]["low"] > 0.85


def test_probabilities_are_calibrated(metrics):
    assert metrics["rankers"]["model"]["calibration_error"]["value"] < 0.05


def test_captions_find_their_held_out_pictures(metrics):
    assert metrics["text_to_image"]["gallery"] == 100
    assert metrics["text_to_image"]["recall@5"]["value"] >= 0.60
    russian = metrics["text_to_image"]["further"]["text_ru"]
    assert russian["queries"] == metrics["text_to_image"]["queries"]
    assert russian["recall@5"]["value"] >= 0.40


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("красный цветок", "plants/flowers"),
        ("птица", "animals/birds"),
        ("a red flower", "plants/flowers"),
    ],
)
@pytest.mark.parametrize("ranker", ["clip", "bert", "fused"])
def test_a_text_finds_pictures_in_either_language(recommender, text, label, ranker):
    labels = recommender.bundle.items["label"]
    answer = recommender.recommend(Query(text=text), k=5, ranker=ranker)
    assert sum(labels.iat[result.index] == label for result in answer.results) >= 3


def test_evaluating_anew_gives_what_the_build_measured(demo, metrics):
    measured, built = (_flat(found["rankers"]) for found in (metrics, demo.metrics))
    assert measured == pytest.approx(built, abs=1e-12)


def _flat(figures: dict, prefix: str = "") -> dict[str, float]:
    flat: dict[str, float] = {}
    for name, value in figures.items():
        within = f"{prefix}/{name}"
        flat |= _flat(value, within) if isinstance(value, dict) else {within: value}
    return flat


def test_nothing_was_fitted_on_a_held_out_query_image(demo):
    held_out = np.flatnonzero(demo.items["split"] == TEST)
    fitted = demo.pairs[demo.pairs["split"] != TEST]
    assert not fitted["query"].isin(held_out).any()
    assert not fitted["candidate"].isin(held_out).any()
    assert demo.pairs[demo.pairs["split"] == TEST]["query"].isin(held_out).all()


def test_features_are_the_same_in_build_and_app(demo, recommender):
    pairs = demo.pairs[demo.pairs["split"] == TEST]
    query = int(pairs["query"].iloc[0])
    stored = pairs[pairs["query"] == query]
    placed = recommender.collection.place_row(query)
    rows = stored["candidate"].to_numpy()
    features = pair_features(
        recommender.collection,
        placed,
        rows,
        recommender.collection.candidates(placed, recommender.settings),
    )
    np.testing.assert_array_equal(features, stored[list(NAMES)].to_numpy(np.float32))


@pytest.mark.parametrize("ranker", RANKERS)
def test_every_ranker_keeps_the_contract(recommender, ranker):
    answer = recommender.recommend(Query(PICTURE), k=7, ranker=ranker)
    scores = [result.score for result in answer.results]
    images = [result.image for result in answer.results]
    assert answer.ranker == ranker
    assert [result.rank for result in answer.results] == list(range(1, 8))
    assert scores == sorted(scores, reverse=True)
    assert len(set(images)) == 7
    assert PICTURE not in images
    for result in answer.results:
        shares = result.contributions
        assert shares.base + sum(shares.groups.values()) == pytest.approx(result.score, abs=1e-6)
        assert shares.base + sum(shares.features.values()) == pytest.approx(result.score, abs=1e-6)
        assert 0 <= result.probability <= 1


def test_an_upload_of_a_known_picture_finds_it_first(recommender, demo_stamps):
    text = recommender.bundle.items["text"].iat[recommender.bundle.index_of(PICTURE)]
    answer = recommender.recommend(load_query(demo_stamps / PICTURE, text), ranker="clip")
    assert answer.results[0].image == PICTURE
    row = recommender.bundle.index_of(PICTURE)
    spread = np.ptp(recommender.bundle.map, axis=0)
    assert abs(answer.query.x - recommender.bundle.map[row, 0]) < 0.2 * spread[0]


def test_an_upload_without_text_is_ranked_by_the_model(recommender, demo_stamps):
    answer = recommender.recommend(Query(decode(demo_stamps / PICTURE)), k=5)
    assert answer.ranker == "model"
    labels = recommender.bundle.items["label"]
    birds = [labels.iat[result.index] == "animals/birds" for result in answer.results]
    assert sum(birds) >= 4
    with pytest.raises(QueryError, match="caption"):
        recommender.recommend(Query(decode(demo_stamps / PICTURE)), ranker="bert")


def test_near_duplicates_are_collapsed_into_the_better_ranked(recommender):
    plain = recommender.recommend(Query(PICTURE), k=10, ranker="clip")
    collapsed = recommender.recommend(Query(PICTURE), k=10, ranker="clip", collapse=0.6)
    gone = [image for result in collapsed.results for image in result.duplicates]
    assert gone
    assert collapsed.results[0].image == plain.results[0].image
    assert not set(gone) & {result.image for result in collapsed.results}


def test_the_query_s_own_picture_is_no_result_when_duplicates_are_collapsed(
    recommender, demo_stamps
):
    answer = recommender.recommend(load_query(demo_stamps / PICTURE, None), collapse=0.98)
    assert PICTURE in answer.query.duplicates
    assert PICTURE not in {result.image for result in answer.results}


def test_a_query_without_text_owes_nothing_to_its_text(recommender, demo_stamps):
    answer = recommender.recommend(Query(decode(demo_stamps / PICTURE)), k=5)
    for result in answer.results:
        shares = result.contributions
        assert shares.base + sum(shares.groups.values()) == pytest.approx(result.score, abs=1e-6)
        assert shares.groups["text similarity"] <= 0


def test_queries_that_cannot_be_answered_say_why(recommender, tmp_path):
    with pytest.raises(QueryError, match="no image 'nowhere"):
        recommender.recommend(Query("nowhere.png"))
    with pytest.raises(QueryError, match="no ranker 'best'"):
        recommender.recommend(Query(PICTURE), ranker="best")
    (tmp_path / "empty.png").touch()
    with pytest.raises(InputError, match="empty"):
        load_query(tmp_path / "empty.png", None)


def test_with_another_encoder_the_demo_says_nothing_of_the_offline_ones(tmp_path):
    offline, hub = (demo_config(tmp_path, name) for name in ("offline", "hub"))
    assert hub.encoders == "hub"
    assert set(offline.notes) - set(hub.notes) == {ENCODER_NOTE}
