"""What the Evaluation page shows, as its URL says it."""

from dataclasses import dataclass

from mmrec_app.i18n import _
from mmrec_app.state import address
from mmrec_core.bundle import Bundle
from mmrec_core.bundle.build_record import built_metrics
from mmrec_core.evaluation.slices import KINDS

MOST_PLACES = 100


@dataclass(frozen=True)
class EvaluationView:
    """``ranker`` is in focus; ``slice`` is ``kind:value``, or ``kind:`` while none is chosen."""

    k: int = 5
    ranker: str | None = None
    threshold: float | None = None
    slice: str | None = None

    def __post_init__(self) -> None:
        """Move numbers into their range."""
        object.__setattr__(self, "k", min(max(self.k, 1), MOST_PLACES))
        if self.threshold is not None:
            object.__setattr__(self, "threshold", round(min(max(self.threshold, 0.0), 1.0), 2))

    @property
    def kind(self) -> str:
        """The kind of slices."""
        return (self.slice or "").partition(":")[0] or KINDS[0]

    @property
    def value(self) -> str | None:
        """The chosen slice of that kind."""
        return (self.slice or "").partition(":")[2] or None


def current(rankers: tuple[str, ...]) -> EvaluationView:
    """Read the view from the URL; LinkError where it names what there is not."""
    view = address.read(EvaluationView)
    if view.ranker is not None and view.ranker not in rankers:
        raise address.LinkError(
            _("This bundle has no ranker “{name}”. It has: {names}.").format(
                name=view.ranker, names=", ".join(rankers)
            )
        )
    if view.kind not in KINDS:
        raise address.LinkError(_("There are no slices by “{name}”.").format(name=view.kind))
    return view


def in_focus(view: EvaluationView, rankers: tuple[str, ...]) -> str:
    """Return the ranker that the page looks at: the trained one unless another is chosen."""
    return view.ranker or (rankers[0] if "model" in rankers else rankers[-1])


def has_pairs(bundle: Bundle) -> bool:
    """Return whether there are held-out pairs to measure on."""
    return built_metrics(bundle).pairs > 0
