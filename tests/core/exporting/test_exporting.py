"""Bundles in the formats of other tools, read by those tools where they are installed."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mmrec_core.bundle import Bundle, layout, open_bundle
from mmrec_core.bundle.manifest import FileEntry
from mmrec_core.errors import InputError
from mmrec_core.exporting import images
from mmrec_core.exporting.formats import FORMATS, export_bundle
from mmrec_core.exporting.images import VECTORS, Export
from mmrec_core.preferences.interleaving import team_draft
from mmrec_core.preferences.interleaving_store import Interleavings
from mmrec_core.preferences.store import Preferences, ShownList
from mmrec_core.serving.answers import Query
from mmrec_core.serving.recommender import Recommender
from mmrec_core.verdicts.places import verdict_place
from mmrec_core.verdicts.store import VerdictStore


@pytest.fixture(scope="module")
def exported(demo: Bundle, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("exports")
    return {name: export_bundle(Export(demo), name, folder / name) for name in FORMATS}


def vectors(column: pd.Series) -> np.ndarray:
    missing = np.full(len(column.dropna().iloc[0]), np.nan, dtype=np.float32)
    return np.stack([missing if vector is None else vector for vector in column])


def test_parquet_holds_catalogue_clusters_map_and_vectors_bit_for_bit(demo, exported):
    table = pd.read_parquet(exported["parquet"] / "images.parquet")
    for name in ("image", "text", "label", "split", "cluster", "x", "y"):
        assert table[name].tolist() == demo.items[name].tolist(), name
    for name in VECTORS:
        np.testing.assert_array_equal(vectors(table[name]), getattr(demo, name))
    clusters = pd.read_parquet(exported["parquet"] / "clusters.parquet")
    assert (
        clusters["images"].tolist()
        == table["cluster"].value_counts(sort=False).sort_index().tolist()
    )
    np.testing.assert_array_equal(vectors(clusters["centroid"]), demo.centroids)
    assert [list(words) for words in clusters["words"]] == demo.cluster_words["text"]


def test_parquet_is_written_batch_by_batch_and_missing_captions_are_null(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(images, "BATCH", 5)
    bundle, done = open_bundle(built), []
    export = Export(bundle, advance=lambda what, count: done.append((what, count)))
    folder = export_bundle(export, "parquet", tmp_path / "out")
    with pq.ParquetFile(folder / "images.parquet") as file:
        sizes = [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
    assert max(sizes) == 5
    assert sum(sizes) == len(bundle.items) == sum(count for what, count in done)
    table = pd.read_parquet(folder / "images.parquet")
    assert table["bert_text"].isna().tolist() == bundle.items["text"].isna().tolist()
    assert table["text"].isna().any()


def test_recommendations_are_the_first_of_the_default_ranker(built: Path, tmp_path: Path):
    bundle = open_bundle(built)
    folder = export_bundle(Export(bundle, results=3), "parquet", tmp_path / "out")
    table = pd.read_parquet(folder / "recommendations.parquet")
    recommender = Recommender(bundle)
    for name in bundle.items["image"]:
        answer = recommender.recommend(Query(name), k=3)
        mine = table[table["query"] == name]
        assert mine["image"].tolist() == [result.image for result in answer.results]
        assert mine["rank"].tolist() == [result.rank for result in answer.results]
        assert set(mine["ranker"]) == {answer.ranker}


def test_verdicts_go_with_the_bundle(demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MMREC_VERDICTS", str(tmp_path))
    first, second = demo.items["image"].iloc[:2]
    VerdictStore(verdict_place(demo.path)).grade(first, second, 3, reviewer="Ann", note="=1+1")
    folder = export_bundle(Export(demo), "embedding-atlas", tmp_path / "out")
    verdict = pd.read_parquet(folder / "verdicts.parquet").iloc[0]
    assert (verdict["query"], verdict["candidate"], verdict["grade"]) == (first, second, 3)
    assert verdict["note"] == "=1+1"
    assert not (folder / "preferences.parquet").exists()


def test_blind_judgements_go_with_the_bundle(demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MMREC_VERDICTS", str(tmp_path))
    query, *names = demo.items["image"].iloc[:4]
    kept = verdict_place(demo.path)
    left, right = ShownList("model", tuple(names)), ShownList("clip", tuple(names[::-1]))
    Preferences(kept).prefer(query, left, right, "both good", k=3, reviewer="Ann")
    draft = team_draft(left.images, right.images, 3, [True, False])
    Interleavings(kept).click(query, ("model", "clip"), draft, names[:1], k=3, reviewer="Ann")
    folder = export_bundle(Export(demo), "datasets", tmp_path / "out")
    preference = pd.read_parquet(folder / "preferences.parquet").iloc[0]
    assert (preference["query"], preference["choice"]) == (query, "both good")
    assert json.loads(preference["left_shown"]) == names
    clicks = pd.read_parquet(folder / "interleaved.parquet").iloc[0]
    assert (json.loads(clicks["clicked"]), clicks["k"]) == (names[:1], 3)
    card = (folder / "README.md").read_text()
    assert "preferences.parquet" in card
    assert "interleaved.parquet" in card


def test_datasets_loads_pictures_captions_and_vectors(demo, exported, tmp_path: Path):
    from datasets import Image, load_dataset

    folder, cache = exported["datasets"], str(tmp_path)
    files = str(folder / "data" / "*.parquet")
    read = load_dataset("parquet", data_files=files, split="train", cache_dir=cache)
    assert isinstance(read.features["image"], Image)
    assert read["file_name"] == demo.items["image"].tolist()
    assert read["text"] == demo.items["text"].tolist()
    row = len(read) // 2
    width, height = demo.items[["width", "height"]].iloc[row]
    assert read[row]["image"].size == (width, height)
    np.testing.assert_array_equal(
        np.array(read[row]["clip_image"], np.float32), demo.clip_image[row]
    )
    clusters = load_dataset(str(folder), "clusters", split="train", cache_dir=cache)
    assert len(clusters) == len(demo.centroids)


def test_embedding_atlas_gets_the_columns_that_its_documentation_names(demo, exported):
    table = pq.read_table(exported["embedding-atlas"] / "atlas.parquet")
    assert {"projection_x", "projection_y", "text"} <= set(table.column_names)
    assert pa.types.is_struct(table.schema.field("neighbors").type)
    near = table["neighbors"].to_pylist()
    assert all(list(entry) == ["ids", "distances"] for entry in near)
    for row in (0, 100, len(near) - 1):
        ids, distances = near[row]["ids"], near[row]["distances"]
        assert ids == [row, *demo.neighbours[row, 2].tolist()]
        assert distances == sorted(distances)
        assert len(ids) == len(distances)
    assert table["picture"][0].as_py()["bytes"] == demo.thumbnail_path(0).read_bytes()


def test_embedding_atlas_itself_reads_the_neighbours(exported):
    metrics = pytest.importorskip(
        "embedding_atlas.graph_metrics", reason="Embedding Atlas is not installed"
    )
    from embedding_atlas.utils import load_pandas_data

    table = load_pandas_data(str(exported["embedding-atlas"] / "atlas.parquet"))
    assert metrics.compute_pagerank_column(table, neighbors="neighbors").sum() == pytest.approx(1)


def test_fiftyone_gets_samples_of_the_documented_layout(demo, exported):
    folder = exported["fiftyone"]
    assert "version" not in json.loads((folder / "metadata.json").read_text("utf-8"))
    samples = json.loads((folder / "samples.json").read_text("utf-8"))["samples"]
    assert [sample["name"] for sample in samples] == demo.items["image"].tolist()
    assert samples[0]["ground_truth"] == {
        "_cls": "Classification",
        "label": demo.items["label"].iloc[0],
    }
    for row in (0, len(samples) - 1):
        picture = folder / samples[row]["filepath"]
        assert picture.read_bytes() == demo.thumbnail_path(row).read_bytes()
    np.testing.assert_array_equal(np.load(folder / "vectors/clip_image.npy"), demo.clip_image)
    np.testing.assert_array_equal(np.load(folder / "vectors/map.npy"), demo.map)


def test_fiftyone_itself_reads_the_samples(demo, exported, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FIFTYONE_DISABLE_SERVICES", "1")
    importers = pytest.importorskip(
        "fiftyone.utils.data.importers", reason="FiftyOne is not installed"
    )
    importer = importers.FiftyOneDatasetImporter(str(exported["fiftyone"]))
    importer = importers._handle_legacy_formats(importer)
    importer.setup()
    samples = list(importer)
    assert [sample["name"] for sample in samples] == demo.items["image"].tolist()
    assert samples[0].ground_truth.label == demo.items["label"].iloc[0]


@pytest.mark.parametrize("to", FORMATS)
def test_names_from_strangers_name_no_file(to: str, built: Path, tmp_path: Path):
    bundle = open_bundle(built)
    catalogue = pd.read_parquet(bundle.path / layout.CATALOGUE)
    catalogue.loc[0, "image"] = "../../escaped.png"
    strange = tmp_path / "bundle"
    for file in bundle.path.rglob("*"):
        if file.is_file():
            target = strange / file.relative_to(bundle.path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
    catalogue.to_parquet(strange / layout.CATALOGUE, index=False, compression="zstd")
    manifest = json.loads((strange / layout.MANIFEST).read_text("utf-8"))
    manifest["files"][layout.CATALOGUE] = FileEntry.of(strange / layout.CATALOGUE).model_dump()
    (strange / layout.MANIFEST).write_text(json.dumps(manifest))
    before = {path for path in tmp_path.rglob("*") if path.is_relative_to(strange)}
    export_bundle(Export(open_bundle(strange), results=2), to, tmp_path / "a" / "out")
    written = {path for path in tmp_path.rglob("*")} - before
    inside = tmp_path / "a"
    assert all(path.is_relative_to(inside) or path == strange for path in written)
    assert not list(tmp_path.rglob("escaped*"))


def test_a_folder_with_something_in_it_is_left_alone(demo, tmp_path: Path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="not an empty folder"):
        export_bundle(Export(demo), "parquet", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    with pytest.raises(InputError, match="lies in the bundle"):
        export_bundle(Export(demo), "parquet", demo.path / "tables")
