"""The page's own components, and their scripts over plain HTTP: ``/scripts/VERSION/…``.

Streamlit takes a component's script as one text, which can import nothing beside it. So it gets
``entry.js``, which imports the component's modules from this route. ``VERSION`` is a digest of all
of them, so a browser keeps them for ever; another version than the present one is not found.
"""

import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mmrec_app.assets import asset, asset_path
from mmrec_app.i18n import _
from mmrec_app.served import http_cache


def component(name: str, *styles: str) -> Callable[..., None]:
    """Return what draws the component whose modules and style lie in ``components/NAME/``.

    Parameters
    ----------
    name : str
    *styles : str
        Other components' folders whose style sheets come before its own.

    Returns
    -------
    callable
        Takes the ``key``, the ``data`` for the script and ``on_EVENT_change`` callbacks.
    """
    mount = st.components.v2.component(
        f"mmrec.{name}",
        css="".join(asset(f"{folder}/style.css") for folder in (*styles, name)),
        js=asset("entry.js").replace("MODULE", module_address(f"{name}/main.js")),
    )

    def draw(*, key: str, data: Mapping[str, Any], **callbacks: Any) -> None:
        unreachable = _("This part of the page cannot be loaded. Reload the page.")
        mount(key=key, data={**data, "unreachable": unreachable}, **callbacks)

    return draw


def routes(prefix: str = "") -> list[Route]:
    """Return the route of the modules, below ``prefix`` (empty, or ``/sub/path``)."""
    path = f"{prefix}/scripts/{{version}}/{{name:path}}"
    return [Route(path, _module, methods=["GET", "HEAD"])]


def module_address(name: str) -> str:
    """Return the address of a module in ``components/``, relative to every page's."""
    return f"scripts/{_version()}/{name}"


@cache
def _modules() -> dict[str, bytes]:
    """Read all modules once: what a version names must not change while the server runs."""
    folder = asset_path("")
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.glob("*/**/*.js"))
    }


@cache
def _version() -> str:
    digest = hashlib.sha256()
    for name, content in _modules().items():
        digest.update(f"{name} {len(content)} ".encode() + content)
    return digest.hexdigest()[:16]


def _module(request: Request) -> Response:
    content = _modules().get(request.path_params["name"])
    if content is None or request.path_params["version"] != _version():
        return http_cache.missing("script")
    return Response(content, media_type="text/javascript", headers=http_cache.KEEP)
