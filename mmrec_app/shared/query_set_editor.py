"""The popover of query sets: choose one for the page, save another, rename or remove it."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from mmrec_app.i18n import _
from mmrec_app.served import rights
from mmrec_app.shared import held_out, query_sets, reviewer, reviews
from mmrec_app.state import address
from mmrec_app.words import formats
from mmrec_core.bundle import Bundle
from mmrec_core.errors import MmrecError
from mmrec_core.inputs.judgements import MOST_QUERIES
from mmrec_core.query_sets.choosing import drawn
from mmrec_core.query_sets.files import UPLOADED, read_queries, written_queries
from mmrec_core.query_sets.members import members
from mmrec_core.query_sets.store import QuerySet, QuerySets
from mmrec_core.verdicts.values import SET_LENGTH

_KEY = "query-sets"
_OF, _NAME, _N, _SEED, _FILE = (f"{_KEY}.{end}" for end in ("of", "name", "n", "seed", "file"))
_SOME = 100


@dataclass(frozen=True)
class Source:
    """Queries of the page that a new set can be of.

    Attributes
    ----------
    title : str
    images : callable
        Returns their names; called when the set is saved.
    origin : str
        What the set says of how it was made; the title where it is empty.
    """

    title: str
    images: Callable[[], Sequence[str]]
    origin: str = ""


def editor(bundle: Bundle, view: type | None, name: str, *sources: Source, **changes: Any) -> None:
    """Draw the popover.

    Parameters
    ----------
    bundle : Bundle
    view : type or None
        The page's view, which has a parameter ``set``; None where sets are only made.
    name : str
        The set that is chosen; empty for all queries.
    *sources : Source
        Beside a random draw and a file.
    **changes
        What of the view changes with the set.
    """
    may_write = rights.may_write()
    if not may_write and (view is None or not query_sets.kept(bundle)):
        return
    label = formats.escaped(name) if name else _("All queries")
    popover = st.popover(
        label if view else _("Query set"),
        icon=":material/checklist:",
        type="secondary" if view else "tertiary",
        key=_KEY,
        on_change="rerun",
        help=_("Query sets: figures and lists of some queries alone"),
    )
    if not popover.open:
        return
    with popover:
        if view is not None:
            _choice(bundle, view, name, changes)
        if name and not may_write:
            _download(bundle, name)
        elif name:
            _manage(bundle, view, name, changes)
            st.divider()
        if may_write:
            _new(bundle, view, sources, changes)


def _choice(bundle: Bundle, view: type, name: str, changes: dict[str, Any]) -> None:
    key, sets = f"{_KEY}.chosen", query_sets.kept(bundle)
    st.session_state[key] = name or None

    def take() -> None:
        address.change(view, set=st.session_state[key] or "", **changes)

    st.selectbox(
        _("Query set"),
        list(sets),
        index=None,
        key=key,
        placeholder=_("All queries"),
        format_func=lambda each: f"{each} ({formats.whole(len(sets[each].images))})",
        on_change=take,
        help=_("All who open this bundle find its sets here, and so does `mmrec --queries`."),
    )
    if name:
        made = sets[name]
        st.caption(
            formats.escaped(
                _("{origin}, by {reviewer}").format(origin=made.origin, reviewer=made.reviewer)
            )
        )


def _manage(bundle: Bundle, view: type | None, name: str, changes: dict[str, Any]) -> None:
    store, key = _store(bundle), f"{_KEY}.rename"
    st.session_state[key] = name

    def rename() -> None:
        to = " ".join(st.session_state[key].split())

        def write() -> None:
            kept = store.rename(name, to)
            if view:
                address.change(view, set=kept)

        if to:
            reviews.attempt(write)

    def remove() -> None:
        if reviews.attempt(lambda: store.remove(name)) and view:
            address.change(view, set="", **changes)

    st.text_input(_("Rename"), key=key, max_chars=SET_LENGTH, on_change=rename)
    with st.container(horizontal=True, gap="small"):
        _download(bundle, name)
        st.button(
            _("Remove this set"),
            key=f"{_KEY}.remove",
            icon=":material/delete:",
            type="tertiary",
            on_click=remove,
        )


def _download(bundle: Bundle, name: str) -> None:
    st.download_button(
        _("Download"),
        data=lambda: written_queries(query_sets.kept(bundle)[name].images, ".csv"),
        file_name=f"{name}.csv",
        mime="text/csv",
        key=f"{_KEY}.download",
        icon=":material/download:",
        on_click="ignore",
    )


def _new(
    bundle: Bundle, view: type | None, sources: Sequence[Source], changes: dict[str, Any]
) -> None:
    everything = [
        *sources,
        Source(_("Drawn at random"), lambda: _drawn(bundle)),
        Source(_("From a file"), _uploaded),
    ]
    random, file = len(sources), len(sources) + 1
    st.markdown("**" + _("New query set") + "**")
    if st.session_state.get(_OF) not in range(len(everything)):
        st.session_state[_OF] = 0
    at = st.selectbox(
        _("Its queries"),
        range(len(everything)),
        key=_OF,
        format_func=lambda place: everything[place].title,
    )
    if at == random:
        _draw_fields(bundle)
    elif at == file:
        st.file_uploader(
            _("A name a line, or a table with a column image or query"),
            type=[ending[1:] for ending in UPLOADED],
            key=_FILE,
        )
    st.text_input(_("Name"), key=_NAME, max_chars=SET_LENGTH, placeholder=_("a name"))
    st.button(
        _("Save as query set"),
        key=f"{_KEY}.save",
        icon=":material/playlist_add:",
        on_click=lambda: _save(bundle, view, everything[at], changes),
    )


def _draw_fields(bundle: Bundle) -> None:
    most = min(len(held_out.queries(bundle)), MOST_QUERIES)
    number, seed = st.columns(2)
    with number:
        st.number_input(_("Queries"), 1, max(1, most), min(_SOME, max(1, most)), key=_N)
    with seed:
        st.number_input(
            _("Seed"), 0, 2**31 - 1, 0, key=_SEED, help=_("The same seed draws the same queries.")
        )


def _drawn(bundle: Bundle) -> Sequence[str]:
    rows = held_out.queries(bundle)["query"].to_numpy()
    names = bundle.items["image"].to_numpy()[rows]
    return drawn(names, int(st.session_state[_N]), int(st.session_state[_SEED]))


def _uploaded() -> Sequence[str]:
    file = st.session_state.get(_FILE)
    if file is None:
        return ()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"queries{Path(file.name).suffix.lower()}"
        path.write_bytes(file.getvalue())
        try:
            return read_queries(path)
        except MmrecError as error:
            raise type(error)(str(error).replace(str(path), file.name)) from None


def _save(bundle: Bundle, view: type | None, source: Source, changes: dict[str, Any]) -> None:
    name = " ".join(st.session_state[_NAME].split())
    if not name:
        st.toast(_("Give the set a name first."), icon=":material/edit:")
        return

    def write() -> None:
        images = tuple(source.images())
        origin = source.origin or source.title
        made = QuerySet(name, images, origin, reviewer.name(), bundle.digest)
        kept = _store(bundle).add(made)
        rows = held_out.queries(bundle)["query"].to_numpy()
        said = query_sets.sentence(members(kept, images, bundle.items, rows))
        st.toast(formats.escaped(said), icon=":material/check:")
        st.session_state[_NAME] = ""
        if view is not None:
            address.change(view, set=kept, **changes)

    reviews.attempt(write)


def _store(bundle: Bundle) -> QuerySets:
    return QuerySets(reviews.store(bundle).path)
