"""A visitor's picture as an address that holds it."""

import base64
import io

from PIL import Image

_SIDE = 384


def of_picture(image: Image.Image) -> str:
    """Return a small copy of a picture as a data URL."""
    small = image.copy()
    small.thumbnail((_SIDE, _SIDE))
    buffer = io.BytesIO()
    small.save(buffer, "WEBP", quality=85)
    return f"data:image/webp;base64,{base64.b64encode(buffer.getvalue()).decode()}"
