"""What the browser says was compared, checked before anything is kept."""

from mmrec_app.compare.comparisons import Comparison, comparison, rankers
from mmrec_app.compare.view import LENGTHS, CompareView
from mmrec_core.bundle import Bundle


def compared_by(bundle: Bundle, systems: tuple[str, str], k: int) -> Comparison | None:
    """Return the comparison of two systems in either order, None where there is none such."""
    sides = set(systems)
    if len(sides) != 2 or not sides <= set(rankers(bundle)) or k not in LENGTHS:
        return None
    return comparison(bundle, CompareView(first=systems[0], second=systems[1], k=k))
