"""The query's side of the Recommend page: which image, which ranker, how many results."""

import base64
import io
from contextlib import AbstractContextManager, nullcontext

import streamlit as st
from PIL import Image

from mmrec_app import gallery, loading, state, wording
from mmrec_app.loading import Upload
from mmrec_app.recommend.examples import examples
from mmrec_app.recommend.view import COLLAPSE_ABOVE, K_RANGE, RecommendView
from mmrec_app.routes import thumbnail_url
from mmrec_core.bundle import Bundle
from mmrec_core.errors import ImageError
from mmrec_core.recommend import Recommendation

_GENERATION = "upload.generation"
_TYPES = ["png", "jpg", "jpeg", "webp", "gif", "bmp", "tif", "tiff"]


def current(view: RecommendView) -> str | Upload | None:
    """Return what is asked: the image that the URL names, else the upload, else nothing."""
    if view.image:
        return view.image
    file = st.session_state.get(_file_key())
    if file is None:
        return None
    return Upload(file.getvalue(), (st.session_state.get(_text_key()) or "").strip() or None)


def waiting(asked: str | Upload) -> AbstractContextManager[None]:
    """Return what to show while the answer is made: an upload has to be encoded first."""
    if isinstance(asked, str):
        return nullcontext()
    return st.spinner("Looking at your picture …")


def choose(view: RecommendView, image: str) -> None:
    """Make a catalogue image the query; an upload is put away."""
    st.session_state[_GENERATION] = st.session_state.get(_GENERATION, 0) + 1
    state.go(view, image=image, result=None)


def ask(bundle: Bundle, view: RecommendView) -> None:
    """Draw the page before there is a query: bring a picture, or take one of these."""
    st.title("Recommend", anchor=False)
    st.text("Pick a picture and see what the recommender puts beside it, and why.")
    left, right = st.columns([1, 2.6], gap="large")
    with left:
        st.subheader("Your own picture", anchor=False)
        uploader(view, open_at_once=True)
    with right:
        st.subheader("Or one of the collection", anchor=False)
        gallery.gallery(
            bundle,
            [gallery.Card(row) for row in examples(bundle.items, 18)],
            label="Example images",
            key="recommend.examples",
            on_picked=lambda image: choose(view, image),
            width="8.5rem",
        )


def uploader(view: RecommendView, open_at_once: bool = False) -> None:
    """Draw the upload of a picture with an optional caption."""
    uploaded = st.session_state.get(_file_key()) is not None
    place = (
        st.container()
        if open_at_once
        else st.expander("Your own picture", icon=":material/upload:", expanded=uploaded)
    )
    with place:
        st.file_uploader(
            "Picture",
            type=_TYPES,
            key=_file_key(),
            on_change=lambda: state.go(view, image=None, result=None),
            help="It stays in this session and is not part of the link.",
        )
        st.text_input(
            "Its caption, if it has one",
            key=_text_key(),
            placeholder="A red bird on a branch",
            on_change=lambda: state.go(view, result=None),
            help="With a caption, rankers that compare text have something to compare.",
        )


def panel(bundle: Bundle, asked: str | Upload, found: Recommendation | None) -> None:
    """Draw the query: picture, caption, category, cluster."""
    facts: list[tuple[str, str, int | None]] = []
    if isinstance(asked, Upload):
        try:
            source = _data_url(loading.picture_of(asked))
        except ImageError:
            return
        caption, kicker = asked.text, "Query, uploaded"
    else:
        index = bundle.index_of(asked)
        row = bundle.items.iloc[index]
        source, caption, kicker = thumbnail_url(bundle, index), row["text"], "Query"
        if row.get("label"):
            facts.append(("Category", row["label"], None))
    if found is not None:
        cluster = int(found.query.cluster)
        facts.append(("Cluster", _cluster(bundle, cluster), cluster))
    if isinstance(asked, str):
        facts.append(("File", asked, None))
    gallery.picture(source, caption=caption, facts=facts, key="query.picture", kicker=kicker)


def controls(bundle: Bundle, view: RecommendView, rankers: tuple[str, ...]) -> None:
    """Draw the ranker, the number of results, and whether near-duplicates are one."""
    st.session_state.update(
        {"query.ranker": view.ranker, "query.k": view.k, "query.collapse": view.collapse}
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.segmented_control(
            "Ranker",
            rankers,
            key="query.ranker",
            required=True,
            format_func=wording.ranker_name,
            help="\n".join(f"- **{name}**: {text}" for name, text in _known(rankers)),
            on_change=lambda: use_ranker(view, st.session_state["query.ranker"]),
        )
        st.slider(
            "Results",
            *K_RANGE,
            key="query.k",
            width=190,
            on_change=lambda: state.go(view, k=st.session_state["query.k"], result=None),
        )
        st.toggle(
            "Near-duplicates as one",
            key="query.collapse",
            help=f"Pictures with a cosine of {COLLAPSE_ABOVE} or more are shown once, "
            "with a count.",
            on_change=lambda: state.go(
                view, collapse=st.session_state["query.collapse"], result=None
            ),
        )
    st.caption(wording.ranker_meaning(view.ranker))
    if not bundle.has_ranker:
        st.caption("This bundle has no trained ranker: there were no pairs to learn from.")


def use_ranker(view: RecommendView, ranker: str) -> None:
    """Rank anew; the result that was chosen last stays chosen if it is still there."""
    state.go(view, ranker=ranker, result=st.query_params.get("result"))


def other_rankers(view: RecommendView, rankers: tuple[str, ...]) -> None:
    """Offer the rankers that may answer this query."""
    with st.container(horizontal=True):
        for ranker in rankers:
            if ranker != view.ranker:
                st.button(
                    f"Rank with {wording.ranker_name(ranker)}",
                    key=f"other.{ranker}",
                    on_click=use_ranker,
                    args=(view, ranker),
                )


def _known(rankers: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(wording.ranker_name(r), wording.ranker_meaning(r)) for r in rankers]


def _cluster(bundle: Bundle, cluster: int) -> str:
    return f"{cluster} · {wording.count(int(bundle.cluster_sizes[cluster]), 'image', 'images')}"


def _data_url(image: Image.Image) -> str:
    small = image.copy()
    small.thumbnail((512, 512))
    buffer = io.BytesIO()
    small.save(buffer, "WEBP", quality=85)
    return f"data:image/webp;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _file_key() -> str:
    return f"upload.file.{st.session_state.get(_GENERATION, 0)}"


def _text_key() -> str:
    return f"upload.text.{st.session_state.get(_GENERATION, 0)}"
