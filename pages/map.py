"""The whole collection as a map; what is selected on it stands beside it."""

from mmrec_app.frame import opening
from mmrec_app.frame.header import header
from mmrec_app.i18n import _
from mmrec_app.map.explore import explore
from mmrec_app.map.view import MapView, checked
from mmrec_app.served.recommenders import load_encoders_ahead
from mmrec_app.shared import filters, notices
from mmrec_app.state import address

bundle = opening.current_bundle()
try:
    checked(bundle, filters.current(MapView, bundle))
except address.LinkError as error:
    notices.stop(_("This link does not fit this collection"), str(error))

header("map")
explore(bundle)
load_encoders_ahead(bundle)
