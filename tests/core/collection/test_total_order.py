"""Lists of nearest images are the same however they were computed, ties included."""

import numpy as np
import pytest

from mmrec_core.building.stages.neighbours import STAGE
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import Bundle, layout
from mmrec_core.collection.candidates import Collection
from mmrec_core.collection.neighbours import LIST_LENGTH, NeighbourSearch, all_neighbours
from mmrec_core.collection.total_order import most_similar
from mmrec_core.collection.vectors import Vectors
from mmrec_core.config import make_config
from mmrec_core.files import read_array, write_array
from mmrec_core.ranker.pair_features import NAMES, pair_features
from mmrec_core.serving.recommender import Recommender

N, IMAGE_DIM, TEXT_DIM = 240, 96, 384


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    """Six captions for 240 images, and every picture four times."""
    generator = np.random.default_rng(0)
    pictures = generator.normal(size=(N // 4, IMAGE_DIM)).astype(np.float32)
    captions = generator.normal(size=(6, TEXT_DIM)).astype(np.float32)
    image = np.tile(pictures, (4, 1))
    text = captions[generator.integers(0, 6, N)]
    text[[5, 77]] = np.nan
    return Vectors(image, image, text)


def collection_of(vectors: Vectors, lists: np.ndarray) -> Collection:
    dimensions = vectors.clip_image.shape[1] + vectors.bert_text.shape[1]
    cluster_of = np.zeros(len(vectors), dtype=np.int32)
    return Collection.of(vectors, cluster_of, np.zeros((1, dimensions), np.float32), lists)


def test_lists_of_copies_are_one_however_many_are_computed_at_a_time(vectors):
    unit = vectors.halved
    built = all_neighbours(unit)
    for chunk in (1, 2, 7, 64):
        np.testing.assert_array_equal(all_neighbours(unit, chunk=chunk), built)
    deep = NeighbourSearch(unit).lists(np.arange(N), 64)
    np.testing.assert_array_equal(deep[..., : built.shape[-1]], built)


def test_the_build_writes_the_lists_that_are_computed_anew(vectors, tmp_path):
    work = Workspace(make_config(images=tmp_path, out=tmp_path / "bundle"))
    halves = vectors.halved
    for name, array in zip(
        layout.UNIT, (halves.clip_image, halves.clip_text, halves.bert_text), strict=False
    ):
        write_array(work.path / name, array)
    STAGE.run(work.of(STAGE))
    lists = all_neighbours(vectors.halved, chunk=31)
    np.testing.assert_array_equal(read_array(work.path / layout.NEIGHBOURS), lists)


def test_a_query_placed_anew_has_the_list_of_the_build(vectors):
    built = all_neighbours(vectors.halved)
    collection = collection_of(vectors, built)
    for row in range(N):
        placed = collection.place(vectors.rows(slice(row, row + 1)), row)
        np.testing.assert_array_equal(placed.neighbours, built[row, :, :LIST_LENGTH])


def test_of_equally_near_images_the_lower_rows_are_listed(vectors):
    built = all_neighbours(vectors.halved)
    caption = vectors.bert_text
    for row in (0, 100, 239):
        alike = np.flatnonzero((caption == caption[row]).all(axis=1))
        assert built[row, 1].tolist() == alike[alike != row][:21].tolist()
        copies = [other for other in range(row % 60, N, 60) if other != row]
        assert built[row, 0, :3].tolist() == copies


def test_hidden_images_leave_the_lists_that_there_would_be_without_them(vectors):
    unit, hidden = vectors.halved, np.arange(0, N, 3)
    collection = collection_of(vectors, all_neighbours(unit))
    deep = NeighbourSearch(unit).lists(np.arange(N), 40)
    anew = collection.hiding(hidden)
    np.testing.assert_array_equal(collection.hiding(hidden, deep).neighbours, anew.neighbours)
    placed = anew.place(vectors.rows(slice(1, 2)), 1)
    np.testing.assert_array_equal(placed.neighbours, anew.neighbours[1, :, :LIST_LENGTH])


def test_exact_candidates_among_copies_are_the_lower_rows(vectors):
    same = Vectors(*(np.repeat(v[:1], 9, axis=0) for v in (vectors.clip_image,) * 3))
    collection = collection_of(same, all_neighbours(same.halved))
    assert collection.exact_candidates(collection.place_row(2), 4).tolist() == [0, 1, 3, 4]


def test_products_too_close_to_tell_are_settled_by_the_exact_similarity():
    products = np.array([[0.5, 0.5 + 1e-6, 0.9, 0.5 - 1e-6, 0.2, -np.inf]], dtype=np.float32)
    exact = np.array([0.5, 0.4, 0.9, 0.5, 0.2, np.nan])
    lists = [most_similar(products, size, lambda _, c: exact[c])[0].tolist() for size in (2, 3, 7)]
    assert lists == [[2, 0], [2, 0, 3], [2, 0, 3, 1, 4, -1, -1]]


def test_lists_of_the_demo_are_those_of_its_images_placed_as_queries(demo: Bundle):
    collection = Recommender(demo).collection
    lists = all_neighbours(collection.unit)
    for row in range(0, len(demo.items), 5):
        placed = collection.place(collection.vectors.rows(slice(row, row + 1)), row)
        np.testing.assert_array_equal(placed.neighbours, lists[row, :, :LIST_LENGTH])


def test_copies_share_their_rank_among_the_candidates(vectors):
    collection = collection_of(vectors, all_neighbours(vectors.halved))
    query = collection.place_row(0)
    for count in (170, 171, 173, N):
        candidates = np.arange(1, count)
        features = pair_features(collection, query, candidates, candidates)
        places = candidates % 60
        for copies in (places == place for place in range(60)):
            assert len(set(features[copies, NAMES.index("image_rank")])) == 1
