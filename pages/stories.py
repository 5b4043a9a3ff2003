"""Stories: findings in order, read here, presented, saved, and made."""

from dataclasses import replace

import streamlit as st

from mmrec_app.frame import opening
from mmrec_app.frame.header import header
from mmrec_app.i18n import _, language
from mmrec_app.served import rights, stories
from mmrec_app.shared import closed, notices
from mmrec_app.state import address
from mmrec_app.stories import editor, library, reader
from mmrec_app.stories.view import StoriesView
from mmrec_app.words import formats
from mmrec_core.errors import MmrecError

bundle = opening.current_bundle()
view = address.read(StoriesView)
if not rights.may_write():
    view = replace(view, edit=False)
if not view.story:
    with header("stories"):
        library.new_story(bundle)
    closed.said()
    editor.offer_undo(bundle)
    with st.container(key="stories.body"):
        library.library(bundle)
    st.stop()

try:
    story = stories.find(bundle, view.story, language())
except MmrecError as error:
    notices.stop(_("This story cannot be opened"), str(error))
with header("stories", formats.escaped(story.name)):
    reader.actions(bundle, view, story)
with st.container(key="stories.body"):
    reader.reader(bundle, view, story)
