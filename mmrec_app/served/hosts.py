"""Whom a request says it is for, and which page sent it.

Without a check of the name a page elsewhere could lead its own name to this server and read all of
it in a visitor's browser (DNS rebinding, https://doi.org/10.1145/1315245.1315298). An address of
numbers is no such name.
"""

import re
from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_READING = {"GET", "HEAD", "OPTIONS"}
_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}


class Hosts:
    """Middleware that refuses names that are not the server's, and pages of other origins.

    Such pages may link here and show pictures; they open no WebSocket and send nothing.

    Parameters
    ----------
    app : ASGIApp
    names : iterable of str
        The server's names; ``*.example.org`` for all below ``example.org``, ``*`` for any.
        Addresses of numbers and ``localhost`` are always its own. Empty for any name.
    origins : iterable of str
        Origins of other pages that are trusted, such as ``https://example.org``; ``*`` for all.
    nameless : iterable of str
        Paths that are answered under any name, and under none: those of health checks.
    """

    def __init__(
        self,
        app: ASGIApp,
        names: Iterable[str] = (),
        origins: Iterable[str] = (),
        nameless: Iterable[str] = (),
    ):
        self.app = app
        self._nameless = set(nameless)
        self._names = {name.lower().rstrip(".") for name in names}
        self._origins = {origin.lower().rstrip("/") for origin in origins}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it with 421 or 403."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host = _address(f"//{headers.get('host', '')}")
        answer = None
        if scope["path"] not in self._nameless and not self._is_own(host.hostname or ""):
            said = f"this server does not know the name {(host.hostname or '')[:80]!r}"
            answer = _refusal(421, f"{said}: `mmrec app --host-name` tells it its names.")
        elif not self._may_send(scope, headers.get("origin"), host):
            answer = _refusal(403, "this came from a page of another site.")
        await (answer or self.app)(scope, receive, send)

    def _is_own(self, name: str) -> bool:
        if not self._names or "*" in self._names:
            return True
        name = name.lower().rstrip(".")
        if name in self._names or name == "localhost" or name.endswith(".localhost"):
            return True
        return _is_number(name) or any(
            own.startswith("*.") and name.endswith(own[1:]) for own in self._names
        )

    def _may_send(self, scope: Scope, origin: str | None, host: SplitResult) -> bool:
        reads = scope["type"] == "http" and scope["method"] in _READING
        if reads or origin is None or "*" in self._origins:
            return True
        page = _address(origin)
        port = _PORTS.get(page.scheme)
        same = (page.hostname, page.port or port) == (host.hostname, host.port or port)
        return (same and page.hostname is not None) or origin.lower() in self._origins


def names_in(text: str) -> list[str]:
    """Return the names in a text, which stand between spaces or commas."""
    return [name for name in re.split(r"[\s,]+", text) if name]


def _address(text: str) -> SplitResult:
    """Return the parts of an address; empty ones if it is none."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return urlsplit("")
    return parts


def _is_number(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _refusal(status: int, text: str) -> JSONResponse:
    return JSONResponse({"error": text}, status, headers={"Cache-Control": "no-store"})
