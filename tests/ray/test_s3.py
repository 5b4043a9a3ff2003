"""Pictures and captions in a store that speaks S3, on this machine."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mmrec_core.building.pipeline import STAGES
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import layout
from mmrec_core.config import BuildConfig, make_config
from mmrec_core.errors import InputError
from mmrec_core.inputs.catalogue import build_catalogue
from mmrec_core.recipes import build
from mmrec_core.remote import copy_there, path_of_url
from tests.core.building.shapes import contents, options, quietly


@pytest.fixture(scope="module")
def bucket(store, folder: Path) -> str:
    """A bucket with the shapes and their captions, and what is no picture."""
    root = path_of_url("s3://shapes/all")
    root.fs.mkdir("shapes")
    root.fs.put(str(folder), root.path, recursive=True)
    (root / ".hidden.png").write_bytes(b"")
    (root / "notes.txt").write_bytes(b"")
    root.fs.invalidate_cache()
    return str(root)


def embedded(config: BuildConfig) -> tuple[Workspace, list[str]]:
    """Build until the vectors are there; return where they are, and the lines of the build."""
    lines: list[str] = []

    def say(line: str) -> None:
        lines.append(line)
        if line.endswith("] unit vectors"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(config, say)
    return Workspace(config), lines


def test_a_cluster_gives_the_vectors_of_this_machine_from_a_bucket_too(
    cluster, bucket, folder, tmp_path
):
    here, _ = embedded(make_config(**options(folder, tmp_path / "here")))
    there = {"images": bucket, "captions": f"{bucket}/captions.csv", "engine": "ray"}
    config = make_config(**options(folder, tmp_path / "there") | there)
    by_ray, _ = embedded(config)
    for name in (layout.CLIP_IMAGE, layout.CLIP_TEXT, layout.BERT_TEXT):
        assert len(by_ray.array(name)) == 89
        np.testing.assert_allclose(by_ray.array(name), here.array(name), rtol=0, atol=1e-5)
    pd.testing.assert_frame_equal(by_ray.table(), here.table())
    reasons = {row["image"]: row["reason"] for row in by_ray.problems(STAGES)["catalogue"]}
    assert reasons[".*"] == "hidden files skipped: 1"
    assert "*.txt" in reasons

    _, lines = embedded(config.model_copy(update={"engine": "local"}))
    for stage in ("pictures", "embeddings"):
        assert any(line.endswith(f"] {stage}: done before") for line in lines)


def test_a_listing_is_that_of_the_folder(bucket, folder):
    by_url, _ = build_catalogue(path_of_url(bucket), folder / "captions.csv")
    here, _ = build_catalogue(folder, folder / "captions.csv")
    assert by_url.equals(here)


def test_a_class_folder_of_a_bucket_is_a_label_where_that_is_asked_for(bucket):
    table, _ = build_catalogue(path_of_url(bucket), None, folder_labels=True)
    assert set(table["label"]) == {"red", "green", "blue", "orange", "purple"}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("s3://nowhere/all", "s3://nowhere/all cannot be listed (The specified bucket"),
        ("s3://shapes/empty", "no images at s3://shapes/empty"),
        ("tape://attic", "tape://attic cannot be read (Unsupported filesystem"),
    ],
)
def test_a_url_without_pictures_is_one_line(bucket, url, expected, folder, tmp_path):
    with pytest.raises(InputError) as raised:
        quietly(make_config(**options(folder, tmp_path / "out") | {"images": url}))
    assert str(raised.value).startswith(expected)
    assert "\n" not in str(raised.value)


def test_a_bundle_is_copied_to_a_store_whole(bucket, demo_bundle, tmp_path):
    url = "s3://shapes/bundles/demo"
    there = path_of_url(url)
    for _ in range(2):
        copy_there(demo_bundle, url, "manifest.json", lambda batches: batches)
    there.fs.get(there.path, str(tmp_path / "back"), recursive=True)
    assert contents(tmp_path / "back") == contents(demo_bundle)
    with pytest.raises(InputError, match="cannot be copied to s3://nowhere/demo"):
        copy_there(demo_bundle, "s3://nowhere/demo", "manifest.json", lambda batches: batches)
