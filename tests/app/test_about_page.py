"""The About page, run without a browser on a real bundle."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from mmrec_app.about.build_facts import filtered
from mmrec_app.words.vocabulary import ranker_name
from mmrec_core.bundle import Bundle, layout, open_bundle
from mmrec_core.bundle.build_record import built_metrics, part_sizes, problem_table, stage_seconds
from mmrec_core.collection.storing import store_vectors
from mmrec_core.errors import BundleError
from mmrec_core.files import sha256
from mmrec_core.growing.removing import remove_images
from tests.altered_bundles import altered
from tests.app.pages import page, texts

PROBLEMS = [
    {"image": "a/broken.jpg", "stage": "thumbnails", "reason": "not an image"},
    {"image": "<b>b</b>.jpg", "stage": "thumbnails", "reason": "a truncated file"},
    {"image": "row 7", "stage": "captions", "reason": "no such image"},
]


@pytest.fixture
def reporting(bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bundle:
    """The demo bundle with another report, served."""
    return _reporting(bundle, tmp_path, {"problems": PROBLEMS}, monkeypatch)


def _reporting(bundle: Bundle, tmp_path: Path, report: object, patch: pytest.MonkeyPatch) -> Bundle:
    folder = tmp_path / "reporting"
    shutil.copytree(bundle.path, folder)
    (folder / layout.REPORT).write_text(json.dumps(report))
    manifest = json.loads((folder / layout.MANIFEST).read_text())
    manifest["files"][layout.REPORT] = {
        "bytes": (folder / layout.REPORT).stat().st_size,
        "sha256": sha256(folder / layout.REPORT),
    }
    (folder / layout.MANIFEST).write_text(json.dumps(manifest))
    patch.setenv("MMREC_BUNDLE", str(folder))
    return open_bundle(folder)


def test_it_says_what_the_bundle_is(bundle: Bundle) -> None:
    app = page("about")
    shown = "\n".join(node.proto.body for node in app.get("html"))
    assert bundle.name in shown
    assert bundle.digest in shown
    assert f"<dd>{bundle.manifest.counts.pairs:,}" in shown
    assert "nobody judged the pairs" in shown
    for note in bundle.manifest.notes:
        assert note in texts(app)
    for encoder in (bundle.manifest.encoders.image_text, bundle.manifest.encoders.text):
        assert encoder.description in texts(app)
        assert encoder.revision in shown
    assert "every image and every caption could be used" in texts(app)
    assert f"mmrec verify artifacts/{bundle.path.name}" in app.code[0].value
    assert "api/info?bundle=" in texts(app)


@pytest.mark.parametrize(("low", "surely"), [(0.02, True), (-0.02, False)])
def test_it_says_how_a_training_with_verdicts_compared(
    bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, low: float, surely: bool
) -> None:
    figure = {"value": 0.03, "low": low, "high": 0.08}
    gate = {"queries": 418, "difference": figure, "best_single": "bert", "above_single": figure}
    story = {"training_with_verdicts": {"verdicts": 12, "gate": gate}}
    metrics = json.dumps(bundle.metrics | story).encode()
    folder = altered(bundle.path, tmp_path / "trained", written={layout.METRICS: metrics})
    monkeypatch.setenv("MMREC_BUNDLE", str(folder))
    shown = "\n".join(node.proto.body for node in page("about").get("html"))
    assert "left out of training (418): +0.03" in shown
    assert f"over {ranker_name('bert')}, the best single ranker" in shown
    assert ("not better than the latter" in shown) != surely


def test_it_says_where_the_vectors_lie(
    bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("lancedb")
    folder = shutil.copytree(bundle.path, tmp_path / "stored")
    store_vectors(open_bundle(folder), layout.STORED_INSIDE, lambda line: None)
    monkeypatch.setenv("MMREC_BUNDLE", str(folder))
    assert "cannot be opened" in texts(page("about"))
    monkeypatch.setenv("MMREC_STORES", str(tmp_path))
    shown = "\n".join(node.proto.body for node in page("about").get("html"))
    assert "In a database: vectors.lance." in shown


def test_images_that_failed_are_listed_with_the_reason(reporting: Bundle) -> None:
    app = page("about")
    table = app.dataframe[0].value
    assert table["Image or file"].tolist() == [line["image"] for line in PROBLEMS]
    app.text_input(key="about.words").set_value("truncated").run()
    assert app.dataframe[0].value["Image or file"].tolist() == ["<b>b</b>.jpg"]


@pytest.mark.parametrize(
    ("stage", "words", "images"),
    [
        ("captions", "", ["row 7"]),
        ("thumbnails", "IMAGE broken", ["a/broken.jpg"]),
        ("", "image", ["a/broken.jpg", "row 7"]),
        ("captions", "truncated", []),
    ],
)
def test_problems_are_filtered_by_stage_and_words(
    reporting: Bundle, stage: str, words: str, images: list[str]
) -> None:
    shown: pd.DataFrame = filtered(problem_table(reporting), stage, words)
    assert shown["image"].tolist() == images


@pytest.mark.parametrize("report", [[], {"problems": "none"}, {"problems": [1]}])
def test_a_damaged_report_is_a_line(
    bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, report: object
) -> None:
    damaged = _reporting(bundle, tmp_path, report, monkeypatch)
    with pytest.raises(BundleError):
        problem_table(damaged)
    assert "The build's report cannot be read" in texts(page("about"))


def test_sizes_are_those_on_disk(bundle: Bundle) -> None:
    sizes = part_sizes(bundle).set_index("part")
    thumbnails = list((bundle.path / "thumbnails").rglob("*.webp"))
    assert sizes.loc["thumbnails", "files"] == len(thumbnails)
    assert sizes.loc["thumbnails", "bytes"] == sum(path.stat().st_size for path in thumbnails)
    embeddings = (bundle.path / "embeddings").glob("*")
    assert sizes.loc["embeddings", "bytes"] == sum(path.stat().st_size for path in embeddings)


def test_timings_are_the_builds_and_may_be_missing(reporting: Bundle) -> None:
    assert "embeddings" in stage_seconds(reporting.path)
    (reporting.path / layout.TIMINGS).write_text("[1")
    assert stage_seconds(reporting.path) == {}
    assert "no record of its build time" in texts(page("about"))


@pytest.mark.parametrize("metrics", [{"trees": "many"}, {"candidates": {"exact": 1}}])
def test_damaged_metrics_are_a_line(bundle: Bundle, metrics: dict[str, object]) -> None:
    damaged = SimpleNamespace(metrics={"split": "By query.", **metrics}, path=bundle.path)
    with pytest.raises(BundleError, match=next(iter(metrics))):
        built_metrics(damaged)


def test_it_says_what_came_and_went_since_the_build(
    bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Since the build" not in [header.value for header in page("about").header]
    folder = Path(shutil.copytree(bundle.path, tmp_path / "less"))
    gone = list(bundle.items["image"][:120])
    remove_images(folder, gone, say=lambda line: None)
    monkeypatch.setenv("MMREC_BUNDLE", str(folder))
    app = page("about")
    assert "Since the build" in [header.value for header in app.header]
    shown = "\n".join(node.proto.body for node in app.get("html"))
    assert "538 in the build; added: 0, removed: 120 (22.3 % of them)." in shown
    assert "Due: more than 20 % of the images came or went." in shown
