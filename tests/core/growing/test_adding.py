"""Images added to a bundle: found like the others, and nothing that was there moves."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mmrec_core.building.built_folds import BuiltFolds
from mmrec_core.bundle import Bundle, layout, open_bundle, verify_bundle
from mmrec_core.bundle.growth import growth_of
from mmrec_core.collection.kept_metric import learned_of
from mmrec_core.collection.learned_space import LearnedSpace
from mmrec_core.collection.neighbours import all_neighbours
from mmrec_core.config import make_config
from mmrec_core.errors import BundleError, InputError
from mmrec_core.evaluation.query_figures import query_figures
from mmrec_core.evaluation.scored_pairs import scored_pairs
from mmrec_core.files import sha256
from mmrec_core.growing.adding import add_images
from mmrec_core.inputs.judgements import ADDED
from mmrec_core.serving.answers import Query
from mmrec_core.serving.recommender import Recommender
from tests.core.building.shapes import COLOURS, contents, draw, options, quietly
from tests.core.growing.conftest import ARRIVED, silent


def test_what_the_build_fitted_and_measured_stays_and_so_do_rows(before: Bundle, grown: Bundle):
    count = len(before.items)
    assert list(grown.items["image"][:count]) == list(before.items["image"])
    for name in ("clip_image", "clip_text", "bert_text", "cluster_of", "map"):
        assert np.array_equal(getattr(grown, name)[:count], getattr(before, name), equal_nan=True)
    fixed = (
        *(layout.CENTROIDS, layout.PAIRS, layout.CROSS_FIT_PAIRS, layout.METRICS),
        *(layout.RANKER_MODEL, layout.RANKER, *layout.PROJECTION_FILES, *layout.LEARNED[:2]),
    )
    assert all(grown.manifest.files[name] == before.manifest.files[name] for name in fixed)


def test_added_images_are_whole_members_of_a_sound_bundle(grown: Bundle, arriving: Path):
    assert list(verify_bundle(grown.path)) == []
    new = grown.items[grown.items["split"] == ADDED]
    assert set(new["image"]) == set(ARRIVED)
    assert not new["is_query"].any()
    reported = {(line["image"], line["stage"]) for line in grown.report["problems"]}
    assert ("broken.png", "thumbnails") in reported
    assert grown.manifest.counts.problems == len(grown.report["problems"])
    name = "голубой/круг №1.png"
    row = grown.index_of(name)
    assert grown.items["text_ru"][row] == "Голубой круг."
    encoder = Recommender(grown).encoder
    picture = Image.open(arriving / name)
    assert np.allclose(grown.clip_image[row], encoder.image_vector(picture), atol=1e-5)
    clip, bert = encoder.text_vectors(["A cyan circle."])
    assert np.allclose(grown.clip_text[row], clip[0], atol=1e-5)
    assert np.allclose(grown.bert_text[row], bert[0], atol=1e-5)


def test_neighbour_lists_are_those_of_a_search_of_it_all(grown: Bundle):
    unit = Recommender(grown).collection.unit
    assert np.array_equal(grown.neighbours, all_neighbours(unit))


def test_added_images_are_recommended_and_ask_for_recommendations(grown: Bundle):
    recommender = Recommender(grown)
    answer = recommender.recommend(Query("red/dots.png"), k=1, ranker="clip")
    assert [result.image for result in answer.results] == ["red/another.png"]
    assert recommender.recommend(Query("голубой/круг №1.png"), k=3).results


def test_added_images_have_their_places_in_the_learned_space(before: Bundle, grown: Bundle):
    old, new = learned_of(before), learned_of(grown)
    assert old is not None
    assert new is not None
    assert np.allclose(new.shares[: len(before.items)], old.shares, atol=2e-3)
    assert len(new.shares) == len(grown.items)
    assert np.isfinite(new.shares).all()
    collection = Recommender(grown).collection
    anew = LearnedSpace.of(new.metric, collection.unit, collection.training_relevance)
    assert np.array_equal(new.near_judged, anew.near_judged)


def test_figures_are_those_of_the_builds_images(before: Bundle, grown: Bundle):
    tables = []
    for bundle in (before, grown):
        recommender = Recommender(bundle)
        tables.append(query_figures(recommender, scored_pairs(recommender)))
    assert (tables[0]["relevant"] == 5).all()  # of a colour there are six shapes
    assert tables[1]["relevant"].equals(tables[0]["relevant"])
    assert tables[1]["model_ndcg"].equals(tables[0]["model_ndcg"])


def test_a_training_fits_the_builds_projections_without_what_was_added(
    before: Bundle, grown: Bundle
):
    unseen = []
    for bundle in (before, grown):
        recommender = Recommender(bundle)
        folds = BuiltFolds(
            bundle, bundle.pairs, recommender.collection, lambda r=recommender: r.encoder.image_text
        )
        assert set(folds.table(1)["split"][len(before.items) :]) <= {ADDED}
        unseen.append(folds.fitted(0).unseen_texts[1][: len(before.items)])
    assert np.allclose(*unseen, atol=1e-6, equal_nan=True)


def test_what_is_there_already_changes_nothing(grown: Bundle, arriving: Path, tmp_path: Path):
    out = Path(shutil.copytree(grown.path, tmp_path / "shapes"))
    lines: list[str] = []
    growth = add_images(out, arriving, arriving / "captions.csv", say=lines.append)
    assert "has all of these images already" in lines[-1]
    assert growth == growth_of(grown)
    assert open_bundle(out).digest == grown.digest
    assert list(tmp_path.iterdir()) == [out]


def test_another_picture_of_a_known_name_is_refused(built: Path, tmp_path: Path):
    out = Path(shutil.copytree(built, tmp_path / "shapes"))
    new = tmp_path / "new"
    (new / "red").mkdir(parents=True)
    draw("green", "square").save(new / "red/circle.png")
    with pytest.raises(InputError, match=r"other pictures, the first 'red/circle\.png'"):
        add_images(out, new, say=silent)
    assert contents(out) == contents(built)
    assert {path.name for path in tmp_path.iterdir()} == {"shapes", "new"}


def test_what_cannot_grow_says_so(built: Path, arriving: Path, tmp_path: Path):
    with pytest.raises(BundleError, match="is not a bundle"):
        add_images(tmp_path / "nothing", arriving, say=silent)
    out = Path(shutil.copytree(built, tmp_path / "shapes"))
    with pytest.raises(InputError, match="move it elsewhere"):
        add_images(out, out / layout.THUMBNAILS, say=silent)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="empty"):
        add_images(out, tmp_path / "empty", say=silent)


def test_many_of_another_kind_make_a_refit_due(built: Path, tmp_path: Path):
    out = Path(shutil.copytree(built, tmp_path / "shapes"))
    new = tmp_path / "new"
    new.mkdir()
    noise = np.random.default_rng(0)
    for number in range(24):
        pixels = noise.integers(0, 256, (80, 96, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(new / f"{number}.png")
    growth = add_images(out, new, say=silent)
    assert growth is not None
    assert (growth.built, growth.added, growth.removed) == (30, 24, 0)
    assert set(growth.reasons) >= {"changed", "farther"}
    assert any(note.startswith("Since the build of 30 images, 24 were added") for note in
               open_bundle(out).manifest.notes)  # fmt: skip


def test_a_later_build_takes_nothing_over_that_grew(built: Path, folder: Path, grown_at: Path,
                                                    tmp_path: Path):  # fmt: skip
    out = Path(shutil.copytree(grown_at, tmp_path / "shapes"))
    quietly(make_config(**options(folder, out)))
    assert contents(out) == contents(built)


_KILLED = """
import os, signal, sys
from pathlib import Path
from mmrec_core.growing.adding import add_images
replace = Path.replace
def dying(self, target):
    if str(target).endswith(sys.argv[1]):
        os.kill(os.getpid(), signal.SIGKILL)
    return replace(self, target)
Path.replace = dying
add_images(Path(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[3], "captions.csv"), say=print)
"""


@pytest.mark.parametrize("at", ["/00000000.npy", "/neighbours.npy", "/.shapes.old"])
def test_a_kill_leaves_the_old_bundle_whole_and_the_same_call_continues(
    at: str, built: Path, arriving: Path, grown_at: Path, tmp_path: Path
):
    out = Path(shutil.copytree(built, tmp_path / "shapes"))
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, at, str(out), str(arriving)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    in_place = at == "/.shapes.old"  # what it replaces is still there, under another name
    assert contents(out) == contents(grown_at if in_place else built)
    lines: list[str] = []
    add_images(out, arriving, arriving / "captions.csv", say=lines.append)
    assert ("[5/6] pictures: done before" in lines) == (at == "/neighbours.npy")
    assert contents(out) == contents(grown_at)
    assert list(tmp_path.iterdir()) == [out]


def test_the_old_bundle_keeps_its_files_while_the_new_one_is_made(built: Path, grown_at: Path):
    """Files that both have are one on disk; none was written over."""
    assert list(verify_bundle(built)) == []
    assert sha256(built / layout.CENTROIDS) == sha256(grown_at / layout.CENTROIDS)
    assert len(COLOURS) * 6 == len(open_bundle(built).items)
