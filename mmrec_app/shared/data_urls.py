"""A visitor's picture as an address that holds it."""

import io

from PIL import Image

from mmrec_core.data_urls import data_url

_SIDE = 384


def of_picture(image: Image.Image) -> str:
    """Return a small copy of a picture as a data URL."""
    small = image.copy()
    small.thumbnail((_SIDE, _SIDE))
    buffer = io.BytesIO()
    small.save(buffer, "WEBP", quality=85)
    return data_url(buffer.getvalue())
