"""Bundles come from strangers: whatever lies in one ends in one line, and in nothing else."""

import io
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mmrec_core.bundle import Bundle, layout, open_bundle, verify_bundle
from mmrec_core.bundle.build_record import stage_seconds
from mmrec_core.collection.cluster_overview import cluster_overview
from mmrec_core.errors import BundleError
from mmrec_core.evaluation.scored_pairs import scored_pairs
from mmrec_core.serving.recommender import Recommender
from tests.altered_bundles import altered


@pytest.fixture
def copy(demo_bundle: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(demo_bundle, tmp_path / "copy"))


def use(folder: Path) -> None:
    """Read all that serving a bundle reads."""
    bundle = open_bundle(folder)
    for name in ("items", "pairs", "cross_fitted", "cluster_words", "metrics", "report", "source"):
        getattr(bundle, name)
    recommender = Recommender(bundle)
    scored_pairs(recommender)
    cluster_overview(bundle, recommender.collection.unit)


def flipped(folder: Path, name: str, at: float) -> None:
    path = folder / name
    content = bytearray(path.read_bytes())
    content[int(len(content) * at)] ^= 0x10
    path.write_bytes(bytes(content))


@pytest.mark.parametrize("at", [0.001, 0.3, 0.6, 0.99])
@pytest.mark.parametrize(
    "name",
    [
        layout.RANKER_MODEL,
        layout.fold_ranker(1)[0],
        layout.CATALOGUE,
        layout.PAIRS,
        layout.CROSS_FIT_PAIRS,
        layout.WORDS,
        layout.METRICS,
    ],
)
def test_a_flipped_bit_is_found_before_the_file_is_understood(copy: Path, name: str, at: float):
    flipped(copy, name, at)
    with pytest.raises(BundleError, match=r"checksum differs\): build the bundle again"):
        use(copy)
    assert any(name in fault for fault in verify_bundle(copy))


def parquet(table: pd.DataFrame) -> bytes:
    file = io.BytesIO()
    table.to_parquet(file, index=False)
    return file.getvalue()


def npz(bundle: Bundle) -> bytes:
    file = io.BytesIO()
    np.savez(file, map=bundle.map)
    return file.getvalue()


def npy(array: np.ndarray, header: str = "") -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    content = file.getvalue()
    return content.replace(f"({len(array)}, 2)".encode(), header.encode()) if header else content


def gap(bundle: Bundle) -> np.ndarray:
    holed = np.array(bundle.map)
    holed[7, 1] = np.nan
    return holed


HOSTILE: dict[str, tuple[str, Callable[[Bundle], bytes]]] = {
    "an archive named as an array": (layout.MAP, npz),
    "an array of fewer than no rows": (layout.MAP, lambda b: npy(b.map, "(-53, 2)")),
    "an array of too many rows": (layout.MAP, lambda b: npy(b.map, "(9e9, 2)")),
    "a place that is no number": (layout.MAP, lambda b: npy(gap(b))),
    "unit vectors of another width": (
        layout.UNIT[0],
        lambda b: npy(np.zeros((len(b.items), 3), np.float16)),
    ),
    "unit vectors column by column": (
        layout.UNIT[0],
        lambda b: npy(np.asfortranarray(b.array(layout.UNIT[0]))),
    ),
    "moments of other vectors": (
        f"{layout.PREPARED}/moments_image.npy",
        lambda b: npy(np.zeros((2, 2), np.float32)),
    ),
    "a next cluster that is not there": (
        f"{layout.PREPARED}/second_cluster.npy",
        lambda b: npy(np.full(len(b.items), len(b.centroids), np.int32)),
    ),
    "distances that are no numbers": (
        f"{layout.PREPARED}/cluster_distances.npy",
        lambda b: npy(np.full((2, len(b.items)), np.nan, np.float32)),
    ),
    "distances of other images": (
        f"{layout.PREPARED}/cluster_distances.npy",
        lambda b: npy(np.zeros((2, 3), np.float32)),
    ),
    "a learned space of other images": (
        layout.LEARNED[2],
        lambda b: npy(np.zeros((3, 2, 128), np.float16)),
    ),
    "judged images that there are not": (
        layout.LEARNED[4],
        lambda b: npy(np.full((len(b.items), 21), len(b.items), np.int32)),
    ),
    "a learned metric of no numbers": (
        layout.LEARNED[1],
        lambda b: npy(np.full_like(b.array(layout.LEARNED[1]), np.nan)),
    ),
    "a pickle": (layout.MAP, lambda b: npy(np.array([[{}, {}]], dtype=object))),
    "no table": (layout.CATALOGUE, lambda b: b"PAR1" + bytes(400) + b"PAR1"),
    "names of bytes": (
        layout.CATALOGUE,
        lambda b: parquet(b.items.assign(image=[n.encode() for n in b.items["image"]])),
    ),
    "captions that are lists": (
        layout.CATALOGUE,
        lambda b: parquet(b.items.assign(text=[["a"]] * len(b.items))),
    ),
    "a name twice": (layout.CATALOGUE, lambda b: parquet(b.items.assign(image="a.png"))),
    "a name with a NUL": (
        layout.CATALOGUE,
        lambda b: parquet(b.items.assign(image=[f"a\0{i}" for i in range(len(b.items))])),
    ),
    "pairs of fractions": (layout.PAIRS, lambda b: parquet(b.pairs.astype({"query": float}))),
    "pairs of no image": (layout.PAIRS, lambda b: parquet(b.pairs.assign(candidate=10**6))),
    "features of words": (
        layout.PAIRS,
        lambda b: parquet(b.pairs.assign(clip_cosine="near")),
    ),
    "features that are lists": (
        layout.CROSS_FIT_PAIRS,
        lambda b: parquet(b.cross_fitted.assign(rank=[[1]] * len(b.cross_fitted))),
    ),
    "pairs without a feature": (layout.PAIRS, lambda b: parquet(b.pairs.drop(columns="rank"))),
    "folds of words": (
        layout.CROSS_FIT_PAIRS,
        lambda b: parquet(b.cross_fitted.assign(fold="../1")),
    ),
    "a model that is none": (layout.RANKER_MODEL, lambda b: b"CBM1" + bytes(4000)),
    "figures that are a list": (layout.METRICS, lambda b: b"[1]"),
    "depth without end": (layout.METRICS, lambda b: b"[" * 100_000),
    "a report that is a number": (layout.REPORT, lambda b: b"7"),
    "a source that is a word": (layout.SOURCE, lambda b: b'{"files": "all"}'),
    "a source that counts words": (layout.SOURCE, lambda b: b'{"files": {}, "pairs": {"n": "x"}}'),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_with_checksums_made_to_fit_it_is_one_line(demo_bundle: Path, tmp_path: Path, kind: str):
    name, content = HOSTILE[kind]
    written = {name: content(open_bundle(demo_bundle))}
    folder = altered(demo_bundle, tmp_path / "hostile", written=written)
    with pytest.raises(BundleError) as caught:
        use(folder)
    assert "\n" not in str(caught.value)
    if name == layout.CATALOGUE:
        assert any(fault.startswith(name) for fault in verify_bundle(folder))


@pytest.mark.parametrize("name", ["a\0b", "../out", "/etc/passwd", "a\\b", "\udcff", "x" * 5000])
def test_a_manifest_that_lists_such_a_file_is_refused(copy: Path, name: str):
    manifest = json.loads((copy / layout.MANIFEST).read_text())
    manifest["files"][name] = {"bytes": 1, "sha256": "0" * 64}
    (copy / layout.MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(BundleError):
        open_bundle(copy)
    assert list(verify_bundle(copy))


@pytest.mark.parametrize("part", [{"exact_size": 10**18}, {"nearest_clusters": 10**18}])
def test_candidates_without_end_are_refused(copy: Path, part: dict[str, int]):
    manifest = json.loads((copy / layout.MANIFEST).read_text())
    manifest["candidates"] |= part
    (copy / layout.MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(BundleError, match=next(iter(part))):
        open_bundle(copy)


def test_what_a_manifest_says_is_cut_in_a_message(copy: Path):
    manifest = json.loads((copy / layout.MANIFEST).read_text())
    (copy / layout.MANIFEST).write_text(json.dumps(manifest | {"schema_version": [None] * 10_000}))
    with pytest.raises(BundleError, match="build the bundle again") as caught:
        open_bundle(copy)
    assert len(str(caught.value)) < 1_000


def test_links_that_go_round_and_pipes_are_no_files(copy: Path):
    (copy / layout.WORDS).unlink()
    (copy / layout.WORDS).symlink_to(copy / layout.WORDS)
    with pytest.raises(BundleError):
        open_bundle(copy)
    (copy / layout.WORDS).unlink()
    os.mkfifo(copy / layout.WORDS)
    with pytest.raises(BundleError, match="missing or has the wrong size"):
        open_bundle(copy)
    assert any(layout.WORDS in fault for fault in verify_bundle(copy))


def test_timings_may_be_anything_and_nothing_waits_for_them(copy: Path):
    (copy / layout.TIMINGS).unlink()
    os.mkfifo(copy / layout.TIMINGS)
    assert stage_seconds(copy) == {}
    (copy / layout.TIMINGS).unlink()
    (copy / layout.TIMINGS).symlink_to("/dev/zero")
    assert stage_seconds(copy) == {}
    (copy / layout.TIMINGS).unlink()
    (copy / layout.TIMINGS).write_text(json.dumps({"seconds": {"map": 10**400}}))
    assert stage_seconds(copy) == {}


def test_a_manifest_that_is_a_pipe_is_no_bundle(copy: Path):
    (copy / layout.MANIFEST).unlink()
    os.mkfifo(copy / layout.MANIFEST)
    with pytest.raises(BundleError, match="cannot be read"):
        open_bundle(copy)
