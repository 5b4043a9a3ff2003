"""A thumbnail of one picture, as a bundle keeps it."""

import hashlib
import io
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from mmrec_core.inputs.images import DECODED_SIDE, decode, thumbnail, to_webp


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
