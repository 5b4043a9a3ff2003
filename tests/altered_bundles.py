"""Bundles made from the demo's by leaving files out or writing others."""

import io
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from mmrec_core.bundle import layout, open_bundle
from mmrec_core.files import sha256


def altered(
    source: Path,
    target: Path,
    *,
    removed: Sequence[str] = (),
    written: Mapping[str, bytes] | None = None,
) -> Path:
    """Copy a bundle to ``target`` without some of its files, and with other content for some."""
    shutil.copytree(source, target)
    manifest = json.loads((target / layout.MANIFEST).read_text())
    for name in removed:
        (target / name).unlink()
        del manifest["files"][name]
    for name, content in (written or {}).items():
        (target / name).write_bytes(content)
        manifest["files"][name] = {"bytes": len(content), "sha256": sha256(target / name)}
    (target / layout.MANIFEST).write_text(json.dumps(manifest))
    return target


def cross_fitted(source: Path) -> list[str]:
    """Return the files of a bundle that only cross-fitting wrote."""
    return [name for name in open_bundle(source).manifest.files if name.startswith("cross-fit/")]


def without_pairs(source: Path, target: Path) -> Path:
    """Copy a bundle as if it had been built of images without labels and judged pairs."""
    pairs = io.BytesIO()
    open_bundle(source).pairs[:0].to_parquet(pairs, index=False)
    metrics = {
        "queries": 0,
        "pairs": 0,
        "relevant": 0,
        "queries_with_relevant": 0,
        "rankers": {},
        "candidates": {},
        "text_to_image": None,
        "trees": 0,
        "split": "No judged pairs and no labels.",
    }
    return altered(
        source,
        target,
        removed=(layout.RANKER_MODEL, layout.RANKER, *cross_fitted(source)),
        written={layout.PAIRS: pairs.getvalue(), layout.METRICS: json.dumps(metrics).encode()},
    )


def with_captions_dealt_out(source: Path, target: Path) -> Path:
    """Copy a bundle as if its captions' cosines were dealt out at random, a query renamed."""

    def parquet(table: pd.DataFrame) -> bytes:
        file = io.BytesIO()
        table.to_parquet(file, index=False)
        return file.getvalue()

    def dealt(name: str) -> bytes:
        pairs = pd.read_parquet(source / name)
        mixed = pairs["bert_cosine"].sample(frac=1, random_state=0).to_numpy()
        return parquet(pairs.assign(bert_cosine=mixed))

    catalogue = pd.read_parquet(source / layout.CATALOGUE)
    catalogue.loc[catalogue["is_query"].idxmax(), "image"] = "renamed.png"
    written = {name: dealt(name) for name in (layout.PAIRS, layout.CROSS_FIT_PAIRS)}
    return altered(source, target, written=written | {layout.CATALOGUE: parquet(catalogue)})


def with_encoders_that_are_gone(source: Path, target: Path) -> Path:
    """Copy a bundle as if encoders had made it that this machine has not."""
    shutil.copytree(source, target)
    manifest = json.loads((target / layout.MANIFEST).read_text())
    for encoder in manifest["encoders"].values():
        encoder["revision"] = "another==1.0"
    (target / layout.MANIFEST).write_text(json.dumps(manifest))
    return target
