"""The first stage of an import: what the reference's files list, brought together by image."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pandas as pd

from mmrec_core.building import scratch
from mmrec_core.building.picture_files import write_files
from mmrec_core.building.stage import Stage
from mmrec_core.building.stages import catalogue as listing
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import layout
from mmrec_core.files import write_json, write_table
from mmrec_core.inputs.folder import scan
from mmrec_core.inputs.judgements import read_pairs
from mmrec_core.inputs.problem import Problem
from mmrec_core.reference.config import ImportConfig
from mmrec_core.reference.source_files import (
    ReferenceFiles,
    bare,
    find_files,
    pair_counts,
    read_texts,
    read_vectors,
)

CLIP_VECTORS, BERT_VECTORS = (f"{scratch.FOLDER}/vectors/{name}.npy" for name in ("clip", "bert"))
"""The vectors as they were read; only where the files have some."""


def catalogue(work: Workspace) -> None:
    """List the images that have vectors (or else photographs), their texts and judged pairs."""
    files = find_files(cast(ImportConfig, work.config).source)
    pictures, problems = _pictures(files)
    if files.vectors:
        images, reported = _read_vectors_once(work, files.vectors)
        problems += reported
        lost = len(pictures.keys() - set(images))
        if lost:
            reason = f"{lost} photographs have no vector and are left out"
            problems.append(Problem(files.vectors.name, "vectors", reason))
    else:
        images = list(pictures)
    texts: dict[str, str] = {}
    if files.texts:
        texts, reported = read_texts(files.texts)
        problems += reported
    shown = [pictures.get(image) for image in images]
    table: dict[str, Any] = {
        "image": images if files.vectors else shown,
        "text": [texts.get(image) for image in images],
        "label": None,
    }
    if files.vectors:
        table["picture"] = shown
    judged, reported = _judged_pairs(files, images, table["image"])
    problems += reported
    write_table(work.output(scratch.LISTED), pd.DataFrame(table).astype(object))
    write_table(work.output(scratch.JUDGED), judged)
    write_table(work.output(scratch.TWINS), judged.iloc[:0])
    work.report(problems)
    photographs = [name for name in shown if name]
    write_files(work.output(scratch.PICTURE_FILES), work.config.images, photographs)
    stamps = [_stamp(path) for path in vars(files).values()]
    write_json(work.output(scratch.GIVEN_FILES), stamps)
    source: dict[str, Any] = {"files": {k: p and p.name for k, p in vars(files).items()}}
    if files.pairs:
        source["pairs"] = pair_counts(files.pairs)
    write_json(work.output(layout.SOURCE), source)


def catalogue_stage(with_vectors: bool) -> Stage:
    """Return the stage `catalogue`; with vectors it keeps them too, as they were read."""
    vectors = (CLIP_VECTORS, BERT_VECTORS) if with_vectors else ()
    own = (scratch.GIVEN_FILES, layout.SOURCE, *vectors)
    return replace(listing.STAGE, run=catalogue, writes=(*listing.STAGE.writes, *own))


def _pictures(files: ReferenceFiles) -> tuple[dict[str, str], list[Problem]]:
    """Return the photographs' paths by bare name; of two of one name the first counts."""
    if files.pictures is None:
        return {}, []
    paths, problems = scan(files.pictures)
    pictures: dict[str, str] = {}
    for path in paths:
        if pictures.setdefault(bare(path), path) != path:
            problems.append(Problem(path, "catalogue", f"same name as {pictures[bare(path)]}"))
    return pictures, problems


def _read_vectors_once(work: Workspace, path: Path) -> tuple[list[str], list[Problem]]:
    """Read the vectors into the workspace, unless that was done before a stop."""
    mark, stamp = work.scratch / "vectors/read.json", _stamp(path)
    if mark.exists() and (read := json.loads(mark.read_text("utf-8")))["stamp"] == stamp:
        return read["images"], [Problem(**problem) for problem in read["problems"]]
    mark.unlink(missing_ok=True)
    with work.progress(None, "vectors", "B", path.stat().st_size) as bar:
        bar.unit_scale = True
        clip, bert = work.output(CLIP_VECTORS), work.output(BERT_VECTORS)
        images, problems = read_vectors(path, clip, bert, bar.update)
    read = {"stamp": stamp, "images": images, "problems": [vars(problem) for problem in problems]}
    write_json(mark, read)
    return images, problems


def _judged_pairs(
    files: ReferenceFiles, images: list[str], named: list[str | None]
) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the judged pairs whose images are there, under their names in the bundle."""
    if files.pairs is None:
        return pd.DataFrame(columns=["query", "candidate", "relevance"]), []
    pairs, problems = read_pairs(files.pairs)
    name_of = dict(zip(images, named, strict=True))
    for side in ("query", "candidate"):
        pairs[side] = pairs[side].map(bare).map(name_of)
    known = pairs.dropna()
    if lost := len(pairs) - len(known):
        reason = f"{lost} of {len(pairs)} pairs name unknown images, and are left out"
        problems.append(Problem(files.pairs.name, "pairs", reason))
    return known.reset_index(drop=True), problems


def _stamp(path: Path | None) -> list[int] | None:
    if path is None or path.is_dir():
        return None
    status = path.stat()
    return [status.st_size, status.st_mtime_ns]
