"""Two bundles' lists for one query: places, moves, and what only one found, held against ranks."""

from pathlib import Path

import numpy as np
import pytest

from mmrec_core.bundle import layout, open_bundle
from mmrec_core.differences.matching import MatchedImages, matched_images
from mmrec_core.differences.two_lists import TwoLists, ranker_of_other, two_lists
from mmrec_core.serving.answers import Query, Recommendation
from mmrec_core.serving.recommender import Recommender
from tests.altered_bundles import altered
from tests.core.building.shapes import COLOURS, SHAPES

K = 4


def with_renamed(built: Path, target: Path, left_out: str) -> Path:
    """Copy a bundle with one of its images under another name."""
    items = open_bundle(built).items
    file = target.parent / "catalogue.parquet"
    renamed = items.drop(columns=["cluster", "x", "y"]).replace({left_out: "new.png"})
    renamed.to_parquet(file, index=False)
    return altered(built, target, written={layout.CATALOGUE: file.read_bytes()})


def answer(recommender: Recommender, image: str, ranker: str) -> Recommendation:
    return recommender.recommend(Query(image), k=K, ranker=ranker)


@pytest.fixture(scope="module")
def one(built: Path) -> Recommender:
    return Recommender(open_bundle(built))


@pytest.fixture(scope="module")
def query(one: Recommender) -> str:
    return one.bundle.image(0)


@pytest.fixture(scope="module")
def first(one: Recommender, query: str) -> Recommendation:
    return answer(one, query, "clip")


@pytest.fixture(scope="module")
def two(built: Path, first: Recommendation, tmp_path_factory) -> Recommender:
    """The bundle as if it called the first result of A by another name."""
    folder = tmp_path_factory.mktemp("renamed") / "bundle"
    return Recommender(open_bundle(with_renamed(built, folder, first.results[0].image)))


@pytest.fixture(scope="module")
def images(one: Recommender, two: Recommender) -> MatchedImages:
    return matched_images(one.bundle, two.bundle)


@pytest.fixture(scope="module")
def compared(
    one: Recommender, two: Recommender, images: MatchedImages, query: str, first: Recommendation
) -> TwoLists:
    return two_lists(first, answer(two, query, "bert"), images, one.relevance, K)


def test_images_are_matched_by_name(images: MatchedImages) -> None:
    total = len(COLOURS) * len(SHAPES)
    assert (images.images, images.only_a, images.only_b) == (total - 1, 1, 1)
    assert images.row_in_b[images.row_in_a[images.row_in_a >= 0]].min() >= 0


def test_each_result_has_its_place_in_both_lists(
    two: Recommender, compared: TwoLists, query: str, first: Recommendation
) -> None:
    by_name = {
        two.bundle.image(int(row)): rank
        for row, rank in zip(
            answer(two, query, "bert").candidates, answer(two, query, "bert").ranks, strict=True
        )
        if not np.isnan(rank)
    }
    for result, places in zip(first.results, compared.of_a, strict=True):
        assert (places.image, places.rank_a) == (result.image, result.rank)
        assert places.rank_b == by_name.get(result.image)
        if places.rank_b is not None:
            assert places.rise == result.rank - places.rank_b


def test_what_only_one_found_is_told_from_what_only_one_has(compared: TwoLists) -> None:
    gone = compared.of_a[0]
    assert gone.row_b is gone.rank_b is gone.rise is None
    assert gone in compared.only_a
    assert compared.shared == len(compared.of_a) - len(compared.only_a)
    assert {one.image for one in compared.only_b}.isdisjoint(one.image for one in compared.of_a)
    assert len(compared.only_b) == len(compared.of_b) - compared.shared


def test_relevance_is_that_of_a(one: Recommender, compared: TwoLists, query: str) -> None:
    labels = one.bundle.items.set_index("image")["label"]
    for places in compared.of_b:
        if places.row_a is None:
            assert places.relevant is None
        else:
            assert places.relevant == (labels[places.image] == labels[query])


def test_the_same_bundle_moves_nothing(one: Recommender, first: Recommendation) -> None:
    same = two_lists(first, first, matched_images(one.bundle, one.bundle), one.relevance, K)
    assert same.of_a == same.of_b
    assert {places.rise for places in same.of_a} == {0}


def test_the_other_bundle_answers_by_the_same_ranker_if_it_can() -> None:
    assert ranker_of_other("", "bert", ["model", "bert", "fused"]) == "bert"
    assert ranker_of_other("clip", "bert", ["model", "clip", "bert"]) == "clip"
    assert ranker_of_other("", "bert", ["model", "clip", "fused"]) == "model"
    assert ranker_of_other("model", "bert", ["clip", "fused"]) == "fused"
