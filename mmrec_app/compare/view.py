"""What the Compare page shows, as its link says it."""

from dataclasses import dataclass
from itertools import combinations

from mmrec_app.i18n import _
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
        The rankers that are compared; empty for CatBoost and the baseline, or the first two.
    k : int
        How many pictures of each list are shown: 5 or 10.
    """

    view: str = JUDGE
    set: str = ""
    first: str = ""
    second: str = ""
    k: int = LENGTHS[0]

    def __post_init__(self) -> None:
        """Put what is out of its range to the default."""
        for name, known in (("view", VIEWS), ("k", LENGTHS)):
            if getattr(self, name) not in known:
                object.__setattr__(self, name, known[0])


def pairs_of(rankers: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return all pairs of rankers, that of CatBoost and the baseline first."""
    pairs = list(combinations(rankers, 2))
    return sorted(pairs, key=lambda pair: pair != (MODEL, FUSED))


def compared(view: CompareView, rankers: tuple[str, ...]) -> tuple[str, str]:
    """Return the rankers that a view compares, of those that there are."""
    chosen = (view.first, view.second)
    return next((p for p in pairs_of(rankers) if set(p) == set(chosen)), pairs_of(rankers)[0])


def view_names() -> dict[str, str]:
    """Return the names of the views."""
    return {JUDGE: _("Side by side"), INTERLEAVED: _("Interleaved"), FIGURES: _("Figures")}
