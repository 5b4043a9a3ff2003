"""A thumbnail of one picture, as a bundle keeps it."""

import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from mmrec_core.errors import ImageError
from mmrec_core.inputs.images import DECODED_SIDE, decode, thumbnail, to_webp
from mmrec_core.inputs.sources.reading import PictureReader
from mmrec_core.inputs.sources.source import Place


class Thumbnail(NamedTuple):
    """A thumbnail's file.

    Attributes
    ----------
    content : bytes
        WebP.
    width, height : int
        In pixels.
    """

    content: bytes
    width: int
    height: int

    @property
    def sha256(self) -> str:
        """The file's digest."""
        return hashlib.sha256(self.content).hexdigest()


def make_thumbnail(source: Path | bytes) -> Thumbnail:
    """Decode a picture and make its thumbnail; the same picture gives the same bytes.

    Parameters
    ----------
    source : Path or bytes
        As `PictureReader.read` gives it.

    Raises
    ------
    ImageError
        If it cannot be decoded; the text is the reason alone.
    """
    picture = thumbnail(decode(source, max_side=DECODED_SIDE, to_be_seen=True))
    return Thumbnail(to_webp(picture), *picture.size)


def read_thumbnail(path: Path) -> Thumbnail:
    """Read a thumbnail that was written whole; FileNotFoundError if there is none."""
    content = path.read_bytes()
    with Image.open(io.BytesIO(content)) as picture:
        return Thumbnail(content, *picture.size)


def thumbnail_maker(root: Path) -> Callable[[list[Place]], list[Thumbnail | str]]:
    """Return what makes thumbnails of the pictures below ``root``, given their places.

    Of one that cannot be decoded it gives the reason.
    """
    reader = PictureReader(root)

    def made(place: Place) -> Thumbnail | str:
        try:
            return make_thumbnail(reader.read(place))
        except ImageError as error:
            return str(error)

    return lambda places: [made(place) for place in places]
