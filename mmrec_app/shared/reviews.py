"""Verdicts and tags on a page: who reviews, four grades, a note, tags; kept at once."""

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from mmrec_app.i18n import _
from mmrec_app.shared import notices
from mmrec_app.words import formats
from mmrec_core.bundle import Bundle
from mmrec_core.errors import VerdictError
from mmrec_core.verdicts.store import VerdictStore, verdict_file
from mmrec_core.verdicts.values import GRADES, NOTE_LENGTH, REVIEWER_LENGTH

ANONYMOUS = "anonymous"
_REVIEWER = "reviews.reviewer"


def store(bundle: Bundle) -> VerdictStore:
    """Return where the bundle's verdicts are kept; if that can't be read, say so and stop."""
    kept = VerdictStore(verdict_file(bundle.path))
    try:
        kept.version()
    except VerdictError as error:
        notices.stop(_("The verdicts cannot be read"), str(error))
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


def reviewer() -> str:
    """Return the name under which this visitor reviews."""
    return _given_name() or ANONYMOUS


def is_named() -> bool:
    """Say whether the visitor gave a name."""
    return bool(_given_name())


def reviewer_field(key: str = "toolbar") -> None:
    """Draw the field for the reviewer's name; ``key`` tells several on one page apart."""
    widget = f"reviews.{key}.name"
    st.session_state[widget] = _given_name()

    def keep() -> None:
        st.session_state[_REVIEWER] = st.session_state[widget].strip()

    st.text_input(
        _("Reviewer"),
        key=widget,
        max_chars=REVIEWER_LENGTH,
        placeholder=_("your name"),
        on_change=keep,
        help=_(
            "Verdicts and tags are kept under this name, so that reviewers can be compared. "
            "Without a name they are anonymous, and the next anonymous visitor can change them."
        ),
    )


def ask_name(key: str) -> None:
    """Draw the field for the reviewer's name, if the visitor gave none yet."""
    if not is_named():
        with st.container(width=240):
            reviewer_field(key)


def grade_name(grade: int) -> str:
    """Return what a grade says."""
    return {
        1: _("Not relevant"),
        2: _("Slightly relevant"),
        3: _("Relevant"),
        4: _("Very relevant"),
    }[grade]


@st.fragment
def grade_buttons(
    bundle: Bundle,
    query: str,
    candidate: str,
    ranker: str | None,
    rank: int | None,
    key: str,
    *,
    shortcuts: bool = False,
    note: bool = True,
    on_graded: Callable[[], None] | None = None,
) -> None:
    """Draw the four grades of a pair, the visitor's own marked, and the note on it.

    The present grade pressed again takes it back. What others said stands beside it.

    Parameters
    ----------
    bundle : Bundle
    query, candidate : str
        Names of the images.
    ranker, rank : str, int or None
        Where the candidate was seen.
    key : str
        Prefix of the widgets' keys, one a pair on the page.
    shortcuts : bool
        Whether the keys 1 to 4 grade this pair.
    note : bool
        Whether to draw the field for a note.
    on_graded : callable, optional
        Called in the callback, once the grade is kept.
    """
    kept, given = _verdicts_on(bundle, query, candidate)
    own = given[given["reviewer"] == reviewer()]
    present = int(own["grade"].iloc[0]) if len(own) else None

    def press(grade: int) -> None:
        def run() -> None:
            if grade == present:
                kept.withdraw(query, candidate, reviewer=reviewer())
            else:
                kept.grade(
                    query,
                    candidate,
                    grade,
                    reviewer=reviewer(),
                    ranker=ranker,
                    rank=rank,
                    digest=bundle.digest,
                )
            if on_graded:
                on_graded()

        attempt(run)

    with st.container(horizontal=True, gap="xxsmall", vertical_alignment="center"):
        for grade in GRADES:
            st.button(
                str(grade),
                key=f"{key}.{grade}",
                type="primary" if grade == present else "secondary",
                help=grade_name(grade),
                shortcut=str(grade) if shortcuts else None,
                on_click=press,
                args=(grade,),
            )
        words = [grade_name(present)] if present else [_("not graded yet")]
        others = given[given["reviewer"] != reviewer()]
        words += [f"{name}: {grade}" for name, grade in others[["reviewer", "grade"]].to_numpy()]
        st.caption(formats.escaped(" · ".join(words)), width="content")
    if note and present:
        _note_field(kept, query, candidate, str(own["note"].iloc[0]), key)


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
    kept = VerdictStore(verdict_file(bundle.path))
    try:
        tags = kept.tags()
    except VerdictError as error:
        st.text(str(error))
        return
    own = tags[(tags["reviewer"] == reviewer()) & tags["image"].isin(set(images))]
    counts = own.groupby("tag")["image"].nunique()
    present = sorted(counts.index[counts == len(set(images))]) if images else []
    widget = f"{key}.tags"
    st.session_state[widget] = present

    def change() -> None:
        chosen = set(st.session_state[widget])

        def run() -> None:
            for tag in chosen - set(present):
                kept.tag(images, tag, reviewer=reviewer(), digest=bundle.digest)
            for tag in set(present) - chosen:
                kept.untag(images, tag, reviewer=reviewer())

        attempt(run)

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
        set(tags.loc[(tags["reviewer"] != reviewer()) & tags["image"].isin(set(images)), "tag"])
    ):
        said = _("Other reviewers' tags: {tags}").format(tags=", ".join(others))
        st.caption(formats.escaped(said))


def attempt(write: Callable[[], None]) -> bool:
    """Run a write; where it fails, say why in a toast. Returns whether it went well."""
    try:
        write()
    except VerdictError as error:
        st.toast(formats.escaped(str(error)), icon=":material/error:", duration="long")
        return False
    return True


def _given_name() -> str:
    if not st.session_state.get(_REVIEWER):
        name = " ".join(st.query_params.get("reviewer", "").split())
        st.session_state[_REVIEWER] = name[:REVIEWER_LENGTH]
    return st.session_state[_REVIEWER]


def _verdicts_on(bundle: Bundle, query: str, candidate: str) -> tuple[VerdictStore, pd.DataFrame]:
    kept = VerdictStore(verdict_file(bundle.path))
    try:
        given = kept.verdicts(query)
    except VerdictError as error:
        st.text(str(error))
        st.stop()
    return kept, given[given["candidate"] == candidate]


def _note_field(kept: VerdictStore, query: str, candidate: str, present: str, key: str) -> None:
    widget = f"{key}.note"
    st.session_state[widget] = present

    def keep() -> None:
        text = st.session_state[widget]
        attempt(lambda: kept.annotate(query, candidate, text, reviewer=reviewer()))

    st.text_input(
        _("Note"),
        key=widget,
        max_chars=NOTE_LENGTH,
        placeholder=_("Note: why?"),
        label_visibility="collapsed",
        on_change=keep,
    )
