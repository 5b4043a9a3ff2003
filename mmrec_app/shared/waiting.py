"""What a page says while it waits for a worker: what it does, or how many are before.

Whoever waits can leave: a click elsewhere takes them out of the queue.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from mmrec_app.i18n import _, ngettext
from mmrec_app.served.recommenders import load_encoders_ahead, recommender_of
from mmrec_app.words import formats
from mmrec_core.bundle import Bundle
from mmrec_core.serving.answers import Query
from mmrec_core.worker import while_waiting


@contextmanager
def saying(text: str) -> Iterator[None]:
    """Say what is being done, and how many are before the visitor as long as some are."""
    with ExitStack() as said:
        before = 0

        def tell(now: int) -> None:
            nonlocal before
            if (context := get_script_run_ctx()) is not None:
                context.yield_check()  # a click ends this run here
            if now != before:
                before = now
                said.close()
                said.enter_context(st.spinner(_queued(now) if now else text, show_time=False))

        said.enter_context(st.spinner(text, show_time=False))
        token = while_waiting.set(tell)
        try:
            yield
        finally:
            while_waiting.reset(token)


@contextmanager
def answering(bundle: Bundle, query: Query, text: str) -> Iterator[None]:
    """Say what is being done for a query, and where it has to, that it waits for the encoders."""
    is_new = query.text is not None or not isinstance(query.image, str)
    with encoding(bundle, text) if is_new else saying(text):
        yield


@contextmanager
def encoding(bundle: Bundle, text: str) -> Iterator[None]:
    """Say what is being done with the encoders, and first that they are being loaded."""
    if not recommender_of(bundle).encoder.is_loaded:
        load_encoders_ahead(bundle)
        text = _("Loading the encoders: the first picture or text takes up to half a minute…")
    with saying(text):
        yield


def _queued(before: int) -> str:
    return ngettext(
        "{n} picture or text is before yours…", "{n} pictures and texts are before yours…", before
    ).format(n=formats.whole(before))
