"""Bundles as a process serves them while their folders are rebuilt, and copies side by side."""

import json
import os
import shutil
from pathlib import Path

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from mmrec_app import ahead
from mmrec_app.clusters import overview
from mmrec_app.served.bundles import bundle_of_digest, opened
from mmrec_app.served.recommenders import load_encoders_ahead, recommender_of
from mmrec_app.served.routes import routes
from mmrec_app.served.thumbnails import thumbnail_url
from mmrec_app.shared import held_out
from mmrec_core.bundle import Bundle
from mmrec_core.verdicts.places import verdict_place
from mmrec_core.verdicts.store import VerdictStore
from tests.app.pages import gallery_of, page


@pytest.fixture
def folder(demo_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the demo bundle, alone in a folder of bundles."""
    monkeypatch.delenv("MMREC_BUNDLE", raising=False)
    monkeypatch.setenv("MMREC_BUNDLES", str(tmp_path / "bundles"))
    monkeypatch.setenv("MMREC_VERDICTS", str(tmp_path))
    return Path(shutil.copytree(demo_bundle, tmp_path / "bundles" / "one"))


def rebuild(folder: Path, note: str) -> None:
    """Put another build into the place of a bundle, as a build does: aside, then renamed."""
    aside = folder.parent / ".aside"
    shutil.copytree(folder, aside)
    manifest = json.loads((aside / "manifest.json").read_text("utf-8"))
    manifest["notes"] = [note]
    (aside / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    shutil.rmtree(folder)
    aside.rename(folder)


def test_a_recommender_belongs_to_its_build(folder: Path) -> None:
    before = opened(folder)
    rebuild(folder, "a second build")
    assert recommender_of(before).bundle.digest == before.digest
    after = opened(folder)
    assert after.manifest.notes == ["a second build"]
    assert recommender_of(after).bundle is after


def test_a_build_of_the_same_time_is_another_build(folder: Path) -> None:
    """A copy that keeps times, as by rsync, is recognised by its content."""
    path = folder / "manifest.json"
    first, times = opened(folder), path.stat()
    text = path.read_text("utf-8")
    path.write_text(text.replace('"name": "', '"name": "x', 1), "utf-8")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert opened(folder).digest != first.digest


def test_pictures_of_a_build_that_is_gone_are_gone(folder: Path) -> None:
    rebuild(folder, "a first build")
    first = opened(folder)
    rebuild(folder, "a second build")
    assert bundle_of_digest(first.digest) is None
    client = TestClient(Starlette(routes=routes()))
    assert client.get(f"/{thumbnail_url(first, 0)}").status_code == 404
    assert client.get(f"/{thumbnail_url(opened(folder), 0)}").status_code == 200


def test_copies_of_a_bundle_keep_their_verdicts_apart(folder: Path) -> None:
    """Two folders of one digest: what reviewers said of one is not shown for the other."""
    copy = Path(shutil.copytree(folder, folder.with_name("two")))
    bundle = opened(folder)
    for place, bundle_folder in ((1, folder), (2, copy)):
        store = VerdictStore(verdict_place(bundle_folder))
        store.grade(bundle.image(0), bundle.image(place), 4, reviewer="Ann")
    for place, name in ((1, "one"), (2, "two")):
        cards = gallery_of(page("browse", bundle=name, verdict="4"), "browse.gallery")["cards"]
        assert [card["id"] for card in cards] == [bundle.image(place)]


def test_encoders_are_loaded_ahead_of_the_first_query(bundle: Bundle) -> None:
    load_encoders_ahead(bundle).join()
    assert recommender_of(bundle).encoder.is_loaded


def test_the_first_visitors_of_clusters_and_evaluation_find_all_computed(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    st.cache_resource.clear()
    ahead.prepare(bundle)

    def again(*arguments: object) -> None:
        raise AssertionError("it is computed while a visitor waits")

    for module, name in (
        (overview, "cluster_overview"),
        (held_out, "scored_pairs"),
        (held_out, "measure"),
        (held_out, "slice_table"),
        (held_out, "importance"),
        (held_out.curves, "bands"),
        (held_out.curves, "calibration"),
    ):
        monkeypatch.setattr(module, name, again)
    for name in ("clusters", "evaluation"):
        page(name)


def test_a_digest_names_the_bundle_that_is_served_now(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = opened(folder).digest
    elsewhere = Path(shutil.copytree(folder, tmp_path / "elsewhere"))
    monkeypatch.setenv("MMREC_BUNDLE", str(elsewhere))
    found = bundle_of_digest(digest)
    assert found is not None
    assert found.path == elsewhere
