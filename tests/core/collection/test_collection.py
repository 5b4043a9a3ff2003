"""Clusters, candidates, neighbours and pair features, held against plain loops."""

import numpy as np
import pytest

from mmrec_core.collection.candidates import Collection
from mmrec_core.collection.clusters import assign, centroid_distances, fit_centroids
from mmrec_core.collection.neighbours import NeighbourSearch, all_neighbours
from mmrec_core.collection.vectors import Vectors
from mmrec_core.ranker.pair_features import NAMES, pair_features

N, IMAGE_DIM, TEXT_DIM = 80, 12, 8
TEXTLESS = np.array([3, 17, 40])
FIELDS = ("clip_image", "clip_text", "bert_text")


@pytest.fixture(scope="module")
def collection() -> Collection:
    generator = np.random.default_rng(0)
    centres = generator.normal(size=(6, 2 * IMAGE_DIM + TEXT_DIM)) * 2
    points = centres[generator.integers(0, 6, N)] + generator.normal(size=(N, centres.shape[1]))
    points = points.astype(np.float32)
    vectors = Vectors(
        points[:, :IMAGE_DIM], points[:, IMAGE_DIM : 2 * IMAGE_DIM], points[:, 2 * IMAGE_DIM :]
    ).without_text(TEXTLESS)
    unit = vectors.halved
    centroids = fit_centroids(unit, 6, seed=0)
    return Collection(vectors, assign(unit, centroids), centroids, all_neighbours(unit, chunk=7))


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


def both(collection: Collection, a: int, b: int) -> float:
    vectors = collection.vectors
    image = cosine(vectors.clip_image[a], vectors.clip_image[b])
    text = cosine(vectors.bert_text[a], vectors.bert_text[b])
    return image if np.isnan(text) else (image + text) / 2


def test_neighbours_are_the_nearest_by_both_modalities(collection):
    for row in (0, 3, 55):
        others = [other for other in range(N) if other != row]
        expected = sorted(others, key=lambda other: -both(collection, row, other))[:21]
        assert collection.neighbours[row, 2].tolist() == expected


def test_an_image_without_text_has_no_text_neighbours_and_is_nobodys(collection):
    assert (collection.neighbours[TEXTLESS, 1] == -1).all()
    assert not np.isin(TEXTLESS, collection.neighbours[:, 1]).any()


def test_candidates_are_all_images_of_the_nearest_clusters_but_the_query(collection):
    for row in (0, 17):
        placed = collection.place_row(row)
        near = np.argsort(placed.distances)[:3]
        expected = [i for i in range(N) if collection.cluster_of[i] in near and i != row]
        assert collection.cluster_candidates(placed, 3).tolist() == expected
        assert collection.cluster_of[row] == near[0]


def test_exact_candidates_are_the_nearest_by_the_sum_of_standardised_similarities(collection):
    unit, others = collection.unit, np.array([row for row in range(N) if row != 5])
    total = np.zeros(len(others))
    for mine, theirs in (
        (unit.clip_image, unit.clip_image),
        (unit.clip_text, unit.clip_image),
        (unit.clip_text, unit.clip_text),
        (unit.clip_image, unit.clip_text),
        (unit.bert_text, unit.bert_text),
    ):
        cosines = theirs[others] @ mine[5]
        total += np.nan_to_num((cosines - np.nanmean(cosines)) / np.nanstd(cosines))
    nearest = others[np.argsort(-total)[:10]]
    assert collection.exact_candidates(collection.place_row(5), 10).tolist() == sorted(nearest)


def test_what_is_hidden_is_no_candidate_and_moves_no_scale(collection):
    seen = collection.hiding(np.arange(10))
    rows = seen.exact_candidates(seen.place_row(15), N)
    assert rows.tolist() == [row for row in range(10, N) if row != 15]
    assert seen.place_row(15).similarity.means != pytest.approx(
        collection.place_row(15).similarity.means
    )


def test_distances_without_text_are_of_the_same_scale(collection):
    placed = collection.place_row(0)
    distances = centroid_distances(placed.unit.without_text(np.array([0])), collection.centroids)
    assert 0.5 < np.median(distances) / np.median(placed.distances) < 2


def test_features_are_those_of_a_plain_loop(collection):
    query = 9
    placed = collection.place_row(query)
    candidates = collection.cluster_candidates(placed, 3)
    rows = np.array([1, 3, 40, 77])
    features = pair_features(collection, placed, rows, candidates)
    vectors = collection.vectors
    for row, values in zip(rows, features, strict=True):
        feature = dict(zip(NAMES, values, strict=True))
        clip, bert = vectors.clip_image, vectors.bert_text
        assert feature["clip_cosine"] == pytest.approx(cosine(clip[query], clip[row]), abs=1e-3)
        assert feature["clip_l2"] == pytest.approx(
            np.linalg.norm(clip[query] - clip[row]), rel=1e-3
        )
        higher = sum(both(collection, query, c) > both(collection, query, row) for c in candidates)
        assert feature["rank"] == 1 + higher
        mine = collection.neighbours[query, 0, :20]
        theirs = [other for other in collection.neighbours[row, 0] if other != query][:20]
        assert feature["image_shared_neighbours"] == len(set(mine) & set(theirs))
        own, other = collection.cluster_of[[query, row]]
        assert feature["same_cluster"] == (own == other)
        if row in TEXTLESS:
            missing = ("bert_cosine", "bert_l2", "clip_text_cosine", "image_to_text_cosine")
            assert all(np.isnan(feature[name]) for name in missing)
        else:
            expected = cosine(bert[query], bert[row])
            assert feature["bert_cosine"] == pytest.approx(expected, abs=1e-3)
            expected = cosine(clip[query], vectors.clip_text[row])
            assert feature["image_to_text_cosine"] == pytest.approx(expected, abs=1e-3)


def test_features_of_a_pair_do_not_depend_on_the_pairs_beside_it(collection):
    placed = collection.place_row(9)
    candidates = collection.cluster_candidates(placed, 3)
    whole = pair_features(collection, placed, candidates, candidates)
    for place, row in enumerate(candidates):
        alone = pair_features(collection, placed, np.array([row]), candidates)
        np.testing.assert_allclose(alone[0], whole[place], rtol=1e-4, atol=1e-5)
        ranks = [NAMES.index(name) for name in ("rank", "image_rank", "text_last_rank")]
        np.testing.assert_array_equal(alone[0, ranks], whole[place, ranks])


def test_images_that_share_the_query_s_caption_share_the_last_of_their_places(collection):
    vectors, same = collection.vectors, [9, 11, 12, 13, 14]
    captions = vectors.bert_text.copy()
    captions[same] = captions[9]
    named_alike = Collection.of(
        Vectors(vectors.clip_image, vectors.clip_text, captions),
        collection.cluster_of,
        collection.centroids,
        collection.neighbours,
    )
    placed = named_alike.place_row(9)
    candidates = np.delete(np.arange(N), 9)
    place = pair_features(named_alike, placed, candidates, candidates)[
        :, NAMES.index("text_last_rank")
    ]
    alike = np.isin(candidates, same)
    assert place[alike].tolist() == [4, 4, 4, 4]
    assert np.nanmin(place[~alike]) == 5


def test_an_image_of_the_collection_is_a_query_like_a_new_one(collection):
    row = 9
    others = np.delete(np.arange(N), row)
    rest = Vectors(*(getattr(collection.vectors, f)[others] for f in FIELDS))
    smaller = Collection(
        rest, collection.cluster_of[others], collection.centroids, all_neighbours(rest.halved)
    )
    new = smaller.place(collection.vectors.rows(slice(row, row + 1)))
    known = collection.place_row(row)
    candidates = collection.cluster_candidates(known, 3)
    theirs = np.searchsorted(others, candidates)
    np.testing.assert_allclose(
        pair_features(collection, known, candidates, candidates),
        pair_features(smaller, new, theirs, theirs),
        rtol=1e-4,
        atol=1e-3,
    )


def test_hidden_images_leave_no_trace(collection):
    hidden = np.array([2, 9, 30])
    hiding = collection.hiding(hidden)
    assert not np.isin(hidden, hiding.neighbours).any()
    placed = hiding.place_row(0)
    assert not np.isin(hidden, hiding.cluster_candidates(placed, 6)).any()
    assert not np.isin(hidden, hiding.exact_candidates(placed, N)).any()


def test_a_placed_copy_of_an_image_has_the_features_of_the_image(collection):
    row = 9
    known = collection.place_row(row)
    new = collection.place(collection.vectors.rows(slice(row, row + 1)), row)
    candidates = collection.cluster_candidates(known, 3)
    np.testing.assert_allclose(
        pair_features(collection, known, candidates, candidates),
        pair_features(collection, new, candidates, candidates),
        rtol=1e-4,
        atol=1e-3,
    )


def test_a_query_without_text_leaves_only_picture_features(collection):
    placed = collection.place_row(9, text=False)
    candidates = collection.cluster_candidates(placed, 3)
    features = pair_features(collection, placed, candidates, candidates)
    feature = dict(zip(NAMES, features.T, strict=True))
    assert np.isnan(feature["bert_cosine"]).all()
    assert np.isnan(feature["text_to_image_cosine"]).all()
    assert not np.isnan(feature["clip_cosine"]).any()
    assert not np.isnan(feature["rank"]).any()


def test_no_more_clusters_than_distinct_images():
    same = Vectors(*(np.ones((5, 4), dtype=np.float32) for _ in range(3)))
    assert len(fit_centroids(same.normalised, 3, seed=0)) == 1


@pytest.mark.parametrize("length", [64, 24])
def test_longer_lists_give_the_neighbours_of_visible_images(collection, length):
    hidden = np.arange(0, N, 3)
    deep = NeighbourSearch(collection.unit).lists(np.arange(N), length)
    lists = collection.hiding(hidden, deep).neighbours
    np.testing.assert_array_equal(lists, collection.hiding(hidden).neighbours)
