"""The clusters of the collection as cards; a click opens one."""

import streamlit as st

from mmrec_app.clusters import detail, grid
from mmrec_app.clusters import view as views
from mmrec_app.clusters.overview import overview
from mmrec_app.frame import opening
from mmrec_app.frame.header import header
from mmrec_app.i18n import _
from mmrec_app.shared import naming, notices
from mmrec_app.state import address
from mmrec_app.words import formats

bundle = opening.current_bundle()
try:
    view = views.current(bundle)
except address.LinkError as error:
    notices.stop(_("This link does not fit this collection"), str(error))

with st.spinner(_("Measuring the clusters…"), show_time=False):
    measured = overview(bundle)

if view.cluster is None:
    with header("clusters"):
        grid.export(bundle, measured)
    grid.summary(bundle, measured)
    grid.grid(bundle, measured, view)
else:
    name = naming.cluster_name(bundle, view.cluster)
    with header("clusters", formats.escaped(_("Cluster {name}").format(name=name))):
        detail.actions(view)
    detail.detail(bundle, measured, view, view.cluster)
