"""A visitor's picture as an address that holds it."""

from PIL import Image

from mmrec_core.data_urls import data_url
from mmrec_core.inputs.images import thumbnail, to_webp


def of_picture(image: Image.Image) -> str:
    """Return a small copy of a picture as a data URL."""
    return data_url(to_webp(thumbnail(image)))
