"""Thumbnails of the images, and the table of those that can be decoded."""

from typing import Any

import pandas as pd

from mmrec_core.building import scratch
from mmrec_core.building.picture_files import PicturePlaces
from mmrec_core.building.stage import Stage
from mmrec_core.building.workspace import Workspace, in_threads
from mmrec_core.bundle import layout
from mmrec_core.errors import ImageError, InputError
from mmrec_core.files import sha256, write_bytes, write_table
from mmrec_core.inputs.images import DECODED_SIDE, decode, thumbnail, to_webp
from mmrec_core.inputs.problem import Problem
from mmrec_core.inputs.sources.reading import PictureReader


def thumbnails(work: Workspace) -> None:
    """Decode every image, keep a thumbnail of it, and leave out what can't be decoded."""
    listed = work.table(scratch.LISTED)
    folder = work.output(layout.THUMBNAILS).parent
    problems: list[Problem] = []
    rows: list[dict[str, Any] | None] = []

    places = PicturePlaces(work.input(scratch.PICTURE_FILES))
    reader = PictureReader(work.config.images)

    def one(row: int) -> dict[str, Any] | Problem:
        image, name = str(listed["image"].iat[row]), layout.thumbnail_name(row)
        try:
            source = reader.read(places[row])
            picture = thumbnail(decode(source, max_side=DECODED_SIDE, to_be_seen=True))
        except ImageError as error:
            return Problem(image, "thumbnails", str(error))
        if not (folder / name).exists():
            write_bytes(folder / name, to_webp(picture))
        return {
            "width": picture.width,
            "height": picture.height,
            "thumbnail": name,
            "thumbnail_sha256": sha256(folder / name),
        }

    with reader:
        outcomes = in_threads(one, range(len(listed)))
        for outcome in work.progress(outcomes, "thumbnails", "images", len(listed)):
            problems += [outcome] if isinstance(outcome, Problem) else []
            rows.append(None if isinstance(outcome, Problem) else outcome)
    kept = [place for place, row in enumerate(rows) if row]
    work.report(problems)
    if not kept:
        raise InputError(
            f"none of the {len(listed)} images in {work.config.images} can be decoded (the first, "
            f"{problems[0].image}: {problems[0].reason}): give a folder of readable images."
        )
    decoded = pd.DataFrame([rows[place] for place in kept])
    table = pd.concat([listed.iloc[kept].reset_index(drop=True), decoded], axis=1)
    write_table(work.output(scratch.DECODED), table)


STAGE = Stage(
    "thumbnails",
    thumbnails,
    reads=(scratch.LISTED, scratch.PICTURE_FILES),
    writes=(scratch.DECODED, layout.THUMBNAILS),
)
