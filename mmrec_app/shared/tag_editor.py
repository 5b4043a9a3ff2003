"""The visitor's tags of some images."""

from collections.abc import Sequence

import streamlit as st

from mmrec_app.i18n import _
from mmrec_app.shared import reviewer, reviews
from mmrec_app.words import formats
from mmrec_core.bundle import Bundle
from mmrec_core.errors import VerdictError
from mmrec_core.verdicts.places import verdict_place
from mmrec_core.verdicts.store import VerdictStore


def tag_editor(bundle: Bundle, images: Sequence[str], key: str) -> None:
    """Draw the visitor's tags of some images: those that all of them have, to add to or take off.

    Parameters
    ----------
    bundle : Bundle
    images : sequence of str
        Names of the images.
    key : str
        Prefix of the widget's key.
    """
    by = reviewer.name()
    kept = VerdictStore(verdict_place(bundle.path))
    try:
        tags = kept.tags()
    except VerdictError as error:
        st.text(str(error))
        return
    own = tags[(tags["reviewer"] == by) & tags["image"].isin(set(images))]
    counts = own.groupby("tag")["image"].nunique()
    present = sorted(counts.index[counts == len(set(images))]) if images else []
    widget = f"{key}.tags"
    st.session_state[widget] = present

    def change() -> None:
        chosen = set(st.session_state[widget])

        def run() -> None:
            for tag in chosen - set(present):
                kept.tag(images, tag, reviewer=by, digest=bundle.digest)
            for tag in set(present) - chosen:
                kept.untag(images, tag, reviewer=by)

        reviews.attempt(run)

    st.multiselect(
        _("Tags"),
        sorted({*tags["tag"], *present}),
        key=widget,
        accept_new_options=True,
        disabled=not images,
        placeholder=_("Choose or write a tag"),
        on_change=change,
        help=_("Your tags on these images. Browse, Map and Errors can filter by them."),
    )
    if others := sorted(
        set(tags.loc[(tags["reviewer"] != by) & tags["image"].isin(set(images)), "tag"])
    ):
        said = _("Other reviewers' tags: {tags}").format(tags=", ".join(others))
        st.caption(formats.escaped(said))
