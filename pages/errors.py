"""What the rankers get wrong: pairs, queries to grade one by one, and the verdicts on them."""

from mmrec_app.errors import near_duplicates, pair_choice, pairs, queue, verdicts
from mmrec_app.errors.view import LABELS, PAIRS, QUEUE, TWINS, VERDICTS, ErrorsView, view_names
from mmrec_app.frame import opening
from mmrec_app.frame.header import header
from mmrec_app.i18n import _
from mmrec_app.shared import closed, filters, notices, query_sets
from mmrec_app.shared.query_set_editor import editor
from mmrec_app.shared.switch import switch
from mmrec_app.state import address

bundle = opening.current_bundle()
try:
    view = filters.current(ErrorsView, bundle)
    pair_choice.check(bundle, view)
    chosen = query_sets.found(bundle, view.set)
except address.LinkError as error:
    notices.stop(_("This link does not fit this collection"), str(error))

with header("errors"):
    switch(
        "errors.view",
        _("View"),
        view_names(),
        view.view,
        lambda name: address.change(ErrorsView, view=name, query=None, least=None, page=1),
    )
    if view.view in (PAIRS, QUEUE):
        editor(bundle, ErrorsView, view.set, page=1, query=None, bin=None)
closed.said()

if view.view == PAIRS and chosen is not None and not len(chosen.rows):
    query_sets.chip(view.set, ErrorsView, page=1)
    query_sets.nothing_left(chosen)
elif view.view == QUEUE:
    queue.queue(bundle)
elif view.view == VERDICTS:
    verdicts.verdicts(bundle)
elif view.view == TWINS:
    near_duplicates.twins(bundle)
elif view.view == LABELS:
    near_duplicates.label_mistakes(bundle)
else:
    pairs.browser(bundle)
