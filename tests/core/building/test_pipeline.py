"""Builds of a small folder: resumed, repeated, with and without judgements, from bad input."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from catboost import CatBoostClassifier
from PIL import Image

from mmrec_core.building import pipeline
from mmrec_core.building import runner as build_module
from mmrec_core.building.stages import embeddings
from mmrec_core.bundle import open_bundle, verify_bundle
from mmrec_core.bundle.build_record import built_metrics
from mmrec_core.bundle.manifest import FileEntry
from mmrec_core.collection.vectors import unit
from mmrec_core.config import make_config
from mmrec_core.encoders import load_image_text_encoder
from mmrec_core.errors import BundleError, InputError
from mmrec_core.files import write_array
from mmrec_core.inputs.judgements import read_pair_names, read_pairs
from mmrec_core.ranker.model import Ranker
from mmrec_core.recipes import build, configure
from mmrec_core.serving.recommender import Query, Recommender
from tests.core.building.shapes import COLOURS, SHAPES, contents, draw, options, quietly


def test_a_build_gives_a_sound_bundle_and_no_pickle(built):
    assert list(verify_bundle(built)) == []
    bundle = open_bundle(built)
    assert bundle.manifest.counts.images == 30
    assert bundle.manifest.counts.with_text == 29
    assert {file.suffix for file in built.rglob("*") if file.is_file()} <= {
        ".json", ".parquet", ".npy", ".cbm", ".webp",
    }  # fmt: skip
    reasons = {problem["reason"] for problem in bundle.report["problems"]}
    assert "no caption" in reasons


def test_a_kill_loses_no_finished_stage_and_changes_no_byte(
    folder, built, tmp_path, monkeypatch: pytest.MonkeyPatch
):
    config = make_config(**options(folder, tmp_path / "shapes"))

    def killed(work):
        raise KeyboardInterrupt

    stages = list(pipeline.STAGES)
    place = [stage.name for stage in stages].index("clusters")
    stages[place] = replace(stages[place], run=killed)
    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "STAGES", tuple(stages))
        with pytest.raises(KeyboardInterrupt):
            quietly(config)
    assert not config.out.exists()
    lines: list[str] = []
    quietly(config, lines)
    number = len(pipeline.STAGES)
    assert f"[6/{number}] embeddings: done before" in lines
    assert f"[8/{number}] clusters" in lines
    assert contents(config.out) == contents(built)


def test_a_kill_while_embedding_and_another_encoder_mix_no_vectors(
    folder, tmp_path, monkeypatch: pytest.MonkeyPatch
):
    def killed(path, array):
        if path.name == "bert_text.npy":
            raise KeyboardInterrupt
        write_array(path, array)

    with monkeypatch.context() as patch:
        patch.setattr(embeddings, "write_array", killed)
        with pytest.raises(KeyboardInterrupt):
            quietly(make_config(**options(folder, tmp_path / "a", text_pooling="mean")))
    resumed = quietly(make_config(**options(folder, tmp_path / "a", text_pooling="cls")))
    clean = quietly(make_config(**options(folder, tmp_path / "b", text_pooling="cls", name="a")))
    before, after = contents(resumed), contents(clean)
    assert before["embeddings/bert_text.npy"] == after["embeddings/bert_text.npy"]
    assert before["ranker/model.cbm"] == after["ranker/model.cbm"]


def test_a_damaged_bundle_is_built_again_and_force_builds_a_sound_one(folder, built, tmp_path):
    config = make_config(**options(folder, tmp_path / "shapes"))
    out = Path(shutil.copytree(built, config.out))
    next(out.rglob("*.webp")).unlink()
    lines: list[str] = []
    quietly(config, lines)
    assert f"[18/{len(pipeline.STAGES)}] map levels" in lines
    assert list(verify_bundle(out)) == []
    lines.clear()
    build(config, lines.append, force=True)
    assert f"[18/{len(pipeline.STAGES)}] map levels" in lines


def test_an_unchanged_build_is_not_repeated_and_a_changed_one_is(folder, built, tmp_path):
    config = make_config(**options(folder, tmp_path / "shapes"))
    shutil.copytree(built, config.out)
    lines: list[str] = []
    quietly(config, lines)
    assert lines[-1] == f"{config.out} is up to date."
    quietly(make_config(**options(folder, tmp_path / "shapes", seed=1)))
    assert open_bundle(config.out).manifest.seed == 1
    assert list(tmp_path.iterdir()) == [config.out]


def test_every_caption_is_searched_for_by_encoders_that_never_met_its_fold(folder, built):
    """Fitted here once more without each fold, they find as many captions' pictures first."""
    items = open_bundle(built).items
    clip = load_image_text_encoder("offline")
    pictures = clip.image_features([Image.open(folder / name) for name in items["image"]])
    captions = np.full((len(items), 2, 896), np.nan, dtype=np.float32)
    for column, name in enumerate(("text", "text_ru")):
        known = items[name].notna().to_numpy()
        captions[known, column] = clip.text_features(list(items.loc[known, name]))
    first: dict[int, list[bool]] = {0: [], 1: []}
    for fold in range(5):
        held, taught = (np.flatnonzero((items["fold"] == fold) == side) for side in (True, False))
        fitted = clip.fit(pictures[taught], captions[taught]).projection
        shown = unit(fitted.project_images(pictures[held]))
        for column, places in first.items():
            asked = unit(fitted.project_texts(captions[held, column])) @ shown.T
            places += [
                bool(row.argmax() == own) for own, row in enumerate(asked) if not np.isnan(row[0])
            ]
    found = built_metrics(open_bundle(built)).text_to_image
    assert found is not None
    assert list(found.further) == ["text_ru"]
    for measured, places in zip((found, found.further["text_ru"]), first.values(), strict=True):
        assert (measured.folds, measured.queries, measured.gallery) == (5, 29, 6)
        assert measured.at_1.value == pytest.approx(np.mean(places), abs=0.04)


def test_captions_of_held_out_images_change_nothing_that_is_fitted(folder, built, tmp_path):
    items = open_bundle(built).items
    captions = pd.read_csv(folder / "captions.csv").set_index("image")
    held_out = items.loc[items["split"] == "test", "image"]
    for column in ("text", "text_ru"):  # no two alike: images that share a caption stay together
        captions.loc[held_out, column] = [f"Something else, {i}" for i in range(len(held_out))]
    captions.reset_index().to_csv(tmp_path / "captions.csv", index=False)
    other = quietly(
        make_config(**options(folder, tmp_path / "o", captions=tmp_path / "captions.csv"))
    )
    before, after = contents(built), contents(other)
    metric = ("learned/mean", "learned/weights")
    names = ("encoder/", "clusters/centroids", "clusters/words", "ranker/", *metric)
    fitted = [name for name in before if name.startswith(names)]
    assert len(fitted) == 10
    assert (open_bundle(other).items["split"] == items["split"]).all()
    assert all(before[name] == after[name] for name in fitted)
    assert before["embeddings/clip_text.npy"] != after["embeddings/clip_text.npy"]


def test_without_judgements_there_is_no_ranker_but_there_are_recommendations(folder, tmp_path):
    bundle = open_bundle(quietly(make_config(**options(folder, tmp_path / "plain", captions=None))))
    assert not bundle.has_ranker
    assert bundle.manifest.relevance is None
    recommender = Recommender(bundle)
    assert recommender.rankers == ("clip", "bert", "fused")
    answer = recommender.recommend(Query("red/ring.png"), k=3)
    assert answer.ranker == "fused"
    assert len(answer.results) == 3
    assert answer.results[0].probability is None


def test_judged_pairs_in_the_reference_s_format_train_the_ranker(folder, tmp_path):
    names = [f"{colour}/{shape}.png" for colour in COLOURS for shape in SHAPES]
    rows = [
        (query, other, f"{float(query.split('/')[0] == other.split('/')[0]):.5f}")
        for query in names
        for other in names[::2]
    ]
    pairs = pd.DataFrame(rows, columns=["img_clip_1", "img_clip_2", "target"])
    pairs.to_csv(tmp_path / "pairs.csv", index=False)
    out = quietly(make_config(**options(folder, tmp_path / "b", pairs=tmp_path / "pairs.csv")))
    bundle = open_bundle(out)
    assert bundle.manifest.relevance == "judged"
    assert bundle.has_ranker
    held_out = bundle.pairs[bundle.pairs["split"] == "test"]
    assert held_out["query"].nunique() == bundle.manifest.counts.held_out_queries == 6
    assert "judged pairs" in bundle.metrics["split"]


def test_bad_images_are_listed_and_the_build_goes_on(folder, tmp_path):
    images = tmp_path / "images"
    images.mkdir()
    for shape in SHAPES:
        draw("red", shape).save(images / f"{shape}.png")
    (images / "empty.jpg").touch()
    (images / "text.png").write_text("no picture")
    whole = (images / "ring.png").read_bytes()
    (images / "cut.png").write_bytes(whole[: len(whole) // 2])
    out = quietly(make_config(**options(images, tmp_path / "b", captions=None)))
    bundle = open_bundle(out)
    listed = {problem["image"] for problem in bundle.report["problems"]}
    assert {"empty.jpg", "text.png", "cut.png"} <= listed
    assert sorted(bundle.items["image"]) == sorted(f"{shape}.png" for shape in SHAPES)
    assert len(bundle.clip_image) == 6


def test_candidates_by_exact_search(folder, tmp_path):
    out = quietly(make_config(**options(folder, tmp_path / "b", candidates="exact", exact_size=9)))
    answer = Recommender(open_bundle(out)).recommend(Query("red/ring.png"))
    assert len(answer.candidates) == 9


def test_pairs_that_are_left_out_are_reported(folder, tmp_path):
    rows = ["id,query,candidate,target"]
    rows += [f"{i},red/ring.png,{colour}/dots.png,1" for i, colour in enumerate(COLOURS)]
    rows += ["7,red/ring.png,red/dots.png,0", "8,red/ring.png,red/ring.png,1"]
    rows += ["9,red/ring.png,blue/dots.png,1"]
    (tmp_path / "pairs.csv").write_text("\n".join(rows))
    pairs, problems = read_pairs(tmp_path / "pairs.csv")
    assert sorted(pairs["candidate"]) == sorted(f"{c}/dots.png" for c in COLOURS if c != "red")
    assert len(problems) == 3


def test_a_model_of_other_features_is_refused(built, tmp_path):
    generator = np.random.default_rng(0)
    other = CatBoostClassifier(iterations=2, verbose=False, allow_writing_files=False)
    other.fit(generator.normal(size=(40, 3)), generator.integers(0, 2, 40))
    other.save_model(tmp_path / "model.cbm")
    with pytest.raises(BundleError, match="other pair features"):
        Ranker.load(
            lambda name: Path(name).read_bytes(),
            f"{tmp_path}/model.cbm",
            f"{built}/ranker/ranker.json",
        )


@pytest.mark.parametrize("rows", ["q,c,query\na,b,d\n", "q,c,t\nx,a,b,1\n"])
def test_pairs_that_could_be_misread_are_refused(rows, tmp_path):
    (tmp_path / "pairs.csv").write_text(rows)
    with pytest.raises(InputError, match=r"pairs\.csv"):
        read_pair_names(tmp_path / "pairs.csv")


def test_pairs_of_images_that_cannot_be_decoded_are_reported(folder, tmp_path):
    images = Path(shutil.copytree(folder, tmp_path / "images"))
    (images / "red/ring.png").write_text("no picture")
    names = [f"{colour}/{shape}.png" for colour in COLOURS for shape in SHAPES]
    lines = [f"{a},{b},{int(a[:3] == b[:3])}" for a in names[::3] for b in names if a != b]
    (tmp_path / "pairs.csv").write_text("a,b,target\n" + "\n".join(lines))
    out = quietly(make_config(**options(images, tmp_path / "b", pairs=tmp_path / "pairs.csv")))
    reasons = [p["reason"] for p in open_bundle(out).report["problems"] if p["stage"] == "pairs"]
    lost = sum("red/ring.png" in line for line in lines)
    assert reasons == [f"{lost} pairs name images that cannot be decoded, and are left out"]


def test_a_named_pipe_is_refused_and_not_waited_for(folder, tmp_path):
    os.mkfifo(tmp_path / "captions.csv")
    with pytest.raises(InputError, match="not a file"):
        quietly(make_config(**options(folder, tmp_path / "b", captions=tmp_path / "captions.csv")))


def test_a_toml_file_says_the_same_as_options(tmp_path):
    (tmp_path / "build.toml").write_text('images = "."\ncaptions = "captions.csv"\nout = "x"\n')
    config = configure(tmp_path / "build.toml", seed=4)
    assert config.images == tmp_path
    assert config.captions == tmp_path / "captions.csv"
    assert config.seed == 4
    (tmp_path / "wrong.toml").write_text('images = "."\nout = "x"\nclusterz = 3\n')
    with pytest.raises(InputError, match=r"clusterz.*the options are.*clusters"):
        configure(tmp_path / "wrong.toml")


def test_inputs_that_cannot_be_built_say_why(folder, tmp_path):
    def error(**more) -> str:
        with pytest.raises(InputError) as caught:
            quietly(make_config(**options(folder, tmp_path / "never") | more))
        assert not list(tmp_path.glob("*never*"))
        assert "\n" not in str(caught.value)
        return str(caught.value)

    (tmp_path / "void").mkdir()
    assert "no images" in error(images=tmp_path / "void", captions=None)
    assert "'caption'" in error(text_column="caption")
    pd.DataFrame({"a": ["red/ring.png"], "b": ["nowhere.png"], "target": [1]}).to_csv(
        tmp_path / "pairs.csv", index=False
    )
    assert "nowhere.png" in error(pairs=tmp_path / "pairs.csv")
    pd.DataFrame({"a": ["red/ring.png"], "b": ["red/dots.png"]}).to_csv(
        tmp_path / "pairs.csv", index=False
    )
    assert "'target'" in error(pairs=tmp_path / "pairs.csv")
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "letter.txt").write_text("dear")
    assert "is not a bundle" in error(out=tmp_path / "taken")


def test_a_build_deletes_nothing_but_the_bundle_that_it_replaces(folder, built, tmp_path):
    def refused(**more) -> str:
        with pytest.raises(InputError) as caught:
            quietly(make_config(**options(folder, tmp_path / "o") | more))
        return str(caught.value)

    website = tmp_path / "website"
    website.mkdir()
    (website / "manifest.json").write_text('{"name": "an app"}')
    (website / "index.html").touch()
    assert "is not a bundle" in refused(out=website)
    assert (website / "index.html").exists()

    bundle = Path(shutil.copytree(built, tmp_path / "bundle"))
    (bundle / "notes.txt").touch()
    assert "notes.txt" in refused(out=bundle, seed=3)
    assert (bundle / "notes.txt").exists()
    (bundle / "notes.txt").unlink()
    shutil.copytree(folder, bundle / "pictures")
    assert "images lie in" in refused(images=bundle / "pictures", out=bundle)
    assert "inside the images folder" in refused(out=folder / "bundle")

    own = tmp_path / ".mine.old"
    own.mkdir()
    (own / "letter.txt").touch()
    assert "is not a bundle" in refused(out=tmp_path / "mine")
    assert (own / "letter.txt").exists()


@pytest.mark.parametrize(
    "moment", ["before the renames", "between the renames", "after the renames"]
)
def test_a_kill_at_the_very_end_loses_neither_bundle(
    folder, built, tmp_path, moment, monkeypatch: pytest.MonkeyPatch
):
    out = Path(shutil.copytree(built, tmp_path / "shapes"))
    config = make_config(**options(folder, out, seed=5))

    def killed(finished, out):
        if moment != "before the renames":
            out.replace(out.with_name(f".{out.name}.old"))
        if moment == "after the renames":
            finished.replace(out)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(build_module, "put_in_place", killed)
        with pytest.raises(KeyboardInterrupt):
            quietly(config)
    lines: list[str] = []
    quietly(config, lines)
    assert lines[1:] in ([], [f"{out} is up to date."])  # nothing had to run again
    assert list(verify_bundle(out)) == []
    assert open_bundle(out).manifest.seed == 5
    assert list(tmp_path.iterdir()) == [out]


_NARROW = """
import resource, signal, sys
from pathlib import Path
from mmrec_core.errors import InputError
from mmrec_core.recipes import build, configure
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    build(configure(images=Path(sys.argv[1]), out=Path(sys.argv[2]), encoders="offline"))
except InputError as error:
    print(error)
"""


def test_a_disk_that_is_full_from_the_start_is_told_in_a_line(folder, tmp_path):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", _NARROW, str(folder), str(tmp_path / "o")]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "stopped: " in told.stdout
    assert "remove the cause and run the same command again" in told.stdout
    assert not (tmp_path / "o").exists()


def test_damaged_bundles_are_refused_in_one_line(built, tmp_path):
    def damaged(name: str) -> Path:
        return Path(shutil.copytree(built, tmp_path / name))

    with pytest.raises(BundleError, match="not a bundle"):
        open_bundle(tmp_path / "missing")
    older = damaged("older")
    manifest = json.loads((older / "manifest.json").read_text())
    (older / "manifest.json").write_text(json.dumps(manifest | {"schema_version": 3}))
    with pytest.raises(BundleError, match=r"schema 3; .* build the bundle again"):
        open_bundle(older)
    newer = damaged("newer")
    manifest = json.loads((newer / "manifest.json").read_text())
    (newer / "manifest.json").write_text(json.dumps(manifest | {"schema_version": 99}))
    with pytest.raises(BundleError, match="update mmrec"):
        open_bundle(newer)
    outside = damaged("outside")
    files = manifest["files"] | {"../../etc/passwd": manifest["files"]["metrics.json"]}
    (outside / "manifest.json").write_text(json.dumps(manifest | {"files": files}))
    with pytest.raises(BundleError, match="outside its folder"):
        open_bundle(outside)
    cut = damaged("cut")
    array = cut / "embeddings" / "clip_image.npy"
    array.write_bytes(array.read_bytes()[:-100])
    with pytest.raises(BundleError, match="damaged"):
        open_bundle(cut)
    flipped = damaged("flipped")
    array = flipped / "embeddings" / "clip_image.npy"
    content = bytearray(array.read_bytes())
    content[-1] ^= 1
    array.write_bytes(content)
    assert list(verify_bundle(flipped)) == ["embeddings/clip_image.npy: checksum differs"]
    garbled = damaged("garbled")
    for name in ("catalogue.parquet", "metrics.json", "ranker/model.cbm"):
        (garbled / name).write_bytes(bytes((garbled / name).stat().st_size))
    with pytest.raises(BundleError, match="damaged"):
        _ = open_bundle(garbled).items
    with pytest.raises(BundleError, match="damaged"):
        _ = open_bundle(garbled).metrics
    with pytest.raises(BundleError, match="ranker"):
        Recommender(open_bundle(garbled))
    linked = damaged("linked")
    (linked / "report.json").rename(tmp_path / "elsewhere.json")
    (linked / "report.json").symlink_to(tmp_path / "elsewhere.json")
    with pytest.raises(BundleError, match="link to outside"):
        open_bundle(linked)
    stripped = damaged("stripped")
    kept = {name: entry for name, entry in manifest["files"].items() if name != "pairs.parquet"}
    (stripped / "manifest.json").write_text(json.dumps(manifest | {"files": kept}))
    assert "pairs.parquet: not in the manifest" in list(verify_bundle(stripped))
    with pytest.raises(BundleError, match=r"pairs\.parquet"):
        open_bundle(stripped)
    wild = damaged("wild")
    cluster_of = np.load(wild / "clusters" / "assignment.npy")
    np.save(wild / "clusters" / "assignment.npy", cluster_of + 100)
    with pytest.raises(BundleError, match="does not match"):
        open_bundle(wild)
    for place, content in enumerate(("[]", '{"text": [["red"]]}', '{"text": [[1], [], [], []]}')):
        misnamed = damaged(f"misnamed {place}")
        words = misnamed / "clusters/words.json"
        words.write_text(content)
        manifest["files"]["clusters/words.json"] = FileEntry.of(words).model_dump()
        (misnamed / "manifest.json").write_text(json.dumps(manifest))
        with pytest.raises(BundleError, match=r"words\.json does not hold"):
            _ = open_bundle(misnamed).cluster_words
    thumbnail = next(iter(damaged("lost").rglob("*.webp")))
    thumbnail.unlink()
    assert [f for f in verify_bundle(tmp_path / "lost") if ": missing" in f]


def test_vectors_of_an_image_do_not_depend_on_its_place(built, folder):
    bundle = open_bundle(built)
    recommender = Recommender(bundle)
    rows = np.array([bundle.index_of("red/ring.png"), bundle.index_of("blue/dots.png")])
    pictures = [Image.open(folder / bundle.items["image"].iat[row]) for row in rows]
    vectors = [recommender.encoder.image_vector(p.convert("RGB")) for p in pictures]
    np.testing.assert_allclose(vectors, bundle.clip_image[rows], atol=1e-3)
