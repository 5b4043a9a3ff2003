"""Sharing the queue among reviewers: each has a part of the queries, and a link leads to it."""

from dataclasses import replace

import numpy as np
import streamlit as st

from mmrec_app.errors.view import ErrorsView
from mmrec_app.i18n import _
from mmrec_app.shared import reviewer, reviews
from mmrec_app.state import address
from mmrec_app.words import formats
from mmrec_core.bundle import Bundle
from mmrec_core.verdicts import queue as review_queue

MOST = 9
_KEY = "errors.queue.parts"


def share(bundle: Bundle, view: ErrorsView, images: np.ndarray) -> None:
    """Draw the button that deals the queue into parts, and the links to these.

    Parameters
    ----------
    bundle : Bundle
    view : ErrorsView
    images : ndarray of str
        Names of the queries of the whole queue.
    """
    part, parts = view.dealt or (1, 1)
    title = _("Part {part} of {parts}").format(part=part, parts=parts)
    with st.popover(title if view.dealt else _("Share the queue"), icon=":material/group_add:"):
        st.session_state[_KEY] = parts
        st.number_input(
            _("Reviewers who share the queue"),
            min_value=1,
            max_value=MOST,
            key=_KEY,
            on_change=_deal,
            help=_(
                "Each gets other queries, about as many, and the same ones whatever the order. "
                "Reviewers of one query can be compared only where they grade the same pairs: "
                "leave some part to two of them."
            ),
        )
        if not view.dealt:
            return
        st.caption(_("Open your part, and give the other links to the others:"))
        counts, by = reviews.store(bundle).counts(), reviewer.name()
        for other in range(1, parts + 1):
            mine = images[review_queue.dealt(images, other, parts)]
            done = review_queue.progress(counts, mine, by)
            graded = _("Part {part} of {parts}: {graded} of {queries} graded").format(
                part=other,
                parts=parts,
                graded=formats.whole(int(done.graded.sum())),
                queries=formats.whole(len(mine)),
            )
            st.link_button(
                graded,
                address.link("errors", replace(view, share=f"{other}/{parts}", query=None)),
                type="secondary" if other == part else "tertiary",
                width="stretch",
            )


def _deal() -> None:
    parts = int(st.session_state[_KEY])
    address.change(ErrorsView, share=f"1/{parts}" if parts > 1 else "", query=None)
