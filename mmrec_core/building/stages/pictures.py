"""What the image encoder sees in each picture."""

from collections.abc import Callable, Sequence

import numpy as np

from mmrec_core.building import scratch
from mmrec_core.building.picture_files import PicturePlaces
from mmrec_core.building.picture_reading import PlacedPictures
from mmrec_core.building.stage import Stage
from mmrec_core.building.stages.encoders import OPTIONS, load_clip
from mmrec_core.building.workspace import CHUNK, Workspace
from mmrec_core.config import BuildConfig
from mmrec_core.distributed.engine import Portable
from mmrec_core.encoders.device import batch_size, pick_device
from mmrec_core.files import write_array
from mmrec_core.inputs.sources.reading import PictureReader
from mmrec_core.inputs.sources.source import Place


def pictures(work: Workspace) -> None:
    """Run the image encoder; of one that is fitted to the collection, its tower alone."""
    listed = PicturePlaces.read(work.input(scratch.PICTURE_FILES))
    places = listed.of(work.table(scratch.DECODED)["image"])
    encode = Portable(picture_encoder(work.config), picture_encoder, work.config)
    size = min(CHUNK, batch_size(pick_device(None)))  # shards are read from few places at once
    vectors = work.in_chunks("embeddings images", places, encode, "images", size)
    write_array(work.output(scratch.PICTURES), vectors)


def picture_encoder(config: BuildConfig) -> Callable[[Sequence[Place]], np.ndarray]:
    """Return what reads, decodes and encodes pictures, given their places; it holds the encoder.

    It takes any number of places, works on the thread that calls it, may be called from several
    threads at once, and gives float32 (n, columns). The same places give the same vectors.
    """
    clip = load_clip(config)
    encode = clip.image_features if hasattr(clip, "fit") else clip.encode_images
    reader = PictureReader(config.images)
    return lambda places: encode(PlacedPictures(reader, places, clip.picture_side))


STAGE = Stage(
    "pictures",
    pictures,
    reads=(scratch.DECODED, scratch.PICTURE_FILES, scratch.ENCODERS),
    writes=(scratch.PICTURES,),
    options=OPTIONS,
)
