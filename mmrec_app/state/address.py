"""The view of each page, held in the URL alone: a copied link opens the same view.

A page's view is a frozen dataclass; its fields are the parameters. There is one way to use it:

- a page starts with `enter`, or with `read` if it does not filter; a fragment starts with `read`;
- a widget's callback calls `change`, which reads the URL anew. The view that was drawn may be older
  than the address, since a fragment changes the address without running the rest of the page.

**What stays on from page to page.** A filter (`mmrec_core.collection.filtering`) stays on, on each
page that filters (Browse, Map, Evaluation, Errors), until it is taken off or another bundle is
chosen: where the visitor turns to such a page and its address names no filter, the one that is on
is taken over. An address that names a filter (a link, a reload, Back) replaces it, and so does one
that asks for none, ``filter=none``: what counts pairs or queries leads to as many. Everything else
belongs to its page.

The link names the bundle and its build, ``bundle=demo@1a2b3c4d``, so that a reader is told when it
has changed since. Reading is lenient about numbers and strict about names: a number that is none is
the default, an image or label that this bundle lacks is a `LinkError` for the page to show.
"""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints
from urllib.parse import urlencode
from uuid import uuid4

import streamlit as st

from mmrec_app.state import navigation
from mmrec_core.collection.filtering import Filter

BUNDLE = "bundle"
FILTER, NONE = "filter", "none"
_TURN = "address.turn"
_PAGE = "address.page"
_ENTERED = "address.entered"
_FILTER = "address.filter"
DIGEST_LENGTH = 8
_LARGEST = 2**53  # of the numbers in an address, so that each fits where it is compared

View = TypeVar("View")
FilterView = TypeVar("FilterView", bound=Filter)


class LinkError(ValueError):
    """A link names something that this bundle does not have; the text says what."""


def read(view: type[View], params: Mapping[str, str] | None = None) -> View:
    """Read a view from the URL, or from ``params``: unknown ones are left alone.

    Fields are ``str``, ``int``, ``float``, ``bool`` or a ``Literal`` of these, or one of them or
    ``None``.
    """
    given = st.query_params.to_dict() if params is None else params
    kinds = get_type_hints(view)
    values = {}
    for field in fields(view):  # type: ignore[arg-type]
        if field.name in given:
            value = _parsed(given[field.name], kinds[field.name])
            if value is not None:
                values[field.name] = value
    return view(**values)


def to_params(view: Any) -> dict[str, str]:
    """Write a view as parameters, leaving out what is at its default."""
    params = {}
    for field in fields(view):
        value = getattr(view, field.name)
        if value is not None and value != field.default:
            params[field.name] = str(int(value)) if isinstance(value, bool) else str(value)
    return params


def change(view: type, /, **changes: Any) -> None:
    """Change a page's view, in a widget's callback: the URL as it is now but for these fields."""
    _write(replace(read(view), **changes))


def present() -> tuple[str, dict[str, str]]:
    """Return the page that is open, and its view's parameters: neither bundle nor language."""
    others = {BUNDLE, FILTER, "lang", "reviewer"}
    given = st.query_params.to_dict()
    return st.session_state.get(_PAGE, navigation.FIRST), {
        name: value for name, value in given.items() if name not in others
    }


def arrive(page: str) -> None:
    """Note which page runs: the frame calls it before each."""
    if st.session_state.get(_PAGE) != page:
        st.session_state[_PAGE] = page
        st.session_state[_ENTERED] = True


def enter(view: type[FilterView]) -> FilterView:
    """Read the view of a page that filters, as it runs from its start; its filter is then on."""
    now = read(view)
    _keep_filter(now)
    return now


def turn_to(page: str, /, **params: Any) -> None:
    """Turn to another page, given by its URL's name, with its parameters. Call it from a callback.

    `mmrec_app.frame.navigator` turns it once the callback is over; in a fragment, `pending_turn`
    must be the first line. What does nothing but turn the page is better a link, by `href`.
    """
    st.session_state[_TURN] = {"id": uuid4().hex, "href": href(page, **params)}


def pending_turn() -> None:
    """In a fragment: run the whole script if a callback asked to turn the page."""
    if _TURN in st.session_state:
        st.rerun()


def taken_turn() -> dict[str, str] | None:
    """Take the turn that a callback asked for: its id and the address."""
    return st.session_state.pop(_TURN, None)


def href(page: str, /, **params: Any) -> str:
    """Return a link to a page, relative to every page's address."""
    query_string = urlencode(_kept() | _written(params))
    return navigation.path(page) + (f"?{query_string}" if query_string else "")


def exactly(**params: Any) -> dict[str, Any]:
    """Return parameters of a page that filters, by which it shows what they name and no less."""
    return params | {FILTER: NONE}


def link(page: str, view: Any) -> str:
    """Return a link to a page that shows this view."""
    return href(page, **_params_of(view))


def bundle_name() -> str | None:
    """Return the bundle that the link names, or else the one that this session uses."""
    named = st.query_params.get(BUNDLE)
    return named.rpartition("@")[0] or named if named else st.session_state.get(BUNDLE)


def linked_digest() -> str | None:
    """Return the build that the link was made with: the first digits of its digest."""
    named = st.query_params.get(BUNDLE, "")
    name, _at, digest = named.rpartition("@")
    return digest if name else None


def choose_bundle(name: str) -> None:
    """Turn to another bundle: what the URL said about the last one is void."""
    st.session_state[BUNDLE] = name
    st.query_params.from_dict({BUNDLE: name})


def complete(name: str, digest: str) -> None:
    """Put the bundle into the session and the URL, with the filter that stays on.

    It is one change of the URL, since each is a step of the browser's Back.
    """
    st.session_state[BUNDLE] = name
    given = st.query_params.to_dict()
    entered = st.session_state.pop(_ENTERED, False) or BUNDLE not in given
    complete = given | {BUNDLE: f"{name}@{digest[:DIGEST_LENGTH]}"}
    bundle, kept = st.session_state.get(_FILTER, ("", Filter()))
    filters = navigation.PAGES[st.session_state.get(_PAGE, navigation.FIRST)].filters
    takes_over = filters and entered and not read(Filter).active and given.get(FILTER) != NONE
    if takes_over and bundle == complete[BUNDLE]:
        complete |= to_params(kept)
    if complete != given:
        st.query_params.from_dict(complete)


def forget() -> None:
    """Clear the URL, the choice of the bundle, and the filter."""
    st.session_state.pop(BUNDLE, None)
    st.session_state.pop(_FILTER, None)
    st.query_params.clear()


def _write(view: Any) -> None:
    st.query_params.from_dict(_kept() | _params_of(view))
    if isinstance(view, Filter):
        _keep_filter(view)


def _params_of(view: Any) -> dict[str, str]:
    """Write a view as parameters; while it filters nothing, a link that asked for that says so."""
    params = to_params(view)
    if isinstance(view, Filter) and not view.active and st.query_params.get(FILTER) == NONE:
        params[FILTER] = NONE
    return params


def _keep_filter(view: Filter) -> None:
    st.session_state[_FILTER] = (st.query_params.get(BUNDLE), view.part)


def _kept() -> dict[str, str]:
    name = st.query_params.get(BUNDLE)
    return {BUNDLE: name} if name else {}


def _written(params: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: str(int(value)) if isinstance(value, bool) else str(value)
        for name, value in params.items()
        if value is not None and value != ""
    }


def _parsed(text: str, kind: Any) -> Any:
    """Return the value that ``text`` stands for, or None where it stands for none."""
    if get_origin(kind) is Literal:
        value = _parsed(text, type(get_args(kind)[0]))
        return value if value in get_args(kind) else None
    optional = type(None) in get_args(kind)
    if optional:
        present = next(part for part in get_args(kind) if part is not type(None))
        return _parsed(text, present) if text else None
    if kind is bool:
        return text != "0"
    if kind in (int, float):
        try:
            value = kind(text)
        except ValueError:
            return None
        return value if abs(value) <= _LARGEST else None
    return text
