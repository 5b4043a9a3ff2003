"""The query as it was understood, and the ways to ask another."""

import streamlit as st

from mmrec_app.i18n import _
from mmrec_app.recommend import visitor_query
from mmrec_app.recommend.view import LONGEST_TEXT, RecommendView
from mmrec_app.served import rights, visitor_pictures
from mmrec_app.served.scripts import component
from mmrec_app.served.thumbnails import thumbnail_url
from mmrec_app.shared import captions, closed, data_urls, gallery, keeping, naming, unread
from mmrec_app.shared.keyed_query import PICTURE_TYPES, KeyedQuery
from mmrec_app.words import formats
from mmrec_core.bundle import Bundle
from mmrec_core.serving.answers import QueryInfo

_paste = component("paste")


def panel(bundle: Bundle, query: KeyedQuery, info: QueryInfo | None) -> None:
    """Draw the query: its picture or text, its caption, category and cluster."""
    facts: list[tuple[str, str, int | None]] = []
    if query.picture is not None:
        source, kicker, caption = (
            data_urls.of_picture(query.picture),
            _("Query: your picture"),
            query.query.text,
        )
    elif query.query.image is None:
        with st.container(gap="xxsmall"):
            st.caption(_("Query: text"))
            st.markdown(f"“{formats.escaped(query.query.text or '')}”")
        return
    else:
        row = bundle.index_of(str(query.query.image))
        source, kicker = thumbnail_url(bundle, row), _("Query")
        caption = query.query.text or captions.caption(bundle, row)
        if query.query.text:
            kicker = _("Query with another caption")
        if label := bundle.label(row):
            facts.append((_("Category"), naming.label_name(label), None))
        facts.append((_("File"), str(query.query.image), None))
    if info is not None:
        facts.insert(0, (_("Cluster"), naming.cluster_name(bundle, info.cluster), info.cluster))
    gallery.picture(
        source, caption=caption, facts=facts, key="recommend.query", kicker=kicker, small=True
    )


def caption_field(bundle: Bundle, query: KeyedQuery) -> None:
    """Draw the field for a caption: the visitor's picture's, or another than the image's own."""
    image = query.query.image
    if image is None:
        return
    if isinstance(image, str):
        own = bundle.text(bundle.index_of(image))
        st.session_state["recommend.recaption"] = query.query.text or ""
        st.text_input(
            _("What if its caption were…"),
            key="recommend.recaption",
            max_chars=LONGEST_TEXT,
            placeholder=own or captions.no_caption(),
            on_change=lambda: visitor_query.recaption(st.session_state["recommend.recaption"], own),
            help=_("The same picture with another caption. Leave empty to restore the original."),
        )
        return
    st.session_state["recommend.caption"] = query.query.text or ""
    st.text_input(
        _("Its caption, if it has one"),
        key="recommend.caption",
        max_chars=LONGEST_TEXT,
        placeholder=_("A red bird on a branch"),
        on_change=lambda: visitor_query.caption(st.session_state["recommend.caption"]),
        help=_("With a caption, the rankers can compare texts too."),
    )


def text_field(view: RecommendView, label: str) -> None:
    """Draw the field that asks by a text alone."""
    st.session_state["recommend.text"] = (
        view.text or "" if view.image is view.upload is None else ""
    )
    st.text_input(
        label,
        key="recommend.text",
        max_chars=LONGEST_TEXT,
        placeholder=_("A red bird on a branch"),
        icon=":material/search:",
        on_change=lambda: visitor_query.describe(st.session_state["recommend.text"]),
        help=_("CLIP compares it with pictures, BERT with captions."),
    )


def warn_of_unread(bundle: Bundle, query: KeyedQuery) -> None:
    """Say which encoders can't read the visitor's text."""
    both = bundle.manifest.encoders
    unread.warn([query.query.text or ""], CLIP=both.image_text, BERT=both.text)


def upload_field() -> None:
    """Draw the upload of a picture."""
    if not rights.may_write():
        closed.said()
        return
    st.file_uploader(
        _("Picture"),
        type=PICTURE_TYPES,
        key="recommend.file",
        max_upload_size=visitor_pictures.LARGEST // 2**20,
        on_change=_uploaded,
    )
    keeping.say_how_long()


def paste() -> None:
    """Draw the hint that a picture may be pasted, and take it when it is."""
    if not rights.may_write():
        return

    def pasted() -> None:
        if data := st.session_state["recommend.paste"].get("pasted"):
            visitor_query.bring_encoded(data)

    _paste(
        key="recommend.paste",
        data={
            "max_bytes": visitor_pictures.LARGEST,
            "hint": _("or paste a picture: Ctrl+V"),
            "reading": _("Reading…"),
            "too_big": _("This picture is larger than 20 MB."),
            "unreadable": _("This picture cannot be read."),
        },
        on_pasted_change=pasted,
    )


def other_query(view: RecommendView) -> None:
    """Draw the popover that asks something else."""
    with st.popover(_("Another query"), icon=":material/search:"):
        text_field(view, _("Describe what you are looking for"))
        upload_field()
        st.button(
            _("Start over"),
            key="recommend.forget",
            icon=":material/restart_alt:",
            type="tertiary",
            on_click=visitor_query.forget,
        )


def _uploaded() -> None:
    file = st.session_state["recommend.file"]
    if file is not None:
        visitor_query.bring(file.getvalue())
