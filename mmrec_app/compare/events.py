"""What the browser says was compared, checked before anything is kept."""

from mmrec_app.compare.comparisons import Comparison, systems
from mmrec_app.compare.view import LENGTHS, Pair, pairs_of
from mmrec_app.shared import against
from mmrec_core.bundle import Bundle
from mmrec_core.preferences.systems import bundle_of


def compared_by(bundle: Bundle, sides: Pair, k: int) -> Comparison | None:
    """Return the comparison of two systems in either order, None where there is none such."""
    name = next(filter(None, map(bundle_of, sides)), None)
    other = against.other_bundle(bundle, name)
    if k not in LENGTHS or (name is not None and other is None):
        return None
    known = pairs_of(systems(bundle, other))
    pair = next((pair for pair in (sides, sides[::-1]) if pair in known), None)
    return None if pair is None else Comparison(bundle, other, pair, k)
