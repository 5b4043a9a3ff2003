"""Two rankers' lists side by side, not knowing whose they are; and what reviewers prefer."""

from mmrec_app.compare import figures, session
from mmrec_app.compare.view import FIGURES, CompareView, view_names
from mmrec_app.frame import opening
from mmrec_app.frame.header import header
from mmrec_app.i18n import _
from mmrec_app.served import rights
from mmrec_app.shared import closed, notices, query_sets
from mmrec_app.shared.query_set_editor import editor
from mmrec_app.shared.switch import switch
from mmrec_app.state import address

bundle = opening.current_bundle()
view = address.read(CompareView)
try:
    query_sets.check(bundle, view.set)
except address.LinkError as error:
    notices.stop(_("This link does not fit this collection"), str(error))

with header("compare"):
    if rights.may_write():
        switch(
            "compare.view",
            _("View"),
            view_names(),
            view.view,
            lambda name: address.change(CompareView, view=name),
        )
    editor(bundle, CompareView, view.set)
closed.said()
if view.view == FIGURES or not rights.may_write():
    figures.figures(bundle)
else:
    session.session(bundle)
