"""What the visitor sees on Recommend as a step of a story."""

import streamlit as st

from mmrec_app.i18n import _, language
from mmrec_app.recommend import reasons, regions
from mmrec_app.recommend.view import RecommendView
from mmrec_app.served import stories
from mmrec_app.shared import captions, reviewer, reviews
from mmrec_app.shared.keyed_query import KeyedQuery
from mmrec_app.state import address
from mmrec_app.words import formats, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.errors import BundleError, EncoderError, MmrecError
from mmrec_core.ranker.model import RANKERS
from mmrec_core.ranker.pair_features import ROLES
from mmrec_core.serving.answers import Result
from mmrec_core.serving.comparison import Comparison
from mmrec_core.stories.editing import with_step
from mmrec_core.stories.findings import lists_finding, query_picture, reasons_finding
from mmrec_core.stories.model import (
    NAME_LENGTH,
    TEXT_LENGTH,
    TITLE_LENGTH,
    Finding,
    Step,
    Story,
    link_to,
)

_NEW = ""
_LISTS, _REASONS = "lists", "reasons"
_ADDED = "recommend.story.added"
_STORY, _NAME, _TITLE, _TEXT, _SHOWS = (
    f"recommend.story.{field}" for field in ("story", "name", "title", "text", "shows")
)
_RESULTS = 5


def add_to_story(bundle: Bundle, query: KeyedQuery, comparison: Comparison) -> None:
    """Draw the form that adds the lists, or the chosen result's reasons, to a story."""
    try:
        names = [entry.story.name for entry in stories.kept(bundle).all()]
    except MmrecError as error:
        st.text(str(error))
        return
    view = address.read(RecommendView)
    chosen = reasons.chosen(bundle, comparison, view)
    heading, new_story = _("Add to a story"), _("a new story")
    st.markdown(f"**{heading}**")
    st.selectbox(
        _("Story"),
        [*names, _NEW],
        key=_STORY,
        format_func=lambda name: name or new_story,
    )
    if st.session_state[_STORY] == _NEW:
        st.text_input(_("Name of the story"), key=_NAME, max_chars=NAME_LENGTH)
    if chosen:
        st.segmented_control(
            _("Shows"),
            [_LISTS, _REASONS],
            key=_SHOWS,
            default=_REASONS if view.result else _LISTS,
            required=True,
            format_func=lambda shows: {
                _LISTS: _("the lists"),
                _REASONS: _("why number {rank}").format(rank=chosen[1].rank),
            }[shows],
        )
    st.text_input(_("Title"), key=_TITLE, max_chars=TITLE_LENGTH)
    st.text_area(_("Text"), key=_TEXT, max_chars=TEXT_LENGTH, height="content")
    st.button(
        _("Add"),
        icon=":material/playlist_add:",
        key="recommend.story.add",
        on_click=_add,
        args=(bundle, query, comparison),
    )
    if added := st.session_state.pop(_ADDED, None):
        name, step = added
        st.link_button(
            formats.escaped(_("Added to “{name}”: open it").format(name=name)),
            address.href("stories", story=name, step=step, edit=True),
            type="tertiary",
        )


def _add(bundle: Bundle, query: KeyedQuery, comparison: Comparison) -> None:
    name = st.session_state[_STORY]
    new = " ".join(st.session_state.get(_NAME, "").split())
    title = " ".join(st.session_state[_TITLE].split())
    if not (name or new) or not title:
        st.toast(_("Give the story a name, and the step a title."), icon=":material/info:")
        return
    kept, by = stories.kept(bundle), reviewer.name()

    def write() -> None:
        step = _step(bundle, query, comparison, title, st.session_state[_TEXT].strip())
        if name == _NEW:
            story = with_step(Story(name=new, language=language()), step)
            added = kept.add(story, reviewer=by, digest=bundle.digest)
        else:
            added = kept.update(name, lambda story: with_step(story, step), digest=bundle.digest)
        st.session_state[_ADDED] = (added, len(kept.find(added).steps))
        st.session_state[_TITLE] = st.session_state[_TEXT] = ""

    reviews.attempt(write)


def _step(bundle: Bundle, query: KeyedQuery, comparison: Comparison, title: str, text: str) -> Step:
    view = address.read(RecommendView)
    chosen = reasons.chosen(bundle, comparison, view)
    if chosen and st.session_state.get(_SHOWS) == _REASONS:
        finding = _reasons(bundle, query, comparison, chosen[0].ranker, chosen[1])
    else:
        finding = _lists(bundle, query, comparison)
    page, params = address.present()
    link = None if query.picture is not None else link_to(page, params)
    return Step(title=title, text=text, finding=finding, link=link)


def _lists(bundle: Bundle, query: KeyedQuery, comparison: Comparison) -> Finding:
    read, info = captions.reader(bundle), comparison.scored.info
    return lists_finding(
        bundle,
        list(comparison.answers.values()),
        query_picture(bundle, info, read, query.picture),
        read,
        {name: vocabulary.ranker_name(name) for name in RANKERS},
        k=_RESULTS,
    )


def _reasons(
    bundle: Bundle, query: KeyedQuery, comparison: Comparison, ranker: str, result: Result
) -> Finding:
    read, info = captions.reader(bundle), comparison.scored.info
    parts = None
    if query.picture is not None or info.index is not None:
        try:
            parts = regions.explained(bundle, query, comparison.scored, ranker, result)
        except (EncoderError, BundleError):  # the step stands without colours
            parts = None
    return reasons_finding(
        bundle,
        query_picture(bundle, info, read, query.picture),
        result,
        read,
        {role: vocabulary.role_name(role) for role in ROLES} | {"base": _("average pair")},
        total=_("score"),
        unit=vocabulary.unit(ranker),
        parts=parts,
    )
