"""What a page loads before it draws: the chosen bundle and its recommender.

Everything here is shared between sessions and treated as read-only.
"""

import streamlit as st

from mmrec_app.frame import first_bundle
from mmrec_app.i18n import _
from mmrec_app.served.bundles import bundle_folders, opened
from mmrec_app.shared import notices
from mmrec_app.state import address
from mmrec_app.words import formats
from mmrec_core.bundle import Bundle
from mmrec_core.errors import BundleError

_OTHER_BUILD = "loading.other_build"


def bundle_at_hand() -> Bundle | None:
    """Return the bundle that the link or this session names, or None; the page says why."""
    folders = bundle_folders()
    name = address.bundle_name() or next(iter(folders), None)
    try:
        return opened(folders[name]) if name in folders else None
    except BundleError:
        return None


def current_bundle() -> Bundle:
    """Return the bundle that the link or this session names; without one, say so and stop.

    A link that was made with another build of the bundle is followed, with a note.
    """
    folders = bundle_folders()
    if not folders:
        first_bundle.offer()
    name = address.bundle_name()
    if name is not None and name not in folders:
        notices.stop(
            _("This link belongs to another bundle"),
            _("No bundle named “{name}” is served here. Available: {names}.").format(
                name=name, names=", ".join(folders)
            ),
        )
    folder = folders[name] if name else next(iter(folders.values()))
    try:
        bundle = opened(folder)
    except BundleError as error:
        notices.stop(_("This bundle cannot be opened"), str(error))
    linked = address.linked_digest()
    if linked and not bundle.digest.startswith(linked):
        st.session_state[_OTHER_BUILD] = (linked, bundle.digest)
    address.complete(folder.name, bundle.digest)
    if st.session_state.get(_OTHER_BUILD, ("", ""))[1] == bundle.digest:
        _note_other_build(st.session_state[_OTHER_BUILD][0], bundle.digest)
    return bundle


def _note_other_build(linked: str, digest: str) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        text = _(
            "This link was made with another build of the bundle ({linked}; this one is "
            "{present}). You see the results of this build: ranks and scores may differ."
        ).format(linked=linked, present=digest[: address.DIGEST_LENGTH])
        st.markdown(f":material/history: {formats.escaped(text)}", width="stretch")
        st.button(
            _("Got it"),
            type="tertiary",
            on_click=lambda: st.session_state.pop(_OTHER_BUILD, None),
        )
