"""All stories of a bundle as cards, and a new one."""

import html

import streamlit as st

from mmrec_app.i18n import _, language, ngettext
from mmrec_app.served import rights, stories
from mmrec_app.served.thumbnails import thumbnail_url
from mmrec_app.shared import notices, reviewer, reviews
from mmrec_app.state import address
from mmrec_app.stories.view import StoriesView
from mmrec_app.words import formats
from mmrec_core.bundle import Bundle
from mmrec_core.errors import MmrecError
from mmrec_core.stories.bundled import bundled_story
from mmrec_core.stories.model import INTRODUCTION, NAME_LENGTH, Picture, Story

_NAME = "stories.new"


def new_story(bundle: Bundle) -> None:
    """Draw the field that makes a story, for who may."""
    if not rights.may_write():
        return

    def make() -> None:
        name = " ".join(st.session_state[_NAME].split())
        kept, by = stories.kept(bundle), reviewer.name()

        def write() -> None:
            story = Story(name=name, language=language())
            added = kept.add(story, reviewer=by, digest=bundle.digest)
            address.turn_to("stories", story=added, edit=True)

        if name:
            reviews.attempt(write)

    with st.popover(_("New story"), icon=":material/add:", type="tertiary", key="stories-new"):
        st.text_input(
            _("Name of the story"),
            key=_NAME,
            max_chars=NAME_LENGTH,
            placeholder=_("a name, then Enter"),
            on_change=make,
        )


def library(bundle: Bundle) -> None:
    """Draw a card for each story."""
    try:
        own = bundled_story(bundle, language())
        entries = stories.kept(bundle).all()
    except MmrecError as error:
        notices.notice(_("The stories cannot be read"), str(error))
        return
    cards = [_card(bundle, INTRODUCTION, own, _("brought by this bundle"))] if own else []
    cards += [_card(bundle, e.story.name, e.story, e.reviewer) for e in entries]
    if not cards:
        notices.empty(
            _("No stories yet"),
            _(
                "Make one above, and add findings to it: on Recommend with “Save finding”, here "
                "from saved views. The command mmrec story BUNDLE --add makes one that explains "
                "this bundle."
            )
            if rights.may_write()
            else "",
            icon=":material/slideshow:",
        )
        return
    st.html(f"<ul class='stories'>{''.join(cards)}</ul>")


def _card(bundle: Bundle, name: str, story: Story, by: str) -> str:
    steps = len(story.steps)
    link = html.escape(address.link("stories", StoriesView(story=name)))
    facts = ngettext("{n} step", "{n} steps", steps).format(n=formats.whole(steps))
    source = _cover(bundle, story.cover)
    cover = f"<img src='{html.escape(source)}' alt='' loading='lazy'>" if source else ""
    return (
        f"<li><a href='{link}'><span class='cover'>{cover}</span>"
        f"<span class='name' dir='auto'>{html.escape(story.name)}</span></a>"
        f"<span class='facts'>{html.escape(f'{facts} · {by}')}</span></li>"
    )


def _cover(bundle: Bundle, picture: Picture | None) -> str:
    if picture is None:
        return ""
    if picture.image in bundle:
        return thumbnail_url(bundle, bundle.index_of(picture.image))
    return picture.data
