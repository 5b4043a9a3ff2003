"""What the image encoder sees in each picture."""

import numpy as np
from PIL.Image import Image

from mmrec_core.building import scratch
from mmrec_core.building.picture_files import PicturePlaces
from mmrec_core.building.stage import Stage
from mmrec_core.building.stages.encoders import OPTIONS, load_encoders
from mmrec_core.building.workspace import Workspace, in_threads
from mmrec_core.errors import ImageError, InputError
from mmrec_core.files import write_array
from mmrec_core.inputs.images import DECODED_SIDE, decode
from mmrec_core.inputs.sources.reading import PictureReader


def pictures(work: Workspace) -> None:
    """Run the image encoder; of one that is fitted to the collection, its tower alone."""
    config = work.config
    clip, _ = load_encoders(config)
    encode = clip.image_features if hasattr(clip, "fit") else clip.encode_images

    places = PicturePlaces(work.input(scratch.PICTURE_FILES))
    images = work.table(scratch.DECODED)["image"]

    def picture(row: int) -> Image:
        place = places[row]
        try:
            return decode(reader.read(place), max_side=DECODED_SIDE)
        except ImageError as error:
            raise InputError(
                f"{config.images / place.file} changed during the build ({error}): run the same "
                "command again."
            ) from None

    def encoded(rows: list[int]) -> np.ndarray:
        return encode(list(in_threads(picture, rows)))

    with PictureReader(config.images) as reader:
        rows = places.rows_of(images)
        vectors = work.in_chunks("embeddings images", rows, encoded, "images")
    write_array(work.output(scratch.PICTURES), vectors)


STAGE = Stage(
    "pictures",
    pictures,
    reads=(scratch.DECODED, scratch.PICTURE_FILES, scratch.ENCODERS),
    writes=(scratch.PICTURES,),
    options=OPTIONS,
)
