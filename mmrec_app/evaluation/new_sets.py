"""Which queries of the page a new query set can be of."""

from functools import partial

from mmrec_app.evaluation import two_systems
from mmrec_app.evaluation.query_view import listed
from mmrec_app.evaluation.view import QUERIES, SYSTEMS, EvaluationView
from mmrec_app.i18n import _
from mmrec_app.shared.query_set_editor import Source
from mmrec_app.state import address
from mmrec_core.bundle import Bundle


def sources(bundle: Bundle, view: EvaluationView) -> list[Source]:
    """Return what the view that is open offers."""
    if view.view == QUERIES:
        origin = f"worse by CatBoost than by {view.worse_than}" if view.worse_than else ""
        return [Source(_("This table, as narrowed"), partial(_table, bundle), origin)]
    if view.view == SYSTEMS and view.against is not None:
        title = _("Worse in {bundle}").format(bundle=view.against)
        origin = f"worse in {view.against} by {view.metric}"
        return [Source(title, partial(two_systems.worse, bundle), origin)]
    return []


def _table(bundle: Bundle) -> list[str]:
    return listed(bundle, address.read(EvaluationView))["image"].tolist()
