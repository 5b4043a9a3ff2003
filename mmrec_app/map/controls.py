"""Above the map: what colours it, a text or a picture to place on it, an image to go to."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from mmrec_app.i18n import _, ngettext
from mmrec_app.map import colours
from mmrec_app.map.view import LONGEST_QUERY, WINS, MapView
from mmrec_app.served import rights, visitor_pictures
from mmrec_app.shared import against, closed, filters, keeping
from mmrec_app.shared.keyed_query import PICTURE_TYPES, KeyedQuery
from mmrec_app.state import address
from mmrec_app.words import formats
from mmrec_core.bundle import Bundle

_GENERATION = "map.upload.generation"
_SAID = "map.said"


def controls(bundle: Bundle, view: MapView) -> None:
    """Draw the row of controls, and below it what is on."""
    search, more, colour, place, jump = st.columns([2, 0.9, 1.25, 1.1, 1.6], gap="small")
    with search:
        filters.search(view)
    with more:
        filters.more(bundle, view)
    with colour:
        _colour(bundle, view)
    with place:
        _place(view)
    with jump:
        _jump(bundle, view)
    filters.chips(bundle, view)


def _colour(bundle: Bundle, view: MapView) -> None:
    names = colours.names(bundle, view)

    def take() -> None:
        colour = st.session_state["map.colour"]
        others = against.others(bundle) if colour == WINS else []
        only = others[0] if len(others) == 1 else None
        address.change(
            MapView, colour=colour, isolate="", levels="", page=1, against=view.against or only
        )

    st.session_state["map.colour"] = view.colour
    st.selectbox(
        _("Colour by"),
        list(names),
        key="map.colour",
        format_func=lambda name: _("Colour: {what}").format(what=names[name]),
        label_visibility="collapsed",
        on_change=take,
    )


def other(bundle: Bundle, view: MapView) -> None:
    """Draw the choice of the bundle that queries are compared with."""
    against.choice(
        against.others(bundle),
        view.against,
        "map.against",
        lambda name: address.change(MapView, against=name, isolate="", page=1),
    )


def _place(view: MapView) -> None:
    st.session_state["map.query"] = view.query

    def take_text() -> None:
        address.change(MapView, query=st.session_state["map.query"], image=None, upload=None)

    def take_picture() -> None:
        file = st.session_state[_file_key()]
        may = file is not None and rights.may_write()
        upload = visitor_pictures.keep(file.getvalue()) if may else None
        address.change(MapView, query="", image=None, upload=upload)

    with st.popover(_("Place on the map"), icon=":material/star:", width="stretch"):
        st.text_input(
            _("A text"),
            key="map.query",
            max_chars=LONGEST_QUERY,
            placeholder=_("A red bird on a branch"),
            on_change=take_text,
            help=_("CLIP looks for pictures that match the words; the star marks their place."),
        )
        if not rights.may_write():
            closed.said()
            return
        st.file_uploader(
            _("A picture of your own"),
            type=PICTURE_TYPES,
            key=_file_key(),
            max_upload_size=visitor_pictures.LARGEST // 2**20,
            on_change=take_picture,
        )
        keeping.say_how_long()


def _jump(bundle: Bundle, view: MapView) -> None:
    def go() -> None:
        text = st.session_state["map.jump"].strip()
        if not text:
            return
        rows = named(bundle, text)
        if not len(rows):
            st.session_state[_SAID] = _("No image name matches.")
            return
        if len(rows) > 1:
            n = len(rows)
            said = ngettext(
                "{n} name matches; this is the first.",
                "{n} names match; this is the first.",
                n,
            ).format(n=formats.whole(n))
            st.session_state[_SAID] = said
        st.session_state["map.jump"] = ""
        address.change(MapView, image=bundle.image(int(rows[0])), query="", upload=None)

    if said := st.session_state.pop(_SAID, None):  # a callback of a fragment cannot show it
        st.toast(said, icon=":material/info:")
    st.text_input(
        _("Go to an image"),
        key="map.jump",
        placeholder=_("Go to an image by its name"),
        icon=":material/my_location:",
        label_visibility="collapsed",
        on_change=go,
    )


def named(bundle: Bundle, text: str) -> np.ndarray:
    """Return the rows whose name holds a text, (n,) int64; those whose file is called so first."""
    if text in bundle:
        return np.array([bundle.index_of(text)])
    wanted = text.casefold()
    names = _names(bundle.digest, bundle)
    rows = np.flatnonzero(pc.match_substring(names, wanted).to_numpy(zero_copy_only=False))
    files = pc.match_substring(pc.take(names, rows), f"/{wanted}").to_numpy(zero_copy_only=False)
    return rows[np.argsort(~files, kind="stable")]


@st.cache_resource(max_entries=4, show_spinner=False)
def _names(digest: str, _bundle: Bundle) -> pa.Array:
    return pa.array(_bundle.items["image"].str.casefold(), pa.large_string())


def query_chip(query: KeyedQuery) -> None:
    """Draw the text or the upload that stands on the map as a button that takes it off."""

    def remove() -> None:
        st.session_state[_GENERATION] = st.session_state.get(_GENERATION, 0) + 1
        address.change(MapView, query="", upload=None)

    text = f"“{query.query.text}”" if query.query.text else _("Your picture")
    st.button(
        f":material/star: {formats.escaped(text)}",
        key="map.query.chip",
        icon=":material/close:",
        icon_position="right",
        help=_("Remove it from the map"),
        on_click=remove,
    )


def _file_key() -> str:
    return f"map.upload.{st.session_state.get(_GENERATION, 0)}"
