"""Ready-made vectors as a bundle: image and text vectors in any combination and layout."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mmrec_core.building.stages.placeholders import PLACEHOLDER
from mmrec_core.bundle import Bundle, layout, open_bundle, verify_bundle
from mmrec_core.errors import EncoderError, InputError
from mmrec_core.exporting.formats import export_bundle
from mmrec_core.exporting.images import Export
from mmrec_core.inputs.vector_files import VectorFiles, read_blocks
from mmrec_core.recipes import import_vectors
from mmrec_core.serving.answers import Query
from mmrec_core.serving.recommender import Recommender

ROWS, WIDTH = 40, 6


def quietly(files: list[Path], out: Path, **options) -> Bundle:
    return open_bundle(import_vectors(files, out, say=lambda line: None, **options))


def reasons(bundle: Bundle) -> dict[str, str]:
    return {line["image"]: line["reason"] for line in bundle.report["problems"]}


def vectors(width: int = WIDTH, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(ROWS, width)).astype(np.float32)


@pytest.fixture
def arrays(tmp_path: Path) -> Path:
    folder = tmp_path / "arrays"
    folder.mkdir()
    np.save(folder / "images.npy", vectors())
    np.save(folder / "joint.npy", vectors(seed=1))
    np.save(folder / "texts.npy", vectors(9, seed=2))
    names = [f"{row}.jpg" for row in range(ROWS)]
    table = {"image": names, "text": [f"Picture {row}." for row in range(ROWS)]}
    table["label"] = ["odd" if row % 2 else "even" for row in range(ROWS)]
    pd.DataFrame(table).to_csv(folder / "names.csv", index=False)
    return folder


@pytest.mark.parametrize("to", ["datasets", "fiftyone"])
def test_an_export_that_is_not_read_says_which_are(to: str, built: Path, tmp_path: Path):
    exported = export_bundle(Export(open_bundle(built)), to, tmp_path / "exported")
    with pytest.raises(InputError, match="--to parquet or --to embedding-atlas"):
        quietly([exported], tmp_path / "out")


@pytest.mark.parametrize(("to", "pictures"), [("parquet", True), ("embedding-atlas", False)])
def test_what_was_exported_comes_back(to, pictures, built: Path, folder: Path, tmp_path: Path):
    source = open_bundle(built)
    exported = export_bundle(Export(source), to, tmp_path / "exported")
    images = {"images": folder} if pictures else {}
    bundle = quietly([exported], tmp_path / "out", clusters=4, **images)
    assert not list(verify_bundle(bundle.path))
    for name in ("image", "text", "label", "text_ru", "x", "y"):
        assert bundle.items[name].tolist() == source.items[name].tolist(), name
    for name in ("clip_image", "clip_text", "bert_text", "map"):
        np.testing.assert_array_equal(getattr(bundle, name), getattr(source, name))
    np.testing.assert_array_equal(bundle.neighbours, source.neighbours)
    assert bundle.items["thumbnail"].eq(PLACEHOLDER).all() != pictures
    assert bundle.manifest.encoders.image_text.name == "unknown"


def test_rows_without_a_vector_or_a_name_are_left_out_and_the_rest_stays_in_step(
    arrays: Path, tmp_path: Path
):
    damaged = vectors()
    damaged[3] = np.nan
    damaged[5] = 0
    np.save(arrays / "images.npy", damaged.astype(np.float64))
    table = pd.read_csv(arrays / "names.csv")
    table.loc[7, "image"] = table.loc[6, "image"]
    table.loc[9, "image"] = None
    table.to_csv(arrays / "names.csv", index=False)
    bundle = quietly([arrays / "images.npy"], tmp_path / "out", names=arrays / "names.csv")
    kept = [row for row in range(ROWS) if row not in (3, 5, 7, 9)]
    np.testing.assert_array_equal(bundle.clip_image, damaged[kept])
    assert bundle.items["text"].tolist() == [f"Picture {row}." for row in kept]
    found = reasons(bundle)
    assert found["3.jpg"] == found["5.jpg"] == "no usable vector"
    assert found["6.jpg"] == "a row before has its name"
    assert found["row 10"] == "no name"


def test_image_vectors_alone_show_captions_and_do_not_compare_them(arrays, tmp_path: Path):
    bundle = quietly([arrays / "images.npy"], tmp_path / "out", names=arrays / "names.csv")
    assert bundle.text(0) == "Picture 0."
    assert np.isnan(bundle.bert_text).all()
    assert "no text vectors: captions are shown and not compared" in [
        line["reason"] for line in bundle.report["problems"]
    ]
    recommender = Recommender(bundle)
    assert "bert" not in recommender.rankers_for(Query("0.jpg"))
    cosines = vectors()[1:] @ vectors()[0] / np.linalg.norm(vectors()[1:], axis=1)
    best = recommender.recommend(Query("0.jpg"), k=1, ranker="clip").results[0]
    assert best.index == 1 + int(cosines.argmax())


@pytest.mark.parametrize(
    ("text_file", "own_space", "joint"),
    [("joint.npy", False, True), ("joint.npy", True, False), ("texts.npy", False, False)],
)
def test_text_vectors_meet_pictures_where_they_are_of_one_space(
    text_file, own_space, joint, arrays: Path, tmp_path: Path
):
    bundle = quietly(
        [arrays / "images.npy"], tmp_path / "out", text_vectors=[arrays / text_file],
        names=arrays / "names.csv", own_text_space=own_space,
    )  # fmt: skip
    np.testing.assert_array_equal(bundle.bert_text, np.load(arrays / text_file))
    assert np.isnan(bundle.clip_text).all() != joint


def test_text_vectors_alone_make_a_bundle(arrays: Path, tmp_path: Path):
    bundle = quietly([], tmp_path / "out", text_vectors=[arrays / "texts.npy"])
    np.testing.assert_array_equal(bundle.clip_image, bundle.bert_text)
    assert bundle.image(12) == "0000012"
    assert len(Recommender(bundle).recommend(Query("0000000"), k=3).results) == 3
    assert any("stand in their place" in line["reason"] for line in bundle.report["problems"])


def test_clip_retrieval_s_folder_is_read_in_the_order_of_its_numbers(tmp_path: Path):
    folder, parts = tmp_path / "embeddings", [0, 1, 2, 10]
    for kind in ("img_emb", "text_emb", "metadata"):
        (folder / kind).mkdir(parents=True)
    halves = vectors().astype(np.float16), vectors(seed=1).astype(np.float16)
    for place, part in enumerate(parts):
        rows = slice(10 * place, 10 * place + 10)
        for kind, half in zip(("img_emb", "text_emb"), halves, strict=True):
            np.save(folder / kind / f"{kind}_{part}.npy", half[rows])
        said = {
            "image_path": [f"/data/set/{row}.jpg" for row in range(rows.start, rows.stop)],
            "caption": [f"Number {row}" for row in range(rows.start, rows.stop)],
        }
        pd.DataFrame(said).to_parquet(folder / "metadata" / f"metadata_{part}.parquet")
    bundle = quietly([folder], tmp_path / "out")
    np.testing.assert_array_equal(bundle.clip_image, halves[0].astype(np.float32))
    np.testing.assert_array_equal(bundle.clip_text, halves[1].astype(np.float32))
    assert bundle.image(25) == "/data/set/25.jpg"
    assert bundle.text(25) == "Number 25"


def test_parquet_s_lists_of_every_kind_are_read_and_odd_ones_are_missing(tmp_path: Path):
    given = vectors()
    lists = [None if row == 2 else list(map(float, given[row])) for row in range(ROWS)]
    lists[4] = lists[4][:3]
    names = [f"{row}" for row in range(ROWS)]
    kinds = (pa.list_(pa.float64()), pa.large_list(pa.float32()))
    for kind in kinds:
        pq.write_table(pa.table({"id": names, "v": pa.array(lists, kind)}), tmp_path / "v.parquet")
        block = next(read_blocks(VectorFiles([tmp_path / "v.parquet"])))
        expected = given.copy()
        expected[[2, 4]] = np.nan
        np.testing.assert_array_equal(block.vectors["image"], expected)
    lists[4] = lists[3]
    fixed = pa.array(lists, pa.list_(pa.float32(), WIDTH))
    pq.write_table(pa.table({"id": names, "v": fixed}), tmp_path / "v.parquet")
    block = next(read_blocks(VectorFiles([tmp_path / "v.parquet"])))
    assert np.isnan(block.vectors["image"][2]).all()
    np.testing.assert_array_equal(block.vectors["image"][3:4], given[3:4])


def test_new_queries_are_refused_with_the_reason(arrays: Path, tmp_path: Path, demo: Bundle):
    bundle = quietly([arrays / "images.npy"], tmp_path / "out", names=arrays / "names.csv")
    with pytest.raises(EncoderError, match="which encoder made them is not recorded"):
        Recommender(bundle).recommend(Query(text="A cat"))


def test_an_import_again_is_up_to_date(arrays: Path, tmp_path: Path):
    lines: list[str] = []
    for _ in range(2):
        import_vectors(
            [arrays / "images.npy"], tmp_path / "out", names=arrays / "names.csv", say=lines.append
        )
    assert "up to date" in lines[-1]


def test_what_cannot_be_used_is_said_in_one_line(arrays: Path, tmp_path: Path):
    def says(expected: str, files: list[Path], **options) -> None:
        with pytest.raises(InputError, match=expected) as caught:
            quietly(files, tmp_path / "out", **options)
        assert "\n" not in str(caught.value)
        assert not (tmp_path / "out").exists()

    images, names = arrays / "images.npy", arrays / "names.csv"
    np.save(tmp_path / "few.npy", vectors()[:7])
    says("40 rows and there are 7 vectors", [tmp_path / "few.npy"], names=names)
    says("40 image vectors and 7 text vectors", [images], text_vectors=[tmp_path / "few.npy"])
    np.save(tmp_path / "objects.npy", np.array([{"a": 1}]), allow_pickle=True)
    says("no readable .npy file", [tmp_path / "objects.npy"])
    np.save(tmp_path / "flat.npy", np.zeros(4))
    says("expected numbers of shape", [tmp_path / "flat.npy"])
    two = pa.table({"id": ["a"], "v": [[1.0]], "w": [[2.0]]})
    pq.write_table(two, tmp_path / "two.parquet")
    says("--vector-column", [tmp_path / "two.parquet"])
    says("no column of vectors 'x'", [tmp_path / "two.parquet"], vector_column="x")
    says("no column 'title'", [images], names=names, image_column="title")
    says("there is no", [tmp_path / "nothing.npy"])
    says("no vectors are given", [])
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 nothing")
    says("no readable Parquet file", [tmp_path / "broken.parquet"])


def test_the_record_names_the_files(arrays: Path, tmp_path: Path):
    bundle = quietly(
        [arrays / "images.npy"], tmp_path / "out", names=arrays / "names.csv",
        image_encoder="ViT-B-32/openai",
    )  # fmt: skip
    assert bundle.source["files"]["names"] == "names.csv"
    assert bundle.manifest.notes == ["Made of ready-made vectors: images.npy."]
    assert bundle.manifest.encoders.image_text.name == "ViT-B-32/openai"
    assert json.loads((bundle.path / layout.MANIFEST).read_text())["recipe"] == "import, vectors"
