"""The verdicts and tags on a bundle, as a page reads and writes them."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from mmrec_app.i18n import _
from mmrec_app.served import rights
from mmrec_app.shared import notices
from mmrec_app.words import formats
from mmrec_core.bundle import Bundle
from mmrec_core.errors import MmrecError, VerdictError
from mmrec_core.verdicts.places import verdict_place
from mmrec_core.verdicts.store import VerdictStore


def store(bundle: Bundle) -> VerdictStore:
    """Return where the bundle's verdicts are kept; if that can't be read, say so and stop."""
    kept = VerdictStore(verdict_place(bundle.path))
    try:
        kept.version()
    except VerdictError as error:
        notices.notice(_("The verdicts cannot be read"), str(error), ":material/link_off:")
        st.button(_("Try again"), icon=":material/refresh:")  # a database may be back by then
        st.stop()
    return kept


def tags(bundle: Bundle) -> pd.DataFrame:
    """Return all tags of the bundle's images (`VerdictStore.tags`), shared and read-only."""
    kept = store(bundle)
    return _tags(version_of(kept), kept)


def version_of(kept: VerdictStore) -> str:
    """Return what changes with every verdict or tag, to cache by: the file and its counter."""
    return f"{kept.version()} {kept.path}"


@st.cache_resource(max_entries=8, show_spinner=False)
def _tags(version: str, _kept: VerdictStore) -> pd.DataFrame:
    return _kept.tags()


def grade_name(grade: int) -> str:
    """Return what a grade says."""
    return {
        1: _("Not relevant"),
        2: _("Slightly relevant"),
        3: _("Relevant"),
        4: _("Very relevant"),
    }[grade]


def attempt(write: Callable[[], object]) -> bool:
    """Run a write of the visitor's; where it fails, or they may not, say why in a toast.

    Returns whether it went well.
    """
    if not rights.may_write():
        st.toast(rights.why_not(), icon=":material/lock:")
        return False
    try:
        write()
    except MmrecError as error:
        st.toast(formats.escaped(str(error)), icon=":material/error:", duration="long")
        return False
    return True
