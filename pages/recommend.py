"""One query: its recommendations, why each is there, and where it lies in the collection."""

import streamlit as st

from mmrec_app import loading, notices
from mmrec_app.recommend import answer, query
from mmrec_app.recommend import view as views
from mmrec_app.state import LinkError
from mmrec_core.errors import EncoderError, ImageError, QueryError

bundle = loading.current_bundle()
recommender = loading.recommender(bundle)
try:
    view = views.current(bundle, recommender.rankers)
except LinkError as error:
    notices.stop("This link does not fit this collection", str(error))

asked = query.current(view)
if asked is None:
    query.ask(bundle, view)
    st.stop()

left, right = st.columns([1, 4.8], gap="medium")
with left:
    shown = st.container()
    query.uploader(view)
with right:
    query.controls(bundle, view, recommender.rankers)
try:
    with right, query.waiting(asked):
        found = loading.recommendations(bundle, asked, view)
except ImageError as error:
    with right:
        notices.notice("This picture cannot be read", str(error), ":material/broken_image:")
    st.stop()
except EncoderError as error:
    with right:
        notices.notice("The encoder for new pictures is not at hand", str(error))
    st.stop()
except QueryError as error:
    with shown:
        query.panel(bundle, asked, None)
    with right:
        notices.notice("No recommendations under this ranker", str(error))
        query.other_rankers(view, recommender.rankers)
    st.stop()
with shown:
    query.panel(bundle, asked, found)
with right:
    answer.results(bundle, view, found)
answer.place(bundle, found)
answer.footer(bundle, found)
