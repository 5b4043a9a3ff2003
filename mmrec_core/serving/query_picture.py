"""A query's picture, and a part of it: cut out, or painted over."""

from typing import Literal, NamedTuple

import numpy as np
from PIL.Image import Image

from mmrec_core.bundle import Bundle
from mmrec_core.errors import BundleError, ImageError, QueryError
from mmrec_core.inputs.images import decode

ONLY, WITHOUT = "only", "without"
Use = Literal["only", "without"]
"""What is done with a region: the query is nothing else, or all but it."""

LEAST_SIDE = 8  # pixels
LEAST_SHARE = 0.02  # of the picture's area


class Region(NamedTuple):
    """A rectangle in units of the picture's width and height, from its upper left corner."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def share(self) -> float:
        """Its share of the picture's area."""
        return max(self.right - self.left, 0.0) * max(self.bottom - self.top, 0.0)

    def box(self, size: tuple[int, int]) -> tuple[int, int, int, int]:
        """Return its whole pixels in a picture of that width and height.

        Raises
        ------
        QueryError
            If it does not lie in the picture, or is too small to tell anything.
        """
        if not (0 <= self.left < self.right <= 1 and 0 <= self.top < self.bottom <= 1):
            raise QueryError(
                f"the region {tuple(self)} does not lie in the picture: expected left, top, right "
                "and bottom from 0 to 1, left before right and top above bottom."
            )
        width, height = size
        left, right = round(self.left * width), round(self.right * width)
        top, bottom = round(self.top * height), round(self.bottom * height)
        thin = min(right - left, bottom - top) < LEAST_SIDE
        if thin or self.share < LEAST_SHARE:
            raise QueryError(
                f"the region is too small ({right - left} × {bottom - top} pixels of {width} × "
                f"{height}): choose one of at least {LEAST_SHARE:.0%} of the picture that is no "
                f"thinner than {LEAST_SIDE} pixels."
            )
        return left, top, right, bottom


def with_region(picture: Image, region: Region, use: Use) -> Image:
    """Return the region alone, or a copy in which it has the picture's mean colour.

    Parameters
    ----------
    picture : Image
        RGB.
    region : Region
    use : str
        ``only`` or ``without``.

    Raises
    ------
    QueryError
        As of `Region.box`.
    """
    box = region.box(picture.size)
    if use == ONLY:
        return picture.crop(box)
    colour = tuple(int(c) for c in np.asarray(picture).reshape(-1, 3).mean(axis=0))
    painted = picture.copy()
    painted.paste(colour, box)
    return painted


def thumbnail(bundle: Bundle, row: int) -> Image:
    """Return the small picture that a bundle has of an image; BundleError if it cannot be read."""
    path = bundle.thumbnail_path(row)
    try:
        return decode(path)
    except (OSError, ImageError) as error:
        raise BundleError(
            f"{path} cannot be read ({error}), so regions of this picture cannot be shown: "
            "build the bundle again."
        ) from None
