"""The collection: a gallery with filters; a click asks for recommendations."""

import streamlit as st

from mmrec_app import gallery, loading, navigation, notices, state, wording
from mmrec_app.filters import matching
from mmrec_app.state import BrowseView, LinkError, RecommendView

PAGE_SIZE = 48

bundle = loading.current_bundle()
items = bundle.items
try:
    view = state.parse_browse(state.current_params(), items)
except LinkError as error:
    notices.stop("This link does not fit this collection", str(error))


def change(field: str, key: str) -> None:
    """Put a filter's new value into the URL, and go back to the first page."""
    state.go(view, page=1, **{field: st.session_state[key]})


def filters() -> None:
    """Draw the three filters."""
    text, category, cluster = st.columns([2, 1.2, 1.2], vertical_alignment="bottom")
    st.session_state.update(
        {"browse.q": view.q, "browse.label": view.label, "browse.cluster": view.cluster}
    )
    text.text_input(
        "Search captions",
        key="browse.q",
        placeholder="Words in the caption or the file name",
        icon=":material/search:",
        on_change=change,
        args=("q", "browse.q"),
    )
    labels = items["label"].value_counts().sort_index()
    if len(labels):
        category.selectbox(
            "Category",
            list(labels.index),
            index=None,
            placeholder="All",
            key="browse.label",
            format_func=lambda name: f"{name} ({labels[name]:,})",
            on_change=change,
            args=("label", "browse.label"),
        )
    sizes = items["cluster"].value_counts().sort_index()
    cluster.selectbox(
        "Cluster",
        [int(number) for number in sizes.index],
        index=None,
        placeholder="All",
        key="browse.cluster",
        format_func=lambda number: f"Cluster {number} ({sizes[number]:,})",
        on_change=change,
        args=("cluster", "browse.cluster"),
    )


def pager(page: int, pages: int, place: str) -> None:
    """Draw the way to the pages before and after."""
    if pages < 2:
        return
    with st.container(horizontal=True, horizontal_alignment="center", vertical_alignment="center"):
        for text, icon, target in (
            ("Previous", "chevron_left", page - 1),
            ("Next", "chevron_right", page + 1),
        ):
            if text == "Next":
                st.markdown(f"Page {page} of {pages}", width="content")
            st.button(
                text,
                key=f"{place}.{text}",
                icon=f":material/{icon}:",
                icon_position="left" if text == "Previous" else "right",
                type="tertiary",
                disabled=not 1 <= target <= pages,
                on_click=state.go,
                args=(view,),
                kwargs={"page": target},
            )


def open_image(image: str) -> None:
    """Note which picture was clicked: the page turns once the callback is over."""
    st.session_state["browse.open"] = image


if image := st.session_state.pop("browse.open", None):
    st.switch_page(navigation.recommend(), query_params=state.link(RecommendView(image=image)))

found = matching(items, view)
pages = max(1, -(-len(found) // PAGE_SIZE))
page = min(view.page, pages)
rows = found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]

with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
    st.title("Browse", anchor=False, width="content")
    with st.popover("About this collection", icon=":material/info:", type="tertiary"):
        for note in bundle.manifest.notes:
            st.text(note)
        st.text(f"Image and text encoder: {bundle.manifest.encoders.image_text.description}")
        st.text(f"Text encoder: {bundle.manifest.encoders.text.description}")
for note in bundle.manifest.notes[:1]:
    st.caption(wording.escaped(note))
filters()

if not len(found):
    with st.container(border=True, horizontal_alignment="center"):
        st.markdown(":material/search_off: **No image passes these filters**")
        st.button("Clear filters", on_click=state.go, args=(BrowseView(),), type="primary")
    st.stop()

with st.container(horizontal=True, vertical_alignment="center"):
    summary = wording.count(len(found), "image")
    if view.filtered:
        summary += f" of {len(items):,}"
    st.markdown(f"**{summary}**", width="content")
    if view.filtered:
        st.button(
            "Clear filters",
            icon=":material/close:",
            type="tertiary",
            on_click=state.go,
            args=(BrowseView(),),
        )
gallery.gallery(
    bundle,
    [gallery.Card(int(row)) for row in rows],
    label=f"{summary}, page {page} of {pages}",
    key="browse.gallery",
    on_picked=open_image,
)
pager(page, pages, "bottom")
