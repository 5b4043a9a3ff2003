"""Thumbnails of the images, and the table of those that can be decoded."""

import os
from pathlib import Path
from typing import Any

import pandas as pd

from mmrec_core.building import scratch
from mmrec_core.building.picture_files import PicturePlaces
from mmrec_core.building.stage import Stage
from mmrec_core.building.thumbnail_making import (
    Thumbnail,
    make_thumbnail,
    read_thumbnail,
    thumbnail_maker,
)
from mmrec_core.building.workspace import CHUNK, Workspace
from mmrec_core.bundle import layout
from mmrec_core.distributed.engine import Portable, ThisProcess
from mmrec_core.distributed.threads import as_done
from mmrec_core.errors import ImageError, InputError
from mmrec_core.files import write_bytes, write_table
from mmrec_core.inputs.problem import Problem
from mmrec_core.inputs.sources.reading import PictureReader


def thumbnails(work: Workspace) -> None:
    """Decode every image, keep a thumbnail of it, and leave out what can't be decoded.

    Of images whose thumbnail a stopped build has left, none is decoded again.
    """
    listed = work.table(scratch.LISTED)
    folder = work.output(layout.THUMBNAILS).parent

    places = PicturePlaces.read(work.input(scratch.PICTURE_FILES))
    reader = PictureReader(work.config.images)

    local = isinstance(work.engine, ThisProcess)
    failed = {} if local else _made_on_cluster(work, places, folder)

    def one(row: int) -> dict[str, Any] | Problem:
        image, name = str(listed["image"].iat[row]), layout.thumbnail_name(row)
        if row in failed:
            return Problem(image, "thumbnails", failed[row])
        try:
            made = read_thumbnail(folder / name)
        except FileNotFoundError:
            try:
                made = make_thumbnail(reader.read(places[row]))
            except ImageError as error:
                return Problem(image, "thumbnails", str(error))
            write_bytes(folder / name, made.content)
        return {
            "width": made.width,
            "height": made.height,
            "thumbnail": name,
            "thumbnail_sha256": made.sha256,
        }

    with reader:
        done = as_done(one, range(len(listed)), os.cpu_count() or 1)
        outcomes = dict(work.progress(done, "thumbnails", "images", len(listed)))
    ordered = [outcomes[row] for row in range(len(listed))]
    problems = [outcome for outcome in ordered if isinstance(outcome, Problem)]
    kept = [row for row, outcome in enumerate(ordered) if not isinstance(outcome, Problem)]
    work.report(problems)
    if not kept:
        raise InputError(
            f"none of the {len(listed)} images in {work.config.images} can be decoded (the first, "
            f"{problems[0].image}: {problems[0].reason}): give a folder of readable images."
        )
    decoded = pd.DataFrame([ordered[row] for row in kept])
    table = pd.concat([listed.iloc[kept].reset_index(drop=True), decoded], axis=1)
    write_table(work.output(scratch.DECODED), table)


def _made_on_cluster(work: Workspace, places: PicturePlaces, folder: Path) -> dict[int, str]:
    """Write the thumbnails that are not there yet; return why some can't be made, by row."""
    names = map(layout.thumbnail_name, range(len(places)))
    missing = [row for row, name in enumerate(names) if not (folder / name).exists()]
    starts = range(0, len(missing), CHUNK)
    chunks = ((s, [places[r] for r in missing[s : s + CHUNK]]) for s in starts)
    make = Portable(thumbnail_maker(work.config.images), thumbnail_maker, work.config.images)
    failed = {}
    with work.progress(None, "decoding", "images", len(places)) as bar:
        bar.update(len(places) - len(missing))
        for start, outcomes in work.engine.map(make, chunks):
            for row, made in zip(missing[start : start + CHUNK], outcomes, strict=True):
                if isinstance(made, Thumbnail):
                    write_bytes(folder / layout.thumbnail_name(row), made.content)
                else:
                    failed[row] = made
            bar.update(len(outcomes))
    return failed


STAGE = Stage(
    "thumbnails",
    thumbnails,
    reads=(scratch.LISTED, scratch.PICTURE_FILES),
    writes=(scratch.DECODED, layout.THUMBNAILS),
)
