"""Importing the reference's files: any subset of them, damaged lines and all."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from catboost import CatBoostClassifier, Pool
from typer.testing import CliRunner

from mmrec_core.building.stages import neighbours
from mmrec_core.building.stages.placeholders import PLACEHOLDER
from mmrec_core.bundle import layout, open_bundle, verify_bundle
from mmrec_core.cli.main import app
from mmrec_core.collection.neighbours import NeighbourSearch
from mmrec_core.errors import InputError
from mmrec_core.recipes import import_reference
from mmrec_core.reference.ranker import VECTORS, column_names
from mmrec_core.reference.similarities import SIMILARITIES
from mmrec_core.reference.source_files import find_files, pair_counts, read_vectors
from mmrec_core.serving.recommender import Query, Recommender
from tests.core.reference.reference_files import BERT, CLIP, write_files, write_lines


def quietly(source: Path, out: Path, **options) -> Path:
    return import_reference(source, out, say=lambda line: None, **({"map": "pca"} | options))


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    write_files(folder, pictures=5)
    return folder


@pytest.fixture(scope="module")
def imported(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return quietly(source, tmp_path_factory.mktemp("bundles") / "whole")


def reasons(bundle: Path) -> dict[str, str]:
    problems = json.loads((bundle / layout.REPORT).read_text("utf-8"))["problems"]
    return {problem["image"]: problem["reason"] for problem in problems}


def test_the_files_make_a_bundle_as_they_are(source, imported):
    bundle = open_bundle(imported)
    assert not list(verify_bundle(imported))
    lines = [json.loads(line) for line in (source / "clip_bert.json").read_text().splitlines()]
    assert list(bundle.items["image"]) == [line["img"] for line in lines]
    np.testing.assert_array_equal(
        bundle.bert_text, np.array([line["bert"] for line in lines], np.float32)
    )
    assert np.isnan(bundle.clip_text).all()
    given = [json.loads(s) for s in (source / "02_nearest_clusters.json").read_text().splitlines()]
    numbers = pd.factorize(np.array([row["clusters"][0] for row in given]), sort=True)[0]
    np.testing.assert_array_equal(bundle.cluster_of, numbers)
    assert bundle.text(0) == json.loads(
        (source / "01_image_text_dataset.json").read_text("utf-8").splitlines()[0]
    )["txt"]  # fmt: skip
    assert bundle.has_ranker
    assert bundle.manifest.recipe == "import"
    assert bundle.manifest.encoders.image_text.name == "ViT-B-32/openai"


def test_photographs_in_subfolders_are_found_by_their_bare_names(imported):
    bundle = open_bundle(imported)
    shown = bundle.items["thumbnail"] != PLACEHOLDER
    assert shown.sum() == 5
    assert shown.iloc[:5].all()
    assert bundle.thumbnail_path(40).stat().st_size > 100
    assert reasons(imported)["img_20_0.jpg"] == "no photograph of this name"


def test_recommendations_bear_captions_without_clip_vectors(imported):
    answer = Recommender(open_bundle(imported)).recommend(Query("img_3_0.jpg"), k=4)
    assert len(answer.results) == 4
    assert answer.ranker == "model"
    assert np.isnan(answer.results[0].features["clip_text_cosine"])


def test_the_same_files_give_the_same_bytes_and_a_current_import_is_left(source, imported, capsys):
    before = open_bundle(imported).digest
    lines: list[str] = []
    options = {"map": "pca", "say": lines.append}
    import_reference(source, imported, **options)
    assert "up to date" in lines[-1]
    import_reference(source, imported, force=True, **options)
    assert open_bundle(imported).digest == before


def test_vectors_alone_make_a_bundle(source, tmp_path):
    alone = tmp_path / "files"
    alone.mkdir()
    (alone / "clip_bert.json").write_bytes((source / "clip_bert.json").read_bytes())
    bundle = open_bundle(quietly(alone, tmp_path / "out", clusters=3))
    assert (bundle.items["thumbnail"] == PLACEHOLDER).all()
    assert len(bundle.centroids) == 3
    assert not bundle.has_ranker
    assert len(Recommender(bundle).recommend(Query("img_0_0.jpg")).results) == 5


def test_clusters_can_be_fitted_anew(source, tmp_path):
    bundle = open_bundle(quietly(source, tmp_path / "out", refit_clusters=True, clusters=6))
    assert len(bundle.centroids) == 6


def test_damaged_lines_are_listed_with_their_numbers_and_the_rest_is_used(tmp_path):
    sound = {"clip": [0.5, 1, -2e-3], "bert": [1.0, 2.0]}
    path = tmp_path / "clip_bert.json"
    lines = [
        json.dumps({"img": "a.jpg", **sound}),
        '{"img": "b.jpg", "clip": [0.5, 1',
        json.dumps({"img": "c.jpg", **sound, "clip": [1.0]}),
        json.dumps({"img": "d.jpg", **sound, "bert": [float("nan"), 1.0]}),
        json.dumps({"img": "e.jpg", **sound, "bert": [0.0, 0.0]}),
        json.dumps({"img": "a.jpg", **sound}),
        "",
        json.dumps({"img": 7, **sound}),
        json.dumps({"img": "f.jpg", "clip": [1.0, 2.0, 3.0]}),
        json.dumps([1, 2]),
        "x" * 3_000_000,
        json.dumps({"img": "Dataset/g.jpg", **sound}),
    ]
    path.write_text("\n".join(lines))
    images, problems = read_vectors(path, tmp_path / "clip.npy", tmp_path / "bert.npy")
    assert images == ["a.jpg", "g.jpg"]
    np.testing.assert_array_equal(np.load(tmp_path / "clip.npy"), np.float32([sound["clip"]] * 2))
    assert np.load(tmp_path / "bert.npy").shape == (2, 2)
    assert [p.image for p in problems] == [
        f"clip_bert.json, line {n}" for n in (2, 3, 4, 5, 6, 8, 9, 10, 11)
    ]
    assert "clip has 1 numbers, expected 3" in problems[1].reason
    assert "line 1 before" in problems[4].reason


def test_a_file_without_a_sound_line_is_refused(tmp_path):
    files = tmp_path / "files"
    files.mkdir()
    with pytest.raises(InputError, match=r"neither clip_bert\.json nor a folder Dataset"):
        find_files(files)
    (files / "clip_bert.json").write_text('{"img": "a.jpg"}\n')
    with pytest.raises(InputError, match=r"contains no vectors \(line 1"):
        quietly(files, tmp_path / "out")


def test_pairs_of_images_that_are_not_there_are_reported(source, tmp_path):
    files = tmp_path / "files"
    write_files(files)
    lines = (files / "clip_bert.json").read_text().splitlines(keepends=True)
    (files / "clip_bert.json").write_text("".join(lines[4:]))
    bundle = quietly(files, tmp_path / "out")
    assert "pairs name unknown images" in reasons(bundle)["text_data.csv"]
    assert "img_0_0.jpg" not in open_bundle(bundle)


def test_info_counts_what_the_pairs_file_holds(source, imported):
    counts = pair_counts(source / "text_data.csv")
    frame = pd.read_csv(source / "text_data.csv")
    assert counts["rows"] == len(frame) == counts["positives"] + counts["negatives"]
    assert counts["queries"] == frame["img_bert_1"].nunique() == 24
    printed = CliRunner().invoke(app, ["info", str(imported)]).output
    assert f"{counts['positives']:,}" in printed
    assert "queries with both" in printed


@pytest.mark.parametrize("form", ["embeddings", "columns"])
def test_the_trained_ranker_is_kept_in_both_forms(form, source, tmp_path):
    files = tmp_path / "files"
    write_files(files)
    generator = np.random.default_rng(0)
    sizes = (CLIP, CLIP, BERT, BERT)
    vectors = [generator.normal(size=(60, size)).astype(np.float32) for size in sizes]
    four, truth = generator.normal(size=(60, 4)), generator.integers(2, size=60)
    if form == "columns":
        names = list(column_names(CLIP, BERT))
        pool = Pool(np.hstack([*vectors, four]), truth, feature_names=names)
    else:
        columns = {name: list(rows) for name, rows in zip(VECTORS, vectors, strict=True)}
        frame = pd.DataFrame(columns | dict(zip(SIMILARITIES, four.T, strict=True)))
        pool = Pool(frame, truth, embedding_features=list(VECTORS))
    model = CatBoostClassifier(iterations=5, verbose=False, allow_writing_files=False).fit(pool)
    model.save_model(str(files / "03_catboost_model.bin"))
    bundle = quietly(files, tmp_path / "out", use_ranker=True)
    kept = (bundle / layout.PUBLISHED).read_bytes()
    assert kept == (files / "03_catboost_model.bin").read_bytes()
    assert not list(verify_bundle(bundle))


def test_a_ranker_of_other_features_is_refused(source, tmp_path):
    files = tmp_path / "files"
    write_files(files)
    model = CatBoostClassifier(iterations=2, verbose=False, allow_writing_files=False)
    model.fit(np.eye(4), [0, 1, 0, 1]).save_model(str(files / "catboost_model.bin"))
    with pytest.raises(InputError, match="expected the reference's 4 embedding features"):
        quietly(files, tmp_path / "out", use_ranker=True)
    write_lines(files / "catboost_model.bin", [{"no": "model"}])
    with pytest.raises(InputError, match="not a readable CatBoost model"):
        quietly(files, tmp_path / "out", use_ranker=True)


def test_the_command_line_imports(source, tmp_path):
    out = tmp_path / "out"
    run = CliRunner().invoke(
        app, ["import-reference", str(source), "--out", str(out), "--map", "pca"]
    )
    assert run.exit_code == 0, run.output
    assert "48 images in 4 clusters" in run.output


def test_a_kill_among_the_neighbours_loses_a_chunk_a_thread_and_changes_no_byte(
    source, imported, tmp_path, monkeypatch
):
    monkeypatch.setattr(neighbours, "CHUNK", 16)
    lists, calls = NeighbourSearch.lists, []

    def killed_at_the_third(search, rows, **more):
        calls.append(len(rows))
        if len(calls) == 3:
            raise KeyboardInterrupt
        return lists(search, rows, **more)

    monkeypatch.setattr(NeighbourSearch, "lists", killed_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        quietly(source, tmp_path / "out")
    monkeypatch.setattr(
        NeighbourSearch,
        "lists",
        lambda search, rows, **more: calls.append(0) or lists(search, rows, **more),
    )
    out = quietly(source, tmp_path / "out")
    assert 1 <= len(calls) - 3 <= torch.get_num_threads()
    np.testing.assert_array_equal(open_bundle(out).neighbours, open_bundle(imported).neighbours)
