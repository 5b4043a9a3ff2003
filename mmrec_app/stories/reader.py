"""One story, read step by step, presented, saved, or changed."""

import html

import streamlit as st

from mmrec_app.i18n import _, language
from mmrec_app.served import rights, stories
from mmrec_app.served.scripts import component
from mmrec_app.served.thumbnails import thumbnail_url
from mmrec_app.shared import reviewer, reviews
from mmrec_app.state import address, navigation
from mmrec_app.stories import editor
from mmrec_app.stories.view import StoriesView
from mmrec_app.words import formats
from mmrec_core.bundle import Bundle
from mmrec_core.stories.model import INTRODUCTION, NAME_LENGTH, Picture, Step, Story, changed
from mmrec_core.stories.page import finding_html, finding_style

_component = component("story")


def actions(bundle: Bundle, view: StoriesView, story: Story) -> None:
    """Draw what is done with the whole story."""
    if story.steps:
        st.link_button(
            _("Present"),
            f"{stories.story_url(bundle, view.story, language())}#{view.step}",
            icon=":material/slideshow:",
            type="primary",
            help=_("In a tab of its own. Arrow keys turn the steps, F is full screen, N notes."),
        )
        st.link_button(
            _("Save as HTML"),
            stories.story_url(bundle, view.story, language(), stories.HTML),
            icon=":material/download:",
            type="tertiary",
            help=_("One file that presents itself and opens offline."),
        )
        st.link_button(
            "PDF",
            stories.story_url(bundle, view.story, language(), stories.PDF),
            icon=":material/picture_as_pdf:",
            type="tertiary",
            help=_("One sheet a step, without the speaker's notes."),
        )
    if not rights.may_write():
        return
    if view.story == INTRODUCTION:
        st.button(
            _("Copy to edit"),
            icon=":material/content_copy:",
            type="tertiary",
            help=_("A story of your own with these steps."),
            on_click=_copy,
            args=(bundle, story),
        )
    else:
        st.link_button(
            _("Read") if view.edit else _("Edit"),
            _href(view, edit=not view.edit),
            icon=":material/menu_book:" if view.edit else ":material/edit:",
            type="tertiary",
        )


def reader(bundle: Bundle, view: StoriesView, story: Story) -> None:
    """Draw the list of steps beside the open one."""
    at = min(view.step, max(len(story.steps), 1)) - 1
    left, right = st.columns([1, 3], gap="large")
    with left:
        st.html(_contents(view, story, at))
        if view.edit:
            editor.adding(bundle, view.story)
            editor.whole(bundle, view.story, story)
    with right:
        if not story.steps:
            editor.nothing_yet(view)
            return
        step = story.steps[at]
        if view.edit:
            editor.fields(bundle, view.story, at, step, len(story.steps))
        else:
            st.header(formats.escaped(step.title), anchor=False)
            if step.text:
                with st.container(key="stories-text"):
                    st.text(step.text)
        _finding(bundle, step, story.language)
        _below(view, story, step, at)


def _finding(bundle: Bundle, step: Step, of: str) -> None:
    if step.finding is None:
        return

    def source(picture: Picture) -> str:
        if picture.image in bundle:
            return thumbnail_url(bundle, bundle.index_of(picture.image))
        return picture.data

    _component(
        key="stories.finding",
        data={"html": finding_html(bundle, step, source, of), "style": finding_style()},
    )


def _below(view: StoriesView, story: Story, step: Step, at: int) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if at:
            st.link_button(
                _("Previous step"),
                _href(view, step=at),
                icon=":material/arrow_back:",
                type="tertiary",
            )
        if at + 1 < len(story.steps):
            st.link_button(
                _("Next step"), _href(view, step=at + 2), icon=":material/arrow_forward:"
            )
        if step.link and step.link.page in navigation.PAGES:
            entry = navigation.PAGES[step.link.page]
            exact = address.exactly(**step.link.parameters) if entry.filters else None
            st.link_button(
                _("Open live: {page}").format(page=_(entry.title)),
                address.href(step.link.page, **(exact or step.link.parameters)),
                icon=":material/open_in_new:",
                type="tertiary",
                help=_("The view of the app that this step shows, as it is now."),
            )
    if step.notes and not view.edit:
        with st.expander(_("Speaker's notes")):
            st.text(step.notes)


def _contents(view: StoriesView, story: Story, at: int) -> str:
    rows = []
    for place, step in enumerate(story.steps):
        link = html.escape(_href(view, step=place + 1))
        current = " aria-current='step'" if place == at else ""
        rows.append(f"<li><a href='{link}'{current} dir='auto'>{html.escape(step.title)}</a></li>")
    label, back = html.escape(_("Steps")), html.escape(_("All stories"))
    everything = html.escape(address.link("stories", StoriesView()))
    back = f"<p><a href='{everything}'>{back}</a></p>"
    return f"<nav class='story-steps' aria-label='{label}'>{back}<ol>{''.join(rows)}</ol></nav>"


def _href(view: StoriesView, step: int | None = None, edit: bool | None = None) -> str:
    return address.link(
        "stories",
        StoriesView(
            view.story,
            view.step if step is None else step,
            view.edit if edit is None else edit,
        ),
    )


def _copy(bundle: Bundle, story: Story) -> None:
    kept, by = stories.kept(bundle), reviewer.name()
    taken = {entry.story.name for entry in kept.all()}
    names = (f"{story.name[: NAME_LENGTH - 6]} ({n})" for n in range(2, 1000))
    name = next(name for name in names if name not in taken)

    def write() -> None:
        mine = kept.add(changed(story, name=name), reviewer=by, digest=bundle.digest)
        address.turn_to("stories", story=mine, edit=True)

    reviews.attempt(write)
