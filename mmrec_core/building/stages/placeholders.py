"""Thumbnails of a collection that may lack pictures: a placeholder stands for those."""

import os

from PIL import Image, ImageDraw

from mmrec_core.building import scratch
from mmrec_core.building.stage import Stage
from mmrec_core.building.thumbnail_making import make_thumbnail
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import layout
from mmrec_core.distributed.threads import as_done
from mmrec_core.errors import ImageError
from mmrec_core.files import sha256, write_bytes, write_table
from mmrec_core.inputs.images import to_webp
from mmrec_core.inputs.problem import Problem

PLACEHOLDER = f"{layout.THUMBNAILS}/none.webp"


def thumbnails(work: Workspace) -> None:
    """Keep a thumbnail of every photograph, and a placeholder where there is none."""
    listed = work.table(scratch.LISTED)
    folder = work.output(layout.THUMBNAILS).parent
    write_bytes(folder / PLACEHOLDER, to_webp(_placeholder()))
    problems: list[Problem] = []

    def one(row: int) -> tuple[str, tuple[int, int]]:
        picture, name = listed["picture"].iat[row], layout.thumbnail_name(row)
        try:
            if not isinstance(picture, str):
                raise ImageError("no photograph of this name")
            made = make_thumbnail(work.config.images / picture)
        except ImageError as error:
            problems.append(Problem(str(listed["image"].iat[row]), "thumbnails", str(error)))
            return PLACEHOLDER, _placeholder().size
        write_bytes(folder / name, made.content)
        return name, (made.width, made.height)

    if listed["picture"].notna().any():
        done = as_done(one, range(len(listed)), os.cpu_count() or 1)
        outcomes = dict(work.progress(done, "thumbnails", "images", len(listed)))
        kept = [outcomes[row] for row in range(len(listed))]
    else:
        kept = [(PLACEHOLDER, _placeholder().size)] * len(listed)
        reason = f"all {len(listed)} images have no photograph: a placeholder is shown"
        problems.append(Problem(str(work.config.images), "thumbnails", reason))
    work.report(sorted(problems, key=lambda problem: problem.image))
    digests = {name: sha256(folder / name) for name in {name for name, _ in kept}}
    table = listed.drop(columns="picture").assign(
        width=[size[0] for _, size in kept],
        height=[size[1] for _, size in kept],
        thumbnail=[name for name, _ in kept],
        thumbnail_sha256=[digests[name] for name, _ in kept],
    )
    write_table(work.output(scratch.DECODED), table)


def _placeholder() -> Image.Image:
    """Draw what stands for a picture that is not there: a frame with hills and a sun, in grey."""
    image = Image.new("RGB", (288, 216), "#eceff1")
    draw = ImageDraw.Draw(image)
    line = "#b0bac1"
    draw.rounded_rectangle((78, 58, 210, 158), radius=8, outline=line, width=4)
    draw.ellipse((100, 76, 122, 98), outline=line, width=4)
    draw.line((84, 146, 128, 108, 154, 132, 176, 112, 204, 142), fill=line, width=4, joint="curve")
    return image


STAGE = Stage(
    "thumbnails",
    thumbnails,
    reads=(scratch.LISTED, scratch.PICTURE_FILES),
    writes=(scratch.DECODED, layout.THUMBNAILS),
)
