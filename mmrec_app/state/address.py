"""The state of each page, held in the URL alone: a copied link opens the same view.

A page's view is a frozen dataclass; its fields are the parameters. The link names the bundle and
its build, ``bundle=demo@1a2b3c4d``, so that a reader is told when it has changed since.

Reading is lenient about numbers and strict about names: a number that is none is the default, an
image or label that this bundle lacks is a `LinkError` for the page to show.
"""

from collections.abc import Mapping
from dataclasses import fields, replace
from math import isfinite
from typing import Any, TypeVar, get_args, get_type_hints
from urllib.parse import urlencode

import streamlit as st

from mmrec_app.state import navigation

_BUNDLE = "bundle"
_TURN = "state.turn"
DIGEST_LENGTH = 8

View = TypeVar("View")


class LinkError(ValueError):
    """A link names something that this bundle does not have; the text says what."""


def read(view: type[View], params: Mapping[str, str] | None = None) -> View:
    """Read a view from the URL, or from ``params``: unknown ones are left alone.

    Fields are ``str``, ``int``, ``float`` or ``bool``, or one of these or ``None``.
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


def go(view: Any, /, **changes: Any) -> None:
    """Put a view, changed in some fields, into the URL. Call it from a widget's callback."""
    st.query_params.from_dict(_kept() | to_params(replace(view, **changes)))


def turn_to(page: str, **params: Any) -> None:
    """Turn to another page, given by its URL's name, with its parameters. Call it from a callback.

    The page turns once the callback is over; in a fragment, `pending_turn` must be the first line.
    """
    st.session_state[_TURN] = (page, _kept() | _written(params))


def pending_turn() -> None:
    """Turn the page if a callback asked for it."""
    if _TURN not in st.session_state:
        return
    page, params = st.session_state.pop(_TURN)
    st.switch_page(navigation.page(page), query_params=params)


def href(page: str, **params: Any) -> str:
    """Return a link to a page, relative to every page's address."""
    path = "./" if page == navigation.FIRST else page
    asked = urlencode(_kept() | _written(params))
    return f"{path}?{asked}" if asked else path


def bundle_name() -> str | None:
    """Return the bundle that the link names, or else the one that this session uses."""
    named = st.query_params.get(_BUNDLE)
    return named.rpartition("@")[0] or named if named else st.session_state.get(_BUNDLE)


def linked_digest() -> str | None:
    """Return the build that the link was made with: the first digits of its digest."""
    named = st.query_params.get(_BUNDLE, "")
    name, _at, digest = named.rpartition("@")
    return digest if name else None


def choose_bundle(name: str) -> None:
    """Turn to another bundle: what the URL said about the last one is void."""
    st.session_state[_BUNDLE] = name
    st.query_params.from_dict({_BUNDLE: name})


def keep_bundle(name: str, digest: str) -> None:
    """Note the bundle in the session and in the URL, so that a copied link names it."""
    st.session_state[_BUNDLE] = name
    identity = f"{name}@{digest[:DIGEST_LENGTH]}"
    if st.query_params.get(_BUNDLE) != identity:
        st.query_params[_BUNDLE] = identity


def forget() -> None:
    """Clear the URL and the choice of the bundle."""
    st.session_state.pop(_BUNDLE, None)
    st.query_params.clear()


def _kept() -> dict[str, str]:
    name = st.query_params.get(_BUNDLE)
    return {_BUNDLE: name} if name else {}


def _written(params: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: str(int(value)) if isinstance(value, bool) else str(value)
        for name, value in params.items()
        if value is not None and value != ""
    }


def _parsed(text: str, kind: Any) -> Any:
    """Return the value that ``text`` stands for, or None where it stands for none."""
    kinds = [part for part in get_args(kind) if part is not type(None)] or [kind]
    if kinds[0] is bool:
        return text != "0"
    if kinds[0] in (int, float):
        try:
            value = kinds[0](text)
        except ValueError:
            return None
        return value if isfinite(value) else None
    return text
