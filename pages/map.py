"""The whole collection as a map; what is selected on it stands beside it."""

from mmrec_app import filters, frame, loading, notices, state
from mmrec_app.i18n import _
from mmrec_app.map.explore import explore
from mmrec_app.map.view import MapView, checked

bundle = loading.current_bundle()
try:
    checked(bundle, filters.current(MapView, "map", bundle))
except state.LinkError as error:
    notices.stop(_("This link does not fit this collection"), str(error))

frame.title(
    _("Map"),
    help=_(
        "UMAP lays all images out on a plane so that images alike by picture and caption lie close "
        "together. Distances within a spot mean something; those between far spots, and the axes, "
        "do not."
    ),
)
explore(bundle)
