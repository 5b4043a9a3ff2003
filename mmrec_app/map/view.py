"""What the Map page shows, as its link says it."""

import re
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote

from mmrec_app.i18n import _
from mmrec_app.map import selection
from mmrec_app.state import address
from mmrec_core.bundle import Bundle
from mmrec_core.collection.filtering import Filter
from mmrec_core.collection.map_grid import NO_VALUE
from mmrec_core.differences.figures import BY_QUERY, NDCG

CLUSTER, LABEL, SCORE, NDCG_LOSS, VERDICT, WINS = COLOURS = (
    "cluster", "label", "score", "ndcg_loss", "verdict", "wins",
)  # fmt: skip
LONGEST_QUERY = 300


@dataclass(frozen=True)
class MapView(Filter):
    """``isolate`` names categories of the legend, ``lasso`` is a polygon (`selection.written`).

    ``levels`` are the ends of a part of the colour scale, as in ``40-254``.

    ``image`` is the marked image's name; ``query``, a text, or ``upload``, a visitor's picture
    (`mmrec_app.served.visitor_pictures`), is placed on the map.

    ``against`` names the other bundle of the colour ``wins``, ``ranker`` (None for the main one of
    both) and ``metric`` by what it compares.
    """

    colour: str = CLUSTER
    isolate: str = ""
    levels: str = ""
    lasso: str = ""
    image: str | None = None
    query: str = ""
    upload: str | None = None
    page: int = 1
    against: str | None = None
    ranker: str | None = None
    metric: str = NDCG

    def __post_init__(self) -> None:
        """Move what is out of range into it."""
        if self.colour not in COLOURS:
            object.__setattr__(self, "colour", CLUSTER)
        if self.metric not in BY_QUERY:
            object.__setattr__(self, "metric", NDCG)
        object.__setattr__(self, "page", max(1, self.page))
        object.__setattr__(self, "query", " ".join(self.query.split())[:LONGEST_QUERY])

    @property
    def polygon(self) -> selection.Polygon:
        """The selection's corners, none without a selection."""
        return selection.parsed(self.lasso)

    @property
    def isolated(self) -> list[str]:
        """The names of the isolated categories."""
        return [unquote(name) for name in self.isolate.split(",") if name]

    @property
    def between(self) -> tuple[int, int] | None:
        """The part of the colour scale that is on, both ends included; None for all of it."""
        ends = re.fullmatch(r"(\d{1,3})-(\d{1,3})", self.levels)
        if not ends:
            return None
        low, high = int(ends[1]), int(ends[2])
        return (low, high) if low <= high < NO_VALUE and (low, high) != (0, NO_VALUE - 1) else None


def isolating(names: list[str]) -> str:
    """Write names of categories as `MapView.isolate` holds them."""
    return ",".join(quote(name, safe=" /") for name in names)


def checked(bundle: Bundle, view: MapView) -> MapView:
    """Return a view that this bundle can show.

    Raises
    ------
    LinkError
        If the image is unknown or the selection cannot be read.
    """
    if view.image is not None and view.image not in bundle:
        raise address.LinkError(_("This bundle has no image “{name}”.").format(name=view.image))
    try:
        selection.parsed(view.lasso)
    except ValueError:
        raise address.LinkError(_("The selection in this link cannot be read.")) from None
    if view.colour == LABEL and not bundle.manifest.counts.with_label:
        return replace(view, colour=CLUSTER, isolate="")
    return view
