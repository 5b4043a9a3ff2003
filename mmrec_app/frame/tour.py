"""A short guided tour for newcomers, one page a step, on the chosen bundle."""

from dataclasses import dataclass

import streamlit as st

from mmrec_app.frame import opening
from mmrec_app.i18n import _
from mmrec_app.state import address
from mmrec_app.state.navigation import PAGES
from mmrec_app.words import sentences
from mmrec_core.bundle import Bundle
from mmrec_core.collection.examples import examples
from mmrec_core.stories.model import INTRODUCTION

_AT = "tour.at"
_LAST = "stories"  # to which the tour leads, where the bundle brings a story
_OUTLINE = (
    "outline: 2px solid light-dark(#4553c9, #8e9af5); outline-offset: 5px; border-radius: 0.4rem; "
    "scroll-margin: 5.5rem 0 2rem;"
)


@dataclass(frozen=True)
class Stop:
    """One stop: the page, and what its address is to hold."""

    page: str
    params: dict[str, str]

    @property
    def text(self) -> str:
        """What there is to see."""
        return _(PAGES[self.page].tour)


def stops(bundle: Bundle) -> list[Stop]:
    """Return the stops for a bundle: all pages that have something to show, its story last."""
    query = bundle.image(examples(bundle.items, 3)[-1])
    cluster = str(int(bundle.cluster_sizes.argmax()))
    params = {
        "recommend": {"image": query},
        "map": {"image": query},
        "clusters": {"cluster": cluster},
        _LAST: {"story": INTRODUCTION},
    }
    held_out = bundle.manifest.counts.held_out_queries > 0
    pages = [name for name, words in PAGES.items() if held_out or not words.measured]
    pages.remove(_LAST)
    if bundle.story:
        pages.append(_LAST)
    return [Stop(name, params.get(name, {})) for name in pages]


def start_button() -> None:
    """Draw the button that starts the tour."""
    st.button(
        _("Tour"),
        icon=":material/explore:",
        type="tertiary",
        key="tour.start",
        help=_("A short tour of all pages"),
        on_click=_to,
        args=(0,),
    )


def part(page: str) -> str:
    """Return the selector of the part of a page that its stop speaks of."""
    return f".st-key-{PAGES[page].shows.replace('.', '-')}"


def panel(page: str) -> None:
    """Draw the current stop, if the tour is on and this is its page."""
    at = st.session_state.get(_AT)
    bundle = opening.bundle_at_hand() if at is not None else None
    if at is None or bundle is None:
        return
    all_stops = stops(bundle)
    last = len(all_stops) - 1
    stop = all_stops[min(at, last)]
    with st.container(key="tour", border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{at + 1} / {len(all_stops)}**", width="content")
        st.markdown(_told(bundle, stop), width="stretch")
        if stop.page == page:
            st.button(_("Show me"), key="tour.show")  # the navigator's script does
            st.html(f"<style>{part(page)} {{ {_OUTLINE} }}</style>")
        else:
            st.button(_("Back to the tour"), key="tour.here", on_click=_to, args=(at,))
        if at:
            st.button(_("Back"), key="tour.back", type="tertiary", on_click=_to, args=(at - 1,))
        if at < last:
            st.button(_("Next stop"), key="tour.next", type="primary", on_click=_to, args=(at + 1,))
        label = _("End the tour") if at < last else _("Done")
        st.button(label, key="tour.end", type="tertiary", on_click=_end)


def _told(bundle: Bundle, stop: Stop) -> str:
    """Return the stop's text; where figures are shown, with who decided what is relevant."""
    if not PAGES[stop.page].measured:
        return stop.text
    return f"{stop.text} {sentences.relevance_source(bundle.manifest.relevance)}"


def _to(at: int) -> None:
    bundle = opening.bundle_at_hand()
    if bundle is None:
        return
    st.session_state[_AT] = at
    stop = stops(bundle)[at]
    address.turn_to(stop.page, **stop.params)


def _end() -> None:
    st.session_state.pop(_AT, None)
