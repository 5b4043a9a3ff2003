"""What the Compare page shows, as its link says it."""

from dataclasses import dataclass
from itertools import combinations, product

from mmrec_app.i18n import _
from mmrec_core.preferences.systems import bundle_of, ranker_of
from mmrec_core.ranker.model import FUSED, MODEL

JUDGE, INTERLEAVED, FIGURES = VIEWS = ("judge", "interleaved", "figures")
LENGTHS = (5, 10)


@dataclass(frozen=True)
class CompareView:
    """The view's parameters.

    Attributes
    ----------
    view : str
        ``judge``, two lists side by side; ``interleaved``, one list of both; ``figures``.
    set : str
        The query set of which queries are drawn, and figures are; empty for all.
    first, second : str
        The rankers that are compared; empty for CatBoost and the baseline, or the first two. With
        another bundle the second is of that; empty for CatBoost of both.
    k : int
        How many pictures of each list are shown: 5 or 10.
    against : str or None
        The name of another bundle.
    """

    view: str = JUDGE
    set: str = ""
    first: str = ""
    second: str = ""
    k: int = LENGTHS[0]
    against: str | None = None

    def __post_init__(self) -> None:
        """Put what is out of its range to the default."""
        for name, known in (("view", VIEWS), ("k", LENGTHS)):
            if getattr(self, name) not in known:
                object.__setattr__(self, name, known[0])


Pair = tuple[str, str]


def pairs_of(systems: tuple[str, ...]) -> list[Pair]:
    """Return all pairs of systems that can be compared.

    In one bundle these are all pairs of rankers, that of CatBoost and the baseline first; in two,
    each ranker of the one with each of the other, the same rankers first.
    """
    own = [system for system in systems if not bundle_of(system)]
    others = [system for system in systems if bundle_of(system)]
    if not others:
        return sorted(combinations(own, 2), key=lambda pair: pair != (MODEL, FUSED))
    return sorted(product(own, others), key=lambda pair: _rankers(pair)[0] != _rankers(pair)[1])


def compared(view: CompareView, systems: tuple[str, ...]) -> Pair:
    """Return the systems that a view compares, of those that there are: two at least."""
    chosen, pairs = (view.first, view.second), pairs_of(systems)
    turned = [chosen] if any(map(bundle_of, systems)) else [chosen, chosen[::-1]]
    return next((pair for pair in pairs if _rankers(pair) in turned), pairs[0])


def view_names() -> dict[str, str]:
    """Return the names of the views."""
    return {JUDGE: _("Side by side"), INTERLEAVED: _("Interleaved"), FIGURES: _("Figures")}


def _rankers(pair: Pair) -> Pair:
    return ranker_of(pair[0]), ranker_of(pair[1])
