"""The made collection: the same by seed, and made so that there is something to cluster."""

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from sklearn.metrics import adjusted_rand_score

from mmrec_core.collection.clusters import assign, fit_centroids
from mmrec_core.collection.vectors import Vectors
from mmrec_core.files import read_array
from mmrec_core.inputs.judgements import read_pairs
from mmrec_core.measuring.collection import MadeCollection, make_collection
from mmrec_core.measuring.mixture import DIMENSIONS

IMAGES = 1_500


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MadeCollection:
    return make_collection(tmp_path_factory.mktemp("made"), IMAGES, seed=3)


@pytest.fixture(scope="module")
def unit(made: MadeCollection) -> Vectors:
    return vectors_of(made).normalised


def vectors_of(made: MadeCollection) -> Vectors:
    table = pq.read_table(made.vectors)
    return Vectors(
        *(
            table[name].combine_chunks().flatten().to_numpy().reshape(-1, dimensions)
            for name, dimensions in DIMENSIONS.items()
        )
    )


def test_the_same_seed_draws_the_same_files_and_another_seed_others(
    made: MadeCollection, tmp_path: Path
):
    again = make_collection(tmp_path / "again", IMAGES, seed=3)
    other = make_collection(tmp_path / "other", IMAGES, seed=4)
    for file in made.folder.iterdir():
        name = file.name
        assert (again.folder / name).read_bytes() == file.read_bytes(), name
        assert (other.folder / name).read_bytes() != file.read_bytes(), name


def test_clusters_are_neither_trivial_nor_absent(made: MadeCollection, unit: Vectors):
    drawn = read_array(made.group_of)
    sizes = np.bincount(drawn)
    assert np.percentile(sizes, 90) > 3 * np.percentile(sizes, 10)
    found = assign(unit, fit_centroids(unit, len(sizes), seed=0))
    assert 0.3 < adjusted_rand_score(drawn, found) < 0.85


def test_a_picture_and_its_caption_say_the_same_in_part(unit: Vectors):
    captioned = np.flatnonzero(~np.isnan(unit.bert_text[:, 0]))
    assert 0.85 < len(captioned) / IMAGES < 0.95
    cosines = unit.clip_image[captioned] @ unit.clip_image[captioned].T
    captions = unit.bert_text[captioned] @ unit.bert_text[captioned].T
    above = np.triu_indices(len(captioned), 1)
    assert 0.3 < np.corrcoef(cosines[above], captions[above])[0, 1] < 0.95


def test_some_images_are_near_duplicates(unit: Vectors):
    cosines = unit.clip_image @ unit.clip_image.T
    np.fill_diagonal(cosines, 0)
    assert 0.01 < (cosines.max(axis=1) > 0.97).mean() < 0.1


def test_pairs_are_judged_both_ways_and_nearer_ones_more_often_relevant(
    made: MadeCollection, unit: Vectors
):
    pairs, left_out = read_pairs(made.pairs)
    assert not left_out
    assert 0.2 < pairs["relevance"].mean() < 0.8
    first, second = (pairs[c].str[:7].astype(int) for c in ("query", "candidate"))
    cosine = np.einsum("ij,ij->i", unit.clip_image[first], unit.clip_image[second])
    relevant = pairs["relevance"] == 1
    assert cosine[relevant].mean() > cosine[~relevant].mean() + 0.02


def test_new_images_are_none_of_the_collection_and_have_captions(
    made: MadeCollection, unit: Vectors
):
    new = made.new_images()
    assert len(new) >= 200
    assert np.isfinite(new.bert_text).all()
    assert (new.normalised.clip_image @ unit.clip_image.T).max() < 0.999
