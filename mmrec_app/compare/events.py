"""What the browser says was compared, checked before anything is kept."""

from mmrec_app.compare.comparisons import Comparison, systems
from mmrec_app.compare.view import LENGTHS, Pair, pairs_of
from mmrec_app.shared import against
from mmrec_app.shared.grading_events import Event
from mmrec_core.bundle import Bundle
from mmrec_core.preferences.systems import bundle_of


def compared_by(bundle: Bundle, sides: Pair, event: Event) -> tuple[Comparison, int] | None:
    """Return the comparison that an event is of, and its query's place in the lists.

    None where there is no comparison of these systems, in either order, or no such query in it.
    """
    k = event["k"]
    name = next(filter(None, map(bundle_of, sides)), None)
    other = against.other_bundle(bundle, name)
    if k not in LENGTHS or (name is not None and other is None):
        return None
    known = pairs_of(systems(bundle, other))
    pair = next((pair for pair in (sides, sides[::-1]) if pair in known), None)
    if pair is None:
        return None
    compared = Comparison(bundle, other, pair, k)
    at = compared.place(event["query"])
    return None if at is None else (compared, at)
