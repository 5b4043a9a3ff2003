"""The grades of a result, with keys while they are in sight."""

from mmrec_app.i18n import _
from mmrec_app.served.scripts import component
from mmrec_app.shared import grading
from mmrec_app.shared.fragment import fragment
from mmrec_core.bundle import Bundle

_KEY = "recommend.grades"
_component = component("grades", "grading")


@fragment
def grades(bundle: Bundle, query: str, candidate: str, ranker: str, rank: int) -> None:
    """Draw the four grades of a pair, given by its images' names, and where it was seen."""
    _component(
        key=_KEY,
        data={
            "pair": {"query": query, "candidate": candidate, "ranker": ranker, "rank": rank},
            "keys": [
                ["1 2 3 4", _("not relevant … very relevant")],
                ["0", _("remove the grade")],
                ["U", _("undo")],
            ],
            "words": grading.words() | {"here": _("Here are the grades: press the key again.")},
        }
        | grading.state(bundle, _KEY, [query]),
        on_events_change=lambda: grading.take(bundle, _KEY),
    )
