"""What changes a story: its steps' words and order, steps added and taken out."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from mmrec_app.i18n import _
from mmrec_app.served import rights, stories
from mmrec_app.shared import notices, reviewer, reviews
from mmrec_app.state import address, navigation
from mmrec_app.stories.from_view import step_of_view
from mmrec_app.stories.view import StoriesView
from mmrec_app.words import formats
from mmrec_core.bundle import Bundle
from mmrec_core.errors import VerdictError
from mmrec_core.stories import editing
from mmrec_core.stories.model import (
    NAME_LENGTH,
    NOTES_LENGTH,
    TEXT_LENGTH,
    TITLE_LENGTH,
    Step,
    Story,
    changed,
)
from mmrec_core.verdicts.saved_views import SavedViews

_TAKEN_OUT, _REMOVED = "stories.taken_out", "stories.removed"
_FROM_VIEW = "stories.from_view"


def fields(bundle: Bundle, name: str, at: int, step: Step, n: int) -> None:
    """Draw the fields of the open step, and what moves it or takes it out."""
    change = partial(_change, bundle, name)
    with st.container(horizontal=True, gap="small", key="stories-move"):
        for label, icon, to in (
            (_("Move up"), ":material/arrow_upward:", at - 1),
            (_("Move down"), ":material/arrow_downward:", at + 1),
        ):
            st.button(
                label,
                icon=icon,
                type="tertiary",
                disabled=not 0 <= to < n,
                on_click=_move,
                args=(bundle, name, at, step, to),
            )
        st.button(
            _("Take out"),
            icon=":material/delete:",
            type="tertiary",
            on_click=_take_out,
            args=(bundle, name, at, step),
        )
    widgets: tuple[tuple[str, str, int, Callable[..., Any]], ...] = (
        ("title", _("Title"), TITLE_LENGTH, st.text_input),
        ("text", _("Text"), TEXT_LENGTH, st.text_area),
        ("notes", _("Speaker's notes"), NOTES_LENGTH, st.text_area),
    )
    for field, label, longest, widget in widgets:
        key = f"stories.{field}"
        st.session_state[key] = getattr(step, field)

        def take(field: str = field, key: str = key) -> None:
            value = {field: st.session_state[key]}
            change(lambda story: editing.edited(story, at, step, **value))

        widget(label, key=key, max_chars=longest, on_change=take)


def adding(bundle: Bundle, name: str) -> None:
    """Draw what adds a step, and gives one that was taken out back."""
    if (undo := st.session_state.get(_TAKEN_OUT)) and undo[0] == name:
        st.button(
            formats.escaped(_("Put “{title}” back").format(title=undo[2].title[:40])),
            icon=":material/undo:",
            on_click=_put_back,
            args=(bundle, *undo),
        )
    with st.popover(_("Add a step"), icon=":material/add:", key="stories-add"):
        st.button(
            _("A step of words alone"),
            icon=":material/notes:",
            on_click=_add,
            args=(bundle, name, lambda: Step(title=_("New step"))),
        )
        try:
            views = SavedViews(reviews.store(bundle).path).all()
        except VerdictError as error:
            st.text(str(error))
            return
        views = [view for view in views if view.page in navigation.PAGES]
        if views:
            titles = {v.name: f"{_(navigation.PAGES[v.page].title)}: {v.name}" for v in views}
            st.selectbox(
                _("From a saved view"),
                list(titles),
                key=_FROM_VIEW,
                index=None,
                format_func=lambda view: titles[view],
                placeholder=_("choose one"),
                on_change=_add_view,
                args=(bundle, name),
            )
        st.caption(
            _(
                "What you see on Recommend is added there, under “Save finding”. Other pages are "
                "added once they are saved as a view."
            )
        )


def whole(bundle: Bundle, name: str, story: Story) -> None:
    """Draw what renames and removes the story."""
    key = "stories.name"
    st.session_state[key] = story.name

    def rename() -> None:
        new = " ".join(st.session_state[key].split())

        def write() -> None:
            kept = stories.kept(bundle)
            renamed = kept.update(name, lambda s: changed(s, name=new), digest=bundle.digest)
            address.change(StoriesView, story=renamed)

        if new and new != name:
            reviews.attempt(write)

    def remove() -> None:
        if reviews.attempt(lambda: stories.kept(bundle).remove(name)):
            st.session_state[_REMOVED] = story
            address.turn_to("stories")

    with st.popover(_("Name, removal"), icon=":material/more_horiz:", key="stories-whole"):
        st.text_input(_("Name of the story"), key=key, max_chars=NAME_LENGTH, on_change=rename)
        st.button(_("Remove this story"), icon=":material/delete:", on_click=remove)


def offer_undo(bundle: Bundle) -> None:
    """Offer to give back the story that was removed last in this session."""
    story = st.session_state.get(_REMOVED)
    if story is None:
        return

    def put_back() -> None:
        kept, by = stories.kept(bundle), reviewer.name()
        reviews.attempt(lambda: kept.add(story, reviewer=by, digest=bundle.digest))
        st.session_state.pop(_REMOVED, None)

    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.text(_("“{name}” is removed.").format(name=story.name), width="content")
        st.button(_("Undo"), icon=":material/undo:", key="stories.undo", on_click=put_back)


def nothing_yet(view: StoriesView) -> None:
    """Say that a story has no steps, and how it gets some."""
    notices.empty(
        _("This story has no steps yet"),
        _("Add a step at the left, or on Recommend under “Save finding”.")
        if view.edit
        else rights.why_not()
        if not rights.may_write()
        else _("“Edit” above adds some, and so does “Save finding” on Recommend."),
        icon=":material/slideshow:",
    )


def _change(bundle: Bundle, name: str, change: Callable[[Story], Story]) -> bool:
    kept = stories.kept(bundle)
    return reviews.attempt(lambda: kept.update(name, change, digest=bundle.digest))


def _move(bundle: Bundle, name: str, at: int, step: Step, to: int) -> None:
    if _change(bundle, name, lambda story: editing.moved(story, at, step, to)):
        address.change(StoriesView, step=to + 1)


def _take_out(bundle: Bundle, name: str, at: int, step: Step) -> None:
    if _change(bundle, name, lambda story: editing.without(story, at, step)):
        st.session_state[_TAKEN_OUT] = (name, at, step)
        address.change(StoriesView, step=max(at, 1))


def _put_back(bundle: Bundle, name: str, at: int, step: Step) -> None:
    if _change(bundle, name, lambda story: editing.with_step_at(story, at, step)):
        st.session_state.pop(_TAKEN_OUT, None)
        address.change(StoriesView, step=at + 1)


def _add(bundle: Bundle, name: str, make: Callable[[], Step]) -> None:
    kept = stories.kept(bundle)

    def write() -> None:
        step = make()
        kept.update(name, lambda story: editing.with_step(story, step), digest=bundle.digest)
        address.change(StoriesView, step=len(kept.find(name).steps))

    reviews.attempt(write)


def _add_view(bundle: Bundle, name: str) -> None:
    chosen = st.session_state.get(_FROM_VIEW)
    views = SavedViews(reviews.store(bundle).path).all()
    view = next((view for view in views if view.name == chosen), None)
    if view is not None:
        _add(bundle, name, lambda: step_of_view(bundle, view))
