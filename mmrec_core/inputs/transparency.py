"""What stands behind a transparent picture: white, unless white would swallow it."""

import numpy as np
from PIL import Image, ImageFilter

_SEEN_SIDE = 256
_LEAST_CONTRAST = 1.3
_LARGEST_SHARE = 1 / 3
_SQUARES = 32
_LIGHT, _DARK = (212, 216, 222), (190, 196, 204)


def on_white(picture: Image.Image) -> Image.Image:
    """Lay a picture of mode ``RGBA`` on white: what encoders are given. Returns mode ``RGB``."""
    return _laid_on(Image.new("RGB", picture.size, "white"), picture)


def on_checkerboard(picture: Image.Image) -> Image.Image:
    """Lay a picture of mode ``RGBA`` on squares of two greys. Returns mode ``RGB``.

    Both white and black ink can be told from them. 32 squares go along the longer side, so that a
    smaller copy shows as many.
    """
    width, height = picture.size
    square = max(1, max(picture.size) / _SQUARES)
    across = (np.arange(width) / square).astype(int)
    down = (np.arange(height) / square).astype(int)
    dark = (across[None, :] + down[:, None]) % 2 == 1
    greys = np.array([_LIGHT, _DARK], dtype=np.uint8)[dark.astype(np.uint8)]
    return _laid_on(Image.fromarray(greys), picture)


def swallowed_by_white(picture: Image.Image) -> bool:
    """Whether the outline of a transparent picture can't be told from white.

    That is so where a third of the visible pixels that border on transparent ones have a contrast
    to white below 1.3, by the contrast ratio of WCAG 2.2 (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio).

    Parameters
    ----------
    picture : PIL.Image.Image
        Mode ``RGBA``. One without transparent pixels has no outline, and nothing swallows it.
    """
    small = picture.copy()
    small.thumbnail((_SEEN_SIDE, _SEEN_SIDE))
    visible = small.getchannel("A").point(lambda alpha: 255 if alpha > 127 else 0)
    inner = visible.filter(ImageFilter.MinFilter(5))
    outline = (np.asarray(visible) > 0) & (np.asarray(inner) == 0)
    if not outline.any():
        return False
    colour = np.asarray(small.convert("RGB"))[outline] / 255
    linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    contrast = 1.05 / (linear @ (0.2126, 0.7152, 0.0722) + 0.05)
    return float((contrast < _LEAST_CONTRAST).mean()) >= _LARGEST_SHARE


def _laid_on(ground: Image.Image, picture: Image.Image) -> Image.Image:
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground
