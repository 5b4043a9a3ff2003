"""The search by content: weighted texts and images, as the link holds them and as chips."""

import json
from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from mmrec_app.browse.view import BrowseView
from mmrec_app.i18n import _
from mmrec_app.shared import captions, unread
from mmrec_app.state import address
from mmrec_app.words import formats
from mmrec_core.bundle import Bundle
from mmrec_core.serving import written_search
from mmrec_core.serving.search import Term

MOST_TERMS = 8
LONGEST = 300
WEIGHTS = (-2.0, 2.0)
_INPUT = "terms.input"


def parse(bundle: Bundle, written: str) -> tuple[Term, ...]:
    """Read the terms of a link.

    Raises
    ------
    LinkError
        If they cannot be read, are too many, or name an unknown image.
    """
    if not written:
        return ()
    try:
        parsed = [_term(*part) for part in json.loads(written)]
    except (ValueError, TypeError, RecursionError):
        raise address.LinkError(_("The search in this link cannot be read.")) from None
    if len(parsed) > MOST_TERMS:
        raise address.LinkError(_("A search can have at most {n} terms.").format(n=MOST_TERMS))
    for term in parsed:
        if term.image is not None and term.image not in bundle:
            raise address.LinkError(_("This bundle has no image “{name}”.").format(name=term.image))
    return tuple(parsed)


def write(terms: tuple[Term, ...]) -> str:
    """Write terms as a link holds them."""
    parts = [
        ["text", term.text, term.weight]
        if term.image is None
        else ["image", term.image, term.weight]
        for term in terms
    ]
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":")) if parts else ""


def _term(kind: str, value: str, weight: float) -> Term:
    if kind not in ("text", "image") or not isinstance(value, str) or not value.strip():
        raise ValueError(kind)
    weight = min(max(float(weight), WEIGHTS[0]), WEIGHTS[1])
    if weight != weight:
        raise ValueError(weight)
    return Term(weight, **{kind: value[:LONGEST]})


def add(bundle: Bundle, *new: Term) -> None:
    """Put further terms into the search. Call it from a widget's callback."""
    _put([*_now(bundle), *new])


def _now(bundle: Bundle) -> tuple[Term, ...]:
    return parse(bundle, address.read(BrowseView).terms)


def _put(terms: Sequence[Term]) -> None:
    address.change(BrowseView, terms=write(tuple(terms[:MOST_TERMS])), score="", page=1)


def search_line(bundle: Bundle) -> None:
    """Draw the input that takes a description: a new search, or more of the present one."""

    def take() -> None:
        new, adds = written_search.read(st.session_state[_INPUT])
        st.session_state[_INPUT] = ""
        if new:
            _put([*_now(bundle), *new] if adds else new)

    st.text_input(
        _("Describe a picture"),
        key=_INPUT,
        placeholder=_("Describe a picture, such as: a cake with candles −chocolate"),
        icon=":material/image_search:",
        label_visibility="collapsed",
        max_chars=LONGEST,
        on_change=take,
        help=_(
            "CLIP looks for pictures that match the words. A minus before a word takes away what "
            "is like it. A new description replaces the last one; begin it with + or − to add to "
            "it. Images can be terms too: select some, then click “Search with these”."
        ),
    )


def chips(bundle: Bundle, terms: tuple[Term, ...]) -> None:
    """Draw each term with its weight; a click opens what changes it."""

    def weigh(at: int) -> None:
        weight = st.session_state[f"terms.weight.{at}"]
        _put([replace(t, weight=weight) if i == at else t for i, t in enumerate(_now(bundle))])

    def remove(at: int) -> None:
        _put([term for i, term in enumerate(_now(bundle)) if i != at])

    for at, term in enumerate(terms):
        icon = ":material/add:" if term.weight > 0 else ":material/remove:"
        strength = "" if abs(term.weight) == 1 else f" ×{abs(term.weight):g}"
        with st.popover(
            formats.escaped(_name(bundle, term)) + strength,
            icon=icon,
            key=f"terms.chip.{at}",
            help=_("Change its weight, or remove it"),
        ):
            st.session_state[f"terms.weight.{at}"] = term.weight
            st.slider(
                _("Weight (a negative one subtracts)"),
                *WEIGHTS,
                step=0.1,
                key=f"terms.weight.{at}",
                on_change=weigh,
                args=(at,),
            )
            st.button(
                _("Remove"),
                icon=":material/close:",
                key=f"terms.remove.{at}",
                on_click=remove,
                args=(at,),
            )
    if terms:
        st.button(
            _("Clear the search"), key="terms.clear", type="tertiary", on_click=lambda: _put([])
        )


def warn_of_unread(bundle: Bundle, terms: tuple[Term, ...]) -> None:
    """Say which texts the encoder that compares them with pictures can't read."""
    unread.warn(
        [term.text for term in terms if term.text], CLIP=bundle.manifest.encoders.image_text
    )


def _name(bundle: Bundle, term: Term) -> str:
    if term.image is None:
        text = term.text or ""
    else:
        caption = captions.caption(bundle, bundle.index_of(term.image)) or term.image
        text = _("like “{caption}”").format(caption=caption)
    return text if len(text) <= 40 else text[:38].rstrip() + " …"
