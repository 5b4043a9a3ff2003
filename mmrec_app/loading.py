"""What a page loads before it draws: the chosen bundle, its recommender, a query's answer.

Everything here is shared between sessions and treated as read-only.
"""

import hashlib
from pathlib import Path
from typing import NamedTuple

import streamlit as st
from PIL import Image

from mmrec_app import first_bundle, notices, state, wording
from mmrec_app.bundles import bundle_folders, opened
from mmrec_app.i18n import _
from mmrec_app.recommend.view import COLLAPSE_ABOVE, RecommendView
from mmrec_core.bundle import Bundle
from mmrec_core.errors import BundleError
from mmrec_core.images import DECODED_SIDE, decode
from mmrec_core.recommend import Query, Recommendation, Recommender

_OTHER_BUILD = "loading.other_build"


class Upload(NamedTuple):
    """A picture that the visitor brought, and the caption beside it."""

    data: bytes
    text: str | None

    @property
    def digest(self) -> str:
        """SHA-256 of picture and caption."""
        return hashlib.sha256(self.data + b"\0" + (self.text or "").encode()).hexdigest()


def bundle_at_hand() -> Bundle | None:
    """Return the bundle that the link or this session names, or None; the page says why."""
    folders = bundle_folders()
    name = state.bundle_name() or next(iter(folders), None)
    try:
        return opened(folders[name]) if name in folders else None
    except BundleError:
        return None


def current_bundle() -> Bundle:
    """Return the bundle that the link or this session names; without one, say so and stop.

    A link that was made with another build of the bundle is followed, with a note.
    """
    folders = bundle_folders()
    if not folders:
        first_bundle.offer()
    name = state.bundle_name()
    if name is not None and name not in folders:
        notices.stop(
            _("This link is about another bundle"),
            _("No bundle named “{name}” is served here. There is: {names}.").format(
                name=name, names=", ".join(folders)
            ),
        )
    folder = folders[name] if name else next(iter(folders.values()))
    try:
        bundle = opened(folder)
    except BundleError as error:
        notices.stop(_("This bundle cannot be opened"), str(error))
    linked = state.linked_digest()
    if linked and not bundle.digest.startswith(linked):
        st.session_state[_OTHER_BUILD] = (linked, bundle.digest)
    state.keep_bundle(folder.name, bundle.digest)
    if st.session_state.get(_OTHER_BUILD, ("", ""))[1] == bundle.digest:
        _note_other_build(st.session_state[_OTHER_BUILD][0], bundle.digest)
    return bundle


def _note_other_build(linked: str, digest: str) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        text = _(
            "This link was made with another build of the bundle ({linked}; this is {present}). "
            "What it names is shown as this build has it: ranks and scores may differ."
        ).format(linked=linked, present=digest[: state.DIGEST_LENGTH])
        st.markdown(f":material/history: {wording.escaped(text)}", width="stretch")
        st.button(
            _("Understood"),
            type="tertiary",
            on_click=lambda: st.session_state.pop(_OTHER_BUILD, None),
        )


@st.cache_resource(max_entries=4, show_spinner=False)
def _recommender(digest: str, folder: str) -> Recommender:
    return Recommender(opened(Path(folder)))


def recommender(bundle: Bundle) -> Recommender:
    """Return the bundle's recommender, one for all sessions."""
    return _recommender(bundle.digest, str(bundle.path))


@st.cache_resource(max_entries=512, show_spinner=False)
def _for_image(
    digest: str, _bundle: Bundle, image: str, ranker: str, k: int, collapse: float | None
) -> Recommendation:
    return recommender(_bundle).recommend(Query(image), k=k, ranker=ranker, collapse=collapse)


@st.cache_resource(max_entries=64, show_spinner=False)
def _for_upload(
    digest: str,
    upload_digest: str,
    _bundle: Bundle,
    _image: Image.Image,
    _text: str | None,
    ranker: str,
    k: int,
    collapse: float | None,
) -> Recommendation:
    query = Query(image=_image, text=_text)
    return recommender(_bundle).recommend(query, k=k, ranker=ranker, collapse=collapse)


@st.cache_resource(max_entries=32, show_spinner=False)
def _decoded(digest: str, _data: bytes) -> Image.Image:
    return decode(_data, max_side=DECODED_SIDE)


def picture_of(upload: Upload) -> Image.Image:
    """Return the uploaded picture, upright, as RGB.

    Raises
    ------
    ImageError
        If it cannot be decoded; the text is the reason.
    """
    return _decoded(hashlib.sha256(upload.data).hexdigest(), upload.data)


def recommendations(bundle: Bundle, query: str | Upload, view: RecommendView) -> Recommendation:
    """Return the answer to a query: a catalogue image's id, or an upload.

    Raises
    ------
    QueryError
        If the ranker cannot answer this query.
    ImageError
        If an upload cannot be decoded.
    """
    collapse = COLLAPSE_ABOVE if view.collapse else None
    settings = (view.ranker, view.k, collapse)
    if isinstance(query, str):
        return _for_image(bundle.digest, bundle, query, *settings)
    image = picture_of(query)
    return _for_upload(bundle.digest, query.digest, bundle, image, query.text, *settings)
