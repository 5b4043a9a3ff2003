"""Who reviews: a name, or anonymous by choice; asked for before the first grade.

The browser remembers both in a cookie, which the app's own script writes: unlike the browser's
other stores, it is known in the first run already, and nothing has to be drawn twice. An anonymous
visitor has a name of that browser's, such as ``anonymous-7f3a2c``, so that nobody changes the
verdicts of another, and a person who gives a name later can take over their own.
"""

import re
import secrets
from typing import Any
from urllib.parse import parse_qs

import streamlit as st

from mmrec_app.i18n import _, ngettext
from mmrec_app.served import rights
from mmrec_app.served.scripts import component
from mmrec_app.shared import reviews
from mmrec_app.words import formats
from mmrec_core.bundle import Bundle
from mmrec_core.preferences.interleaving_store import Interleavings
from mmrec_core.preferences.store import Preferences
from mmrec_core.verdicts.values import REVIEWER_LENGTH

COOKIE = "mmrec_reviewer"
_NAME, _ANONYMOUS, _LEFT = "reviewer.name", "reviewer.anonymous", "reviewer.left"
_component = component("reviewer")


def name() -> str:
    """Return the name under which this visitor reviews."""
    return _given() or _anonymous()


def is_named() -> bool:
    """Say whether the visitor gave a name."""
    return bool(_given())


def is_known() -> bool:
    """Say whether the visitor gave a name, or chose to be anonymous."""
    return _given() is not None


def choose(text: str) -> None:
    """Review under another name from now on; anonymously where it is empty."""
    st.session_state[_NAME] = _line(text)


def memory() -> dict[str, str | None]:
    """Return what the browser is to remember, for a component's script."""
    name = None if rights.must_sign_in() else _given()
    return {"cookie": COOKIE, "anonymous": _anonymous(), "name": name}


def remember() -> None:
    """Let the browser keep who reviews. The frame calls it on every page."""
    if _may_choose():
        _component(key="reviewer.kept", data={"memory": memory()})


def question() -> dict[str, Any] | None:
    """Return the texts with which a component asks who grades; None where that is known."""
    if is_known():
        return None
    return {
        "title": _("Who is grading?"),
        "name": _("your name"),
        "about": about(),
        "take": _("Grade under this name"),
        "anonymous": _("Grade anonymously"),
        "longest": REVIEWER_LENGTH,
    }


def about() -> str:
    """Say what the name is for."""
    return _(
        "Verdicts, preferences and tags are kept under this name, so that reviewers can be "
        "compared. This browser remembers it. Anonymous ones stay apart by browser, and can be "
        "taken over under a name later."
    )


def field(key: str = "toolbar") -> None:
    """Draw the field for the reviewer's name; ``key`` tells several on one page apart."""
    widget = f"reviewer.{key}.name"
    st.session_state[widget] = _given() or ""
    st.text_input(
        _("Reviewer"),
        key=widget,
        max_chars=REVIEWER_LENGTH,
        placeholder=_anonymous() if is_known() else _("your name"),
        on_change=lambda: choose(st.session_state[widget]),
        help=about(),
    )


def ask(key: str) -> None:
    """Draw the field for the reviewer's name, if the visitor is anonymous."""
    if _may_choose() and is_known() and not is_named():
        with st.container(width=240):
            field(key)


def offer(bundle: Bundle) -> None:
    """Offer to take over what this browser said anonymously, once there is a name for it."""
    if not _may_choose() or not is_named() or st.session_state.get(_LEFT):
        return
    store, anonymous, given = reviews.store(bundle), _anonymous(), name()
    counts = store.counts()
    n = int(counts.loc[counts["reviewer"] == anonymous, "verdicts"].sum())
    n += int((reviews.tags(bundle)["reviewer"] == anonymous).sum())
    for kept in (Preferences(store.path), Interleavings(store.path)):
        n += int((kept.all()["reviewer"] == anonymous).sum())
    if not n:
        return

    def take_over() -> None:
        reviews.attempt(lambda: store.hand_over(anonymous, given))

    def leave() -> None:
        st.session_state[_LEFT] = True

    with st.container(horizontal=True, vertical_alignment="center", gap="small", border=True):
        text = ngettext(
            "{n} verdict, preference or tag was given in this browser as {anonymous}.",
            "{n} verdicts, preferences or tags were given in this browser as {anonymous}.",
            n,
        )
        st.text(text.format(n=formats.whole(n), anonymous=anonymous), width="content")
        st.button(
            formats.escaped(_("Take them over as {name}").format(name=given)),
            key="reviewer.take",
            type="primary",
            on_click=take_over,
        )
        st.button(_("Leave them"), key="reviewer.leave", type="tertiary", on_click=leave)


def _may_choose() -> bool:
    """Say whether visitors write, and say themselves who they are."""
    return rights.may_write() and not rights.must_sign_in()


def _given() -> str | None:
    """Return the name, "" for anonymous by choice, None where nothing was chosen yet."""
    if rights.must_sign_in():
        return rights.signed_in()
    if st.session_state.get(_NAME) is None:
        kept = _kept().get("name")
        linked = _line(st.query_params.get("reviewer", ""))
        st.session_state[_NAME] = linked or (None if kept is None else _line(kept))
    return st.session_state[_NAME]


def _anonymous() -> str:
    if _ANONYMOUS not in st.session_state:
        kept = _kept().get("anonymous", "")
        known = re.fullmatch("anonymous-[0-9a-f]{6}", kept)
        st.session_state[_ANONYMOUS] = kept if known else f"anonymous-{secrets.token_hex(3)}"
    return st.session_state[_ANONYMOUS]


def _kept() -> dict[str, str]:
    """Return what the browser sent of its memory, which may be anything."""
    sent = st.context.cookies.get(COOKIE, "")
    return {key: values[0] for key, values in parse_qs(sent, keep_blank_values=True).items()}


def _line(text: str) -> str:
    printable = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(printable.split())[:REVIEWER_LENGTH]
