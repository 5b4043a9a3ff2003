"""The page before there is a query: describe it, bring a picture, or take one of these."""

import streamlit as st

from mmrec_app.i18n import _
from mmrec_app.recommend import panel
from mmrec_app.recommend.view import RecommendView
from mmrec_app.served.recommenders import load_encoders_ahead
from mmrec_app.shared import gallery
from mmrec_core.bundle import Bundle
from mmrec_core.collection.examples import examples


def start(bundle: Bundle, view: RecommendView) -> None:
    """Draw the ways to ask."""
    st.text(_("Query with a picture or a text, and see what each ranker recommends and why."))
    left, right = st.columns([1, 2.6], gap="large")
    with left:
        st.header(_("Your own query"), anchor=False)
        panel.text_field(view, _("Describe what you are looking for"))
        panel.upload_field()
    with right:
        st.header(_("Or an image of the collection"), anchor=False)
        gallery.gallery(
            bundle,
            [gallery.Card(row) for row in examples(bundle.items, 18)],
            label=_("Example images"),
            key="recommend.examples",
            link=view.link_to,
            width="8.5rem",
        )
    load_encoders_ahead(bundle)
