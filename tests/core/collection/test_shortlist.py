"""A large collection is searched in part, and gives what a search of all gives."""

from dataclasses import replace

import numpy as np
import pytest

from mmrec_core.collection.candidates import Collection
from mmrec_core.collection.clusters import assign, fit_centroids
from mmrec_core.collection.kept import keep, needed_share, opened
from mmrec_core.collection.moments import Moments
from mmrec_core.collection.neighbours import TEXT, NeighbourSearch, all_neighbours
from mmrec_core.collection.prepared import Prepared
from mmrec_core.collection.shortlist import SHARES, Shortlist, first_rows
from mmrec_core.collection.shortlist_search import ShortlistSearch
from mmrec_core.collection.vectors import Vectors
from mmrec_core.files import read_array, write_array
from mmrec_core.ranker.pair_features import NAMES, pair_features

N, DIMENSION, TEXT_DIMENSION, CLUSTERS, SIZE = 3000, 48, 64, 40, 30


@pytest.fixture(scope="module")
def collection() -> Collection:
    """Forty overlapping clusters, a tenth of the images without a caption."""
    generator = np.random.default_rng(0)
    drawn = generator.integers(CLUSTERS, size=N)
    blocks = [
        (generator.normal(size=(CLUSTERS, d))[drawn] + 0.8 * generator.normal(size=(N, d))).astype(
            np.float32
        )
        for d in (DIMENSION, DIMENSION, TEXT_DIMENSION)
    ]
    vectors = Vectors(*blocks).without_text(np.flatnonzero(generator.random(N) < 0.1))
    unit = vectors.halved
    centroids = fit_centroids(unit.rows(slice(None)), CLUSTERS, seed=0)
    return Collection.of(vectors, assign(unit, centroids), centroids, all_neighbours(unit))


@pytest.fixture(scope="module")
def shortlist(collection) -> Shortlist:
    codes = np.empty((N, 2 * DIMENSION + TEXT_DIMENSION), dtype=np.int8)
    has_text = ~np.isnan(collection.vectors.bert_text[:, 0])
    return Shortlist.of(collection.unit, has_text, collection.cluster_of, CLUSTERS, codes)


def with_shortlist(collection: Collection, shortlist: Shortlist) -> Collection:
    prepared = replace(Prepared.of(collection.vectors), shortlist=shortlist)
    return replace(collection, prepared=prepared)


@pytest.mark.parametrize("length", [1, 3, 200])
@pytest.mark.parametrize(
    "where", ["anywhere", "where no sample looks", "where a sample looks", "all the same"]
)
def test_the_highest_products_are_found_wherever_they_stand(where, length):
    generator = np.random.default_rng(1)
    products, rows = generator.normal(size=5000), generator.permutation(5000)
    if where == "where no sample looks":
        products[1::8] += 10
    elif where == "where a sample looks":
        products[::8] += np.arange(625) % 2 * 10
        products[8::16] -= 20
    elif where == "all the same":
        products[:] = 1
    products[7] = -np.inf
    found = first_rows(rows, products, length)
    assert len({*found.tolist()}) == length
    taken = np.isin(rows, found)
    assert products[taken].min() >= products[~taken].max()


def test_what_is_out_of_the_question_is_not_among_the_first():
    products = np.where(np.arange(900) % 3, -np.inf, 0.5)
    assert sorted(first_rows(np.arange(900), products, 400).tolist()) == list(range(0, 900, 3))


def test_read_whole_it_gives_the_candidates_of_a_search_of_all(collection, shortlist):
    listed = with_shortlist(collection, shortlist)
    for row in range(0, N, 60):
        np.testing.assert_array_equal(
            listed.exact_candidates(listed.place_row(row), SIZE),
            collection.exact_candidates(collection.place_row(row), SIZE),
        )


def test_the_share_that_is_read_is_enough(collection, shortlist):
    share = needed_share(collection, shortlist, SIZE, seed=1)
    assert SHARES[0] < share < 1
    listed = with_shortlist(collection, replace(shortlist, share=share))
    recalls = [
        np.isin(
            collection.exact_candidates(collection.place_row(row), SIZE),
            listed.exact_candidates(listed.place_row(row), SIZE),
        ).mean()
        for row in range(5, N, 30)
    ]
    assert np.mean(recalls) >= 0.99


def test_hidden_images_are_on_no_shortlist(collection, shortlist):
    hidden = np.arange(0, N, 3)
    seen = with_shortlist(collection, shortlist).hiding(hidden)
    assert not np.isin(seen.exact_candidates(seen.place_row(1), SIZE), hidden).any()


@pytest.mark.parametrize("text", [True, False])
def test_a_query_s_neighbour_lists_are_found_in_a_part_of_a_shortlist(collection, shortlist, text):
    hidden = np.zeros(N, dtype=bool)
    hidden[::3] = True
    listed = ShortlistSearch(
        collection.unit, hidden, collection.lengths, replace(shortlist, share=0.8)
    )
    exact = NeighbourSearch(collection.unit, hidden, collection.lengths)
    found = []
    for row in range(1, N, 60):
        query = collection.place_row(row, text=text).unit
        lists, wanted = listed.lists_of(query, row), exact.lists_of(query, row)
        assert (lists != row).all()
        assert not hidden[lists[lists >= 0]].any()
        np.testing.assert_array_equal(lists < 0, wanted < 0)
        found += [np.isin(w, mine).mean() for w, mine in zip(wanted, lists, strict=True)]
    assert np.mean(found) >= 0.97


def test_of_equal_captions_a_list_holds_those_that_a_search_of_all_holds(collection, shortlist):
    bert = collection.vectors.bert_text.copy()
    bert[5::15] = bert[5]  # two hundred images all over the clusters have one caption
    vectors = Vectors(collection.vectors.clip_image, collection.vectors.clip_text, bert)
    unit, has_text = vectors.halved, ~np.isnan(bert[:, 0])
    codes = np.empty_like(shortlist.codes)
    made = Shortlist.of(unit, has_text, collection.cluster_of, CLUSTERS, codes)
    lengths = Prepared.of(vectors).lengths
    listed = ShortlistSearch(unit, None, lengths, replace(made, share=0.8))
    exact = NeighbourSearch(unit, None, lengths)
    for row in (5, 20, 35):
        query = unit.rows(slice(row, row + 1))
        np.testing.assert_array_equal(
            listed.lists_of(query, row)[TEXT], exact.lists_of(query, row)[TEXT]
        )


def test_nothing_is_found_where_all_is_hidden(collection, shortlist):
    listed = ShortlistSearch(collection.unit, np.ones(N, bool), collection.lengths, shortlist)
    assert (listed.lists_of(collection.place_row(0).unit) == -1).all()


def test_read_whole_a_query_s_neighbour_lists_are_exact(collection, shortlist):
    listed = ShortlistSearch(
        collection.unit, None, collection.lengths, replace(shortlist, share=4.0)
    )
    exact = NeighbourSearch(collection.unit, None, collection.lengths)
    for row in range(0, N, 60):
        query = collection.place_row(row).unit
        np.testing.assert_array_equal(listed.lists_of(query, row), exact.lists_of(query, row))


def test_features_are_those_of_a_search_of_all(collection, shortlist):
    listed = with_shortlist(collection, shortlist)
    for row in (0, 700, 2999):
        placed, other = collection.place_row(row), listed.place_row(row)
        rows = collection.exact_candidates(placed, SIZE)
        np.testing.assert_allclose(
            pair_features(listed, other, rows, rows),
            pair_features(collection, placed, rows, rows),
            rtol=1e-5,
            atol=1e-5,
        )


def test_half_precision_keeps_features_within_a_thousandth(collection):
    single = replace(
        collection,
        prepared=replace(Prepared.of(collection.vectors), unit=collection.vectors.normalised),
    )
    counted = [NAMES.index(name) for name in NAMES if "rank" not in name and "shared" not in name]
    for row in (3, 1500):
        placed = collection.place_row(row)
        rows = collection.exact_candidates(placed, SIZE)
        half = pair_features(collection, placed, rows, rows)[:, counted]
        full = pair_features(single, single.place_row(row), rows, rows)[:, counted]
        np.testing.assert_allclose(half, full, rtol=1e-3, atol=3e-3)


def test_moments_are_those_of_the_cosines_themselves(collection):
    unit = collection.unit.rows(slice(None))
    known = ~np.isnan(unit.bert_text[:, 0])
    hidden = np.arange(N) % 5 == 0
    query = unit.bert_text[np.flatnonzero(known)[0]]
    moments = Moments.of(collection.unit.bert_text, hidden)
    own = int(np.flatnonzero(known & ~hidden)[7])
    for without in (None, own):
        counted = known & ~hidden
        if without is not None:
            counted = counted & (np.arange(N) != without)
        cosines = unit.bert_text[counted].astype(np.float64) @ query.astype(np.float64)
        found = moments.of_cosines(query, None if without is None else unit.bert_text[without])
        assert found == pytest.approx((cosines.mean(), cosines.std()), abs=1e-6)


def test_what_is_kept_is_what_was_computed(collection, tmp_path):
    prepared = Prepared.of(collection.vectors)
    for name, array in zip(
        ("clip_image", "clip_text", "bert_text"),
        (prepared.unit.clip_image, prepared.unit.clip_text, prepared.unit.bert_text),
        strict=True,
    ):
        write_array(tmp_path / f"unit/{name}.npy", array)
    write_array(tmp_path / "unit/lengths.npy", prepared.lengths)
    keep(collection, SIZE, 0, lambda name: tmp_path / name)
    names = {file.relative_to(tmp_path).as_posix() for file in tmp_path.rglob("*.npy")}
    sizes = (N, CLUSTERS, DIMENSION, TEXT_DIMENSION)
    kept = opened(lambda name: read_array(tmp_path / name), names, sizes)
    again = replace(collection, prepared=kept)
    rows = collection.exact_candidates(collection.place_row(9), SIZE)
    np.testing.assert_array_equal(
        pair_features(again, again.place_row(9), rows, rows),
        pair_features(collection, collection.place_row(9), rows, rows),
    )


def test_a_collection_hidden_for_the_most_part_still_has_whole_lists(collection, shortlist):
    hidden = np.flatnonzero(np.arange(N) % 8)
    share = replace(shortlist, share=0.05)
    seen = with_shortlist(collection, share).hiding(hidden)
    bare = replace(seen, prepared=replace(seen.prepared, shortlist=None))
    recalls = []
    for row in range(0, N, 200):
        found = seen.exact_candidates(seen.place_row(row), SIZE)
        wanted = bare.exact_candidates(bare.place_row(row), SIZE)
        assert len(found) == SIZE
        recalls.append(np.isin(wanted, found).mean())
    assert np.mean(recalls) > 0.6
