"""Images taken out of a bundle: nothing shows them any more, and the others stay as they were."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mmrec_core.bundle import Bundle, open_bundle, verify_bundle
from mmrec_core.bundle.growth import growth_of
from mmrec_core.collection.kept_metric import learned_of
from mmrec_core.collection.learned_space import LearnedSpace
from mmrec_core.collection.map_levels import levels_of, map_levels
from mmrec_core.collection.neighbours import all_neighbours
from mmrec_core.errors import InputError
from mmrec_core.evaluation.evaluate import evaluate_bundle
from mmrec_core.growing.adding import add_images
from mmrec_core.growing.removing import remove_images
from mmrec_core.ranker.pair_features import NAMES
from mmrec_core.serving.answers import Query
from mmrec_core.serving.recommender import Recommender
from tests.core.building.shapes import contents
from tests.core.growing.conftest import silent

GONE = ["red/circle.png", "blue/ring.png", "голубой/круг №1.png"]


@pytest.fixture(scope="module")
def less(grown_at: Path, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    out = Path(shutil.copytree(grown_at, tmp_path_factory.mktemp("less") / "shapes"))
    remove_images(out, GONE, say=silent)
    return open_bundle(out)


def named(bundle: Bundle, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return pairs by the names of their images."""
    names = bundle.items["image"].to_numpy()
    return pairs.assign(query=names[pairs["query"]], candidate=names[pairs["candidate"]])


def test_removed_images_are_nowhere(grown: Bundle, less: Bundle):
    assert list(verify_bundle(less.path)) == []
    assert not set(GONE) & set(less.items["image"])
    thumbnails = {grown.items["thumbnail"][grown.index_of(name)] for name in GONE}
    assert not any((less.path / name).exists() for name in thumbnails)
    recommender = Recommender(less)
    for image in less.items["image"]:
        answer = recommender.recommend(Query(image), k=len(less.items), ranker="fused")
        assert not set(GONE) & {result.image for result in answer.results}


def test_the_others_keep_vectors_clusters_pairs_and_places(grown: Bundle, less: Bundle):
    rows = [grown.index_of(name) for name in less.items["image"]]
    for name in ("clip_image", "bert_text", "cluster_of", "map"):
        assert np.array_equal(getattr(less, name), getattr(grown, name)[rows], equal_nan=True)
    for attribute in ("pairs", "cross_fitted"):
        before, after = (named(b, getattr(b, attribute)) for b in (grown, less))
        kept = ~(before["query"].isin(GONE) | before["candidate"].isin(GONE))
        pd.testing.assert_frame_equal(before[kept].reset_index(drop=True), after)


def test_judged_images_near_the_others_are_those_of_a_search_of_it_all(less: Bundle):
    kept = learned_of(less)
    assert kept is not None
    collection = Recommender(less).collection
    anew = LearnedSpace.of(kept.metric, collection.unit, collection.training_relevance)
    assert np.array_equal(kept.near_judged, anew.near_judged)


def test_without_a_pair_of_a_training_query_nothing_learned_is_kept(grown_at: Path, tmp_path: Path):
    out = Path(shutil.copytree(grown_at, tmp_path / "shapes"))
    bundle = open_bundle(out)
    queries = bundle.pairs.loc[bundle.pairs["split"] == "train", "query"].unique()
    remove_images(out, [bundle.image(int(row)) for row in queries], say=silent)
    left = open_bundle(out)
    assert list(verify_bundle(out)) == []
    assert learned_of(left) is None
    recommender = Recommender(left)
    scored = recommender.score(Query(left.image(0)))
    assert np.isnan(scored.features[:, NAMES.index("neighbour_relevance")]).all()
    assert recommender.answer(scored).results


def test_the_levels_of_the_map_are_of_what_is_left(less: Bundle):
    for found, expected in zip(levels_of(less), map_levels(np.asarray(less.map)), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_neighbour_lists_are_those_of_a_search_of_what_is_left(less: Bundle):
    unit = Recommender(less).collection.unit
    assert np.array_equal(less.neighbours, all_neighbours(unit))


def test_it_is_counted_and_still_measured(less: Bundle):
    growth = growth_of(less)
    assert growth is not None
    assert (growth.built, growth.added, growth.removed) == (30, 2, 2)
    assert [(step.added, step.removed) for step in growth.steps] == [(3, 0), (0, 3)]
    counts = less.manifest.counts
    assert (counts.images, counts.queries, counts.pairs) == (30, 28, len(less.pairs))
    assert evaluate_bundle(Recommender(less))["queries"] <= 28


def test_a_removed_image_can_be_added_again(less: Bundle, folder: Path, tmp_path: Path):
    out = Path(shutil.copytree(less.path, tmp_path / "shapes"))
    growth = add_images(out, folder, folder / "captions.csv", say=silent)
    assert growth is not None
    assert (growth.added, growth.removed) == (4, 2)
    bundle = open_bundle(out)
    assert bundle.items["text"][bundle.index_of("red/circle.png")] == "A red circle."
    assert bundle.items["thumbnail"].is_unique
    assert list(verify_bundle(out)) == []


def test_wrong_names_and_all_names_change_nothing(built: Path, before: Bundle, tmp_path: Path):
    out = Path(shutil.copytree(built, tmp_path / "shapes"))
    with pytest.raises(InputError, match=r"1 of the 2 names .* 'nothing\.png'"):
        remove_images(out, ["red/circle.png", "nothing.png"], say=silent)
    with pytest.raises(InputError, match=r"no image of .* would be left"):
        remove_images(out, before.items["image"], say=silent)
    assert contents(out) == contents(built)
    assert list(tmp_path.iterdir()) == [out]
