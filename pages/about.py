"""Being written."""

from mmrec_app import frame
from mmrec_app.i18n import _

frame.title(_("About"))
