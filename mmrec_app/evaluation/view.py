"""What the Evaluation page shows, as its URL says it."""

from dataclasses import dataclass

from mmrec_app.i18n import _
from mmrec_app.state import address
from mmrec_core.bundle import Bundle
from mmrec_core.bundle.build_record import built_metrics
from mmrec_core.collection.filtering import Filter
from mmrec_core.differences.figures import BY_QUERY, NDCG
from mmrec_core.evaluation.slices import KINDS

MOST_PLACES = 100
FIGURES, QUERIES, SYSTEMS, BUILDS = VIEWS = "figures", "queries", "systems", "builds"
LEAST_RATIO, MOST_RATIO = 0.01, 100.0


@dataclass(frozen=True)
class EvaluationView(Filter):
    """The view's parameters; the filter is for the table of queries alone.

    Attributes
    ----------
    view : str
        ``figures``; ``queries``, the table of all held-out queries; ``systems``, this bundle and
        another; or ``builds``, figures over the builds of this bundle.
    set : str
        The query set that all views are of; empty for all held-out queries.
    k : int
        Places that nDCG and recall look at.
    ranker : str or None
        The one in focus.
    threshold : float or None
        Probability; None for the ranker's own.
    miss : float or None
        How many false alarms a miss costs; None while no threshold by cost is looked for.
    slice : str or None
        ``kind:value``, or ``kind:`` while none is chosen; of the table, the queries shown.
    sort : str
        Queries: a column, with a minus before it from the highest on; empty for nDCG of the ranker
        in focus, the worst first.
    worse_than : str or None
        Queries: only those on which CatBoost has a lower nDCG than this ranker.
    page : int
        Queries: from 1.
    against : str or None
        Systems: the name of the other bundle.
    metric : str
        Systems: by which queries and slices are compared. Builds: what is drawn.
    """

    view: str = FIGURES
    set: str = ""
    k: int = 5
    ranker: str | None = None
    threshold: float | None = None
    miss: float | None = None
    slice: str | None = None
    sort: str = ""
    worse_than: str | None = None
    page: int = 1
    against: str | None = None
    metric: str = NDCG

    def __post_init__(self) -> None:
        """Put what is out of its range to the nearest, or to the default."""
        if self.view not in VIEWS:
            object.__setattr__(self, "view", FIGURES)
        if self.metric not in BY_QUERY:
            object.__setattr__(self, "metric", NDCG)
        object.__setattr__(self, "page", max(1, self.page))
        object.__setattr__(self, "k", min(max(self.k, 1), MOST_PLACES))
        if self.miss is not None:
            object.__setattr__(self, "miss", min(max(self.miss, LEAST_RATIO), MOST_RATIO))
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
    for named in (view.ranker, view.worse_than):
        if named is not None and named not in rankers:
            raise address.LinkError(
                _("This bundle has no ranker “{name}”. It has: {names}.").format(
                    name=named, names=", ".join(rankers)
                )
            )
    if view.kind not in KINDS:
        raise address.LinkError(_("There are no slices by “{name}”.").format(name=view.kind))
    return view


def view_names() -> dict[str, str]:
    """Return the names of the views."""
    return {
        FIGURES: _("Figures"),
        QUERIES: _("Queries"),
        SYSTEMS: _("Two bundles"),
        BUILDS: _("Builds"),
    }


def in_focus(view: EvaluationView, rankers: tuple[str, ...]) -> str:
    """Return the ranker that the page looks at: the trained one unless another is chosen."""
    return view.ranker or (rankers[0] if "model" in rankers else rankers[-1])


def has_pairs(bundle: Bundle) -> bool:
    """Return whether there are held-out pairs to measure on."""
    return built_metrics(bundle).pairs > 0
