"""What the Recommend page shows, as its link says it."""

from dataclasses import dataclass, replace

from mmrec_app import state
from mmrec_app.i18n import _
from mmrec_core.bundle import Bundle

COLLAPSE_ABOVE = 0.98
K_RANGE = (1, 50)


@dataclass(frozen=True)
class RecommendView:
    """``image`` and ``result`` are ids; an empty ``ranker`` is the bundle's best."""

    image: str | None = None
    ranker: str = ""
    k: int = 10
    collapse: bool = True
    result: str | None = None

    def __post_init__(self) -> None:
        """Move ``k`` into its range."""
        object.__setattr__(self, "k", min(max(self.k, K_RANGE[0]), K_RANGE[1]))


def current(bundle: Bundle, rankers: tuple[str, ...]) -> RecommendView:
    """Read the view from the URL.

    Raises
    ------
    LinkError
        If the image, the ranker or the chosen result is unknown.
    """
    view = state.read(RecommendView)
    ranker = view.ranker or default_ranker(rankers)
    if ranker not in rankers:
        raise state.LinkError(
            _("This bundle has no ranker “{name}”. It has: {names}.").format(
                name=ranker, names=", ".join(rankers)
            )
        )
    for image in (view.image, view.result):
        if image and image not in bundle:
            raise state.LinkError(_("This bundle has no image “{name}”.").format(name=image))
    return replace(view, ranker=ranker)


def default_ranker(rankers: tuple[str, ...]) -> str:
    """Return the trained ranker if there is one, else the mean of the two similarities."""
    return "model" if "model" in rankers else rankers[-1]
