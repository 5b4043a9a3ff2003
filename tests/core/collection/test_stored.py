"""Vectors in a database give the recommendations that the bundle's own files give."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mmrec_core.bundle import Bundle, open_bundle
from mmrec_core.bundle.layout import STORED_INSIDE, STORY
from mmrec_core.bundle.verify import verify_bundle
from mmrec_core.collection.kept import prepared_of, stored_of
from mmrec_core.collection.stored import KINDS
from mmrec_core.collection.storing import check, filled, own_files, store_vectors
from mmrec_core.errors import BundleError
from mmrec_core.growing.removing import remove_images
from mmrec_core.serving.absence import why_not
from mmrec_core.serving.answers import EmbeddedQuery, Query
from mmrec_core.serving.recommender import Recommender
from mmrec_core.serving.search import Term, search
from mmrec_core.serving.similarity import similarity
from mmrec_core.vector_store import lance
from mmrec_core.vector_store.places import ALLOWING, Place, place_of, remember
from tests.altered_bundles import altered

pytest.importorskip("lancedb")


def quiet(line: str) -> None:
    pass


@pytest.fixture(scope="module")
def place(demo: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Place:
    return filled(demo, str(tmp_path_factory.mktemp("database")), quiet)


@pytest.fixture(scope="module")
def stored(demo: Bundle, place: Place) -> Recommender:
    return Recommender(demo, prepared=stored_of(demo, place))


@pytest.fixture
def bundle(demo: Bundle, tmp_path: Path) -> Bundle:
    return open_bundle(shutil.copytree(demo.path, tmp_path / "demo"))


def first_ten(recommender: Recommender, query: Query) -> list[tuple[int, float]]:
    return [(one.index, one.score) for one in recommender.recommend(query, k=10).results]


def test_images_of_the_bundle_get_the_same_first_ten(recommender, stored, demo):
    for row in range(0, len(demo.cluster_of), 17):
        query = Query(demo.image(row))
        assert first_ten(stored, query) == first_ten(recommender, query)


def test_so_do_texts_and_new_pictures(recommender, stored, demo):
    generator = np.random.default_rng(0)
    for row in range(5, len(demo.cluster_of), 60):
        vectors = demo_vectors(demo, row, generator)
        no_picture = np.full_like(vectors.clip_image, np.nan)
        for query in (
            EmbeddedQuery(None, -1, "A picture.", vectors),
            EmbeddedQuery(None, -1, None, vectors.without_text(np.array([0]))),
            EmbeddedQuery(None, -1, "A text.", replace(vectors, clip_image=no_picture)),
        ):
            given, found = (r.score_embedded(query) for r in (recommender, stored))
            np.testing.assert_array_equal(found.candidates, given.candidates)
            np.testing.assert_array_equal(found.placed.neighbours, given.placed.neighbours)
            np.testing.assert_allclose(found.features, given.features, atol=1e-5)


def demo_vectors(demo: Bundle, row: int, generator: np.random.Generator):
    own = Recommender(demo).collection.vectors.rows(slice(row, row + 1))
    return replace(
        own,
        **{
            name: block + generator.normal(size=block.shape, scale=0.01).astype(np.float32)
            for name, block in vars(own).items()
            if isinstance(block, np.ndarray)
        },
    )


def test_what_looks_at_all_images_is_the_same_too(recommender, stored, demo):
    image = "animals/birds/magpie.png"
    terms = [Term(1, image=image), Term(-1, image=demo.image(9))]
    np.testing.assert_array_equal(search(stored, terms), search(recommender, terms))
    np.testing.assert_array_equal(
        similarity(stored, Query(image)), similarity(recommender, Query(image))
    )
    for row in (3, 300):
        absences = [
            why_not(r, scored := r.score(Query(image)), r.answer(scored), row)
            for r in (recommender, stored)
        ]
        assert absences[0].retrieval == absences[1].retrieval


def test_blocks_are_read_as_arrays_are(demo, stored):
    own, there = prepared_of(demo).unit, stored.collection.unit
    some = np.arange(len(own)) % 50 == 0
    for block, given in zip(
        (there.clip_image, there.bert_text), (own.clip_image, own.bert_text), strict=True
    ):
        for key in (7, -1, [3, 3, 1], slice(5, 9), some, np.array([[4, -1], [0, 4]]), ([2, 6], 0)):
            np.testing.assert_array_equal(block[key], given[key])
        np.testing.assert_array_equal(np.asarray(block), given)
        assert (block.shape, block.dtype, len(block)) == (given.shape, given.dtype, len(given))


def test_a_bundle_alone_may_not_say_what_is_opened(bundle, monkeypatch, tmp_path):
    digest = bundle.digest
    store_vectors(bundle, STORED_INSIDE, quiet)
    assert open_bundle(bundle.path).digest == digest
    assert [*verify_bundle(bundle.path)] == []
    monkeypatch.delenv(ALLOWING, raising=False)
    with pytest.raises(BundleError, match=ALLOWING):
        Recommender(bundle)
    monkeypatch.setenv(ALLOWING, str(tmp_path))
    assert Recommender(bundle).collection.unit.clip_image.shape == bundle.clip_image.shape
    own_files(bundle)
    monkeypatch.delenv(ALLOWING)
    assert isinstance(Recommender(bundle).collection.unit.clip_image, np.ndarray)
    assert not (bundle.path / STORED_INSIDE).exists()


def test_a_place_that_is_none_is_a_fault_of_the_bundle(bundle):
    remember(bundle.path, Place(store="http://example.org/x", probes=0))
    with pytest.raises(BundleError, match=r"http://example.org/x' is no place for vectors"):
        Recommender(bundle)


def test_other_vectors_are_noticed(bundle, demo, place, tmp_path):
    def others(rows: slice):
        kinds = {kind: np.array(block[rows]) for kind, block in blocks.items()}
        kinds["bert_text"][7 if len(kinds["bert_text"]) > 7 else 0] += 1
        searched = np.hstack([np.nan_to_num(kinds[kind]) for kind in KINDS[:3]])
        return np.ones(len(searched), bool), searched.astype(np.float32), kinds

    given, images = prepared_of(demo), len(demo.cluster_of)
    unit = given.unit
    held = (unit.clip_image, unit.clip_text, unit.bert_text, *given.expanded)
    blocks = dict(zip(KINDS, held, strict=True))
    database = tmp_path / "other"
    name = next(Path(place.store).glob("*.lance")).stem
    lance.fill(str(database), name, images, others, lambda rows: None)
    with pytest.raises(BundleError, match="other vectors of image 7"):
        check(bundle, Place(store=str(database), probes=0))
    with pytest.raises(BundleError, match="does not hold the vectors"):
        stored_of(bundle, Place(store=str(tmp_path / "empty"), probes=0))


def test_a_bundle_that_grew_is_served_from_its_own_files(demo, place, tmp_path):
    bundle = open_bundle(altered(demo.path, tmp_path / "demo", removed=[STORY]))
    remember(bundle.path, place)
    remove_images(bundle.path, [bundle.image(3)], say=quiet)
    assert place_of(bundle.path) is None
    assert len(Recommender(open_bundle(bundle.path)).collection.unit) == len(bundle.cluster_of) - 1
    with pytest.raises(BundleError, match="does not hold the vectors"):
        stored_of(open_bundle(bundle.path), place)
