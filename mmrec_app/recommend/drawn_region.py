"""A region that a person drew on the query's picture, and its use, as an address holds them."""

import re
from dataclasses import dataclass

from mmrec_core.serving.query_picture import LEAST_SHARE, Region, Use

_WRITTEN = re.compile(r"(only|without):(\d\.\d{1,3}),(\d\.\d{1,3}),(\d\.\d{1,3}),(\d\.\d{1,3})")


@dataclass(frozen=True)
class DrawnRegion:
    """A region, and whether it is the query or left out of it."""

    region: Region
    use: Use

    def __str__(self) -> str:
        """Write it as an address holds it: ``only:0.100,0.200,0.800,0.900``."""
        return f"{self.use}:" + ",".join(f"{edge:.3f}" for edge in self.region)


def drawn_region(text: str) -> DrawnRegion | None:
    """Read what `DrawnRegion` wrote; None for anything else, or a region too small to ask about.

    Examples
    --------
    >>> str(drawn_region("only:0.1,0.2,0.8,0.9")), drawn_region("only:0.8,0.2,0.1,0.9")
    ('only:0.100,0.200,0.800,0.900', None)
    """
    match = _WRITTEN.fullmatch(text)
    if match is None:
        return None
    use: Use = "only" if match[1] == "only" else "without"
    left, top, right, bottom = map(float, match.groups()[1:])
    region = Region(left, top, right, bottom)
    if right > 1 or bottom > 1 or left >= right or top >= bottom or region.share < LEAST_SHARE:
        return None
    return DrawnRegion(region, use)
