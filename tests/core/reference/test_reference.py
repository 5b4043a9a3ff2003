"""The reference pipeline: number for number as plain loops give it, and each fault a switch."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from mmrec_core.bundle import Bundle, open_bundle, verify_bundle
from mmrec_core.cli.main import app
from mmrec_core.collection.vectors import Vectors
from mmrec_core.errors import OptionError
from mmrec_core.inputs.judgements import TEST
from mmrec_core.recipes import import_reference
from mmrec_core.reference.clustering import number_of_clusters, reference_clusters
from mmrec_core.reference.faults import FAULTS, Faults
from mmrec_core.reference.ranker import train_reference
from mmrec_core.reference.recipe import kept_clusters, kept_ranker
from mmrec_core.reference.similarities import similarities
from mmrec_core.serving.recommender import Query, Recommender
from tests.core.reference import reference_loop
from tests.core.reference.reference_files import write_files

TREES = 40
CLUSTERS = 7


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """A bundle of the reference recipe; two of its images are the same."""
    files = tmp_path_factory.mktemp("files")
    write_files(files, images=60)
    lines = (files / "clip_bert.json").read_text().splitlines()
    row = json.loads(lines[10]) | {"img": json.loads(lines[11])["img"]}
    lines[11] = json.dumps(row)
    (files / "clip_bert.json").write_text("\n".join(lines))
    out = tmp_path_factory.mktemp("bundles") / "reference"
    options = {"recipe": "reference", "trees": TREES, "clusters": CLUSTERS, "map": "pca"}
    return open_bundle(import_reference(files, out, say=lambda line: None, **options))


@pytest.fixture(scope="module")
def loop(built) -> dict:
    """What plain loops make of the same vectors and pairs."""
    clip, bert = built.clip_image.tolist(), built.bert_text.tolist()
    labels, near = reference_loop.nearest_clusters(clip, bert, CLUSTERS, seed=0)
    known = built.pairs[built.pairs["split"] != TEST]
    pairs = list(zip(known["query"].tolist(), known["candidate"].tolist(), strict=True))
    model = reference_loop.train(
        clip, bert, pairs, known["relevance"].tolist(), seed=0, trees=TREES
    )
    rows = [reference_loop.candidates(labels, near, image) for image in range(len(clip))]
    every = [(image, row) for image, theirs in enumerate(rows) for row in theirs]
    probability = model.predict_proba(reference_loop.table(clip, bert, every))[:, 1]
    return {"clip": clip, "bert": bert, "near": near, "rows": rows, "every": every,
            "probability": probability}  # fmt: skip


@pytest.fixture(scope="module")
def exported(built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported")
    run = CliRunner().invoke(app, ["export-candidates", str(built.path), "--to", str(folder)])
    assert run.exit_code == 0, run.output
    return folder


def listed(folder: Path, name: str, field: str) -> dict[str, list]:
    lines = (folder / name).read_text("utf-8").splitlines()
    return {row["img"]: row[field] for row in map(json.loads, lines)}


def test_the_reference_bundle_is_sound_and_answers(built):
    assert not list(verify_bundle(built.path))
    assert built.manifest.recipe == "import, reference"
    assert any("reference pipeline's recipe" in note for note in built.manifest.notes)
    assert len(Recommender(built).recommend(Query("img_0_0.jpg")).results) == 5


def test_probabilities_are_those_of_the_loop(built, loop):
    queries, candidates = np.array(loop["every"]).T
    probabilities = kept_ranker(built).probability(
        np.asarray(built.clip_image), np.asarray(built.bert_text), queries, candidates
    )
    np.testing.assert_allclose(probabilities, loop["probability"], atol=1e-5)
    assert np.ptp(probabilities) > 0.001


def test_similarities_are_those_of_the_loop(built, loop):
    clip, bert = np.asarray(built.clip_image), np.asarray(built.bert_text)
    queries, candidates = np.array(loop["every"]).T
    expected = [reference_loop.four(loop["clip"], loop["bert"], *pair) for pair in loop["every"]]
    np.testing.assert_allclose(similarities(clip, bert, queries, candidates), expected, atol=1e-5)


def test_the_five_files_are_those_of_the_loop(built, loop, exported):
    names = list(built.items["image"])
    near = listed(exported, "02_nearest_clusters.json", "clusters")
    assert near == dict(zip(names, loop["near"], strict=True))
    with (exported / "02_nearest_clusters.csv").open() as handle:
        rows = list(csv.reader(handle))
    assert rows[0] == ["image", "candidate"]
    assert [tuple(row) for row in rows[1:]] == [(names[q], names[c]) for q, c in loop["every"]]
    by_model = listed(exported, "04_image_model_candidates_5.json", "candidates")
    by_clip = listed(exported, "04_image_model_candidates_5_clip_cossim.json", "candidates")
    by_bert = listed(exported, "04_image_model_candidates_5_bert_cossim.json", "candidates")
    start = 0
    for image, rows in enumerate(loop["rows"]):
        chances = loop["probability"][start : start + len(rows)]
        start += len(rows)
        picked = [rows.index(names.index(name)) for name in by_model[names[image]]]
        np.testing.assert_allclose(chances[picked], sorted(chances)[::-1][:5], atol=1e-5)
        for kept, vectors in ((by_clip, loop["clip"]), (by_bert, loop["bert"])):
            best = reference_loop.best_by_cosine(vectors, image, rows)
            assert kept[names[image]] == [names[row] for row in best]
    assert names[11] not in by_clip[names[10]]  # the same picture: its cosine is exactly 1
    assert names[11] in [
        c for q, c in csv.reader((exported / rows_file()).open()) if q == names[10]
    ]


def rows_file() -> str:
    return "02_nearest_clusters.csv"


def test_the_default_recipe_exports_too(demo_bundle, tmp_path):
    run = CliRunner().invoke(
        app, ["export-candidates", str(demo_bundle), "--to", str(tmp_path / "out")]
    )
    assert run.exit_code == 0, run.output
    bundle = open_bundle(demo_bundle)
    image = bundle.image(3)
    recommended = Recommender(bundle).recommend(Query(image), ranker="model").results
    best = listed(tmp_path / "out", "04_image_model_candidates_5.json", "candidates")
    assert best[image] == [result.image for result in recommended]


def test_the_faults_of_clustering_are_switches():
    generator = np.random.default_rng(0)
    groups = np.repeat(np.arange(6), 20)
    clip = (np.eye(6)[groups] + generator.normal(0, 0.1, (120, 6))).astype(np.float32)
    bert = (generator.normal(size=(120, 8)) * 100).astype(np.float32)
    vectors = Vectors(clip, np.full_like(clip, np.nan), bert)
    held_out = np.arange(120) % 5 == 0

    def fitted(*faults: str, of: Vectors = vectors):
        without = (fault for fault in FAULTS if fault not in faults)
        return reference_clusters(of, held_out, 6, Faults().without(*without), seed=0)

    clean, raw, double = fitted(), fitted("raw_concatenation"), fitted("double_kmeans")

    def purity(clusters) -> float:
        return float(
            np.mean([np.bincount(groups[clusters.labels == c]).max() / 20 for c in range(6)])
        )

    assert purity(clean) > purity(raw) + 0.2
    np.testing.assert_array_equal(double.labels, clean.labels)
    assert (double.nearest[:, 0] == clean.nearest[:, 0]).all()
    assert (double.nearest != clean.nearest).any()

    moved = Vectors(np.where(held_out[:, None], clip[::-1], clip), vectors.clip_text, bert)
    same = fitted(of=moved).labels == clean.labels
    assert same[~held_out].all()
    everyone = fitted("kmeans_on_all").labels, fitted("kmeans_on_all", of=moved).labels
    assert (everyone[0] != everyone[1])[~held_out].any()


def test_the_faults_of_training_are_switches(built):
    clip, bert = np.asarray(built.clip_image), np.asarray(built.bert_text)

    def trained(*without: str):
        return train_reference(clip, bert, built.pairs, Faults().without(*without), 0, trees=60)

    whole, by_query = trained(), trained("row_split")
    assert whole.claimed is not None
    assert whole.claimed_on > 0
    assert by_query.claimed is None
    assert whole.ranker.scaler is None
    assert trained("scaler_per_split").ranker.scaler is not None
    known = built.pairs[built.pairs["split"] != TEST]
    pair = known["query"].to_numpy(), known["candidate"].to_numpy()
    weighed = whole.ranker.probability(clip, bert, *pair).mean()
    assert weighed > trained("scale_pos_weight").ranker.probability(clip, bert, *pair).mean()


def test_the_recipe_says_what_it_left_out(tmp_path, built):
    files = tmp_path / "files"
    write_files(files)
    options = {"recipe": "reference", "trees": 5, "map": "pca", "say": lambda line: None}
    with pytest.raises(OptionError, match="first token"):
        import_reference(files, tmp_path / "a", without=["cls_pooling"], **options)
    with pytest.raises(OptionError, match="without"):
        import_reference(files, tmp_path / "a", without=["no_such_fault"], **options)
    out = import_reference(files, tmp_path / "a", without=["double_kmeans"], **options)
    assert any("without double_kmeans" in note for note in open_bundle(out).manifest.notes)
    kept = kept_clusters(open_bundle(out))
    assert kept.nearest.shape == (48, 3)
    assert number_of_clusters(125_000) == 1000
