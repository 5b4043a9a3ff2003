"""What the Recommend page shows, as its link says it."""

from dataclasses import dataclass, replace

from mmrec_app.i18n import _
from mmrec_app.recommend.drawn_region import drawn_region
from mmrec_app.shared.regions import MEASURES
from mmrec_app.state import address
from mmrec_core.bundle import Bundle
from mmrec_core.ranker.model import BERT, CLIP, FUSED, MODEL

COLLAPSE_ABOVE = 0.98
K_RANGE = (1, 50)
LONGEST_TEXT = 1000
LONGEST_SEARCH = 200
SIDE_BY_SIDE = ""


@dataclass(frozen=True)
class RecommendView:
    """The view's parameters.

    Attributes
    ----------
    image, upload, text : str or None
        The query: the name of an image, or of a visitor's picture
        (`mmrec_app.served.visitor_pictures`), a text, or one of the former with a caption.
    ranker : str
        The one ranker that is shown; empty for several side by side.
    k : int
        Results in each list.
    collapse : bool
        Whether near-duplicates are one.
    diversity : float
        0 to 1.
    result, by : str or None
        The chosen result's name, and in whose list it was chosen.
    against : str or None
        The result that it is compared with.
    seek : str
        Words of the caption or name of an image that the visitor misses.
    missing : str or None
        The image about which they ask why it is not shown.
    parts : str
        What regions and words are shown to add up to, one of `regions.MEASURES`; empty while they
        are not shown.
    set : str
        The query set whose queries are gone through; empty for none.
    other : str or None
        The name of another bundle, whose list stands beside this one's.
    other_by : str
        The ranker of that list; empty for the same one, or its best.
    """

    image: str | None = None
    upload: str | None = None
    text: str | None = None
    ranker: str = SIDE_BY_SIDE
    k: int = 10
    collapse: bool = True
    diversity: float = 0.0
    result: str | None = None
    by: str | None = None
    against: str | None = None
    seek: str = ""
    missing: str | None = None
    parts: str = ""
    region: str = ""
    set: str = ""
    other: str | None = None
    other_by: str = ""

    def __post_init__(self) -> None:
        """Move numbers into their range, and cut a text that is too long."""
        object.__setattr__(self, "k", min(max(self.k, K_RANGE[0]), K_RANGE[1]))
        object.__setattr__(self, "diversity", round(min(max(self.diversity, 0.0), 1.0), 2))
        object.__setattr__(self, "seek", self.seek[:LONGEST_SEARCH])
        object.__setattr__(self, "parts", self.parts if self.parts in MEASURES else "")
        object.__setattr__(self, "region", str(drawn_region(self.region) or ""))
        object.__setattr__(self, "text", (self.text or "").strip()[:LONGEST_TEXT] or None)

    @property
    def collapse_above(self) -> float | None:
        """The cosine from which on two results are one; None where they are not merged."""
        return COLLAPSE_ABOVE if self.collapse else None

    def lists(self, can_answer: tuple[str, ...]) -> tuple[str, ...]:
        """Return the rankers whose lists are shown, of those that can answer."""
        if self.ranker:
            return (self.ranker,)
        if self.other:
            return (MODEL,) if MODEL in can_answer else (FUSED,)
        shown = [name for name in (MODEL, CLIP, BERT) if name in can_answer]
        if MODEL not in shown and BERT in shown:  # without captions the mean is CLIP again
            shown.append(FUSED)
        return tuple(shown)

    def link_to(self, image: str) -> str:
        """Return a link that makes an image of the collection the query."""
        return address.link("recommend", self._of_pair(image))

    def link_to_result(self, ranker: str, image: str) -> str:
        """Return a link that chooses a result of this query."""
        return address.link("recommend", replace(self, result=image, by=ranker, against=None))

    def link_to_pair(self, query: str, candidate: str) -> str:
        """Return a link that explains what CatBoost makes of a pair of the collection."""
        return address.link("recommend", self._of_pair(query, candidate, MODEL))

    def link_to_missing(self, image: str) -> str:
        """Return a link that says why an image is not among the results."""
        return address.link("recommend", replace(self, missing=image))

    def _of_pair(
        self, query: str, candidate: str | None = None, by: str | None = None
    ) -> "RecommendView":
        """Return the same settings for another query: what was chosen for this one is void."""
        return RecommendView(
            image=query,
            ranker=self.ranker,
            k=self.k,
            collapse=self.collapse,
            diversity=self.diversity,
            result=candidate,
            by=by,
            parts=self.parts,
            set=self.set,
            other=self.other,
            other_by=self.other_by,
        )


def current(bundle: Bundle, rankers: tuple[str, ...]) -> RecommendView:
    """Read the view from the URL.

    Raises
    ------
    LinkError
        If the image, the ranker or the chosen result is unknown.
    """
    view = address.read(RecommendView)
    if view.ranker and view.ranker not in rankers:
        raise address.LinkError(
            _("This bundle has no ranker “{name}”. It has: {names}.").format(
                name=view.ranker, names=", ".join(rankers)
            )
        )
    result = None if view.other else view.result  # the other bundle may have it
    for image in (view.image, result, view.against, view.missing):
        if image and image not in bundle:
            raise address.LinkError(_("This bundle has no image “{name}”.").format(name=image))
    return replace(view, by=None) if view.by not in rankers else view
