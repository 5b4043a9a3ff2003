"""How much one visitor may ask for: requests a second, and bytes of a request.

A visitor is the address that they come from, of IPv6 the network of 64 bits. Each has a bucket of
tokens (https://en.wikipedia.org/wiki/Token_bucket) from which every request takes as many as it
costs. Requests from this machine itself cost nothing: where a proxy that names no visitors stands
there, all would be one. Scripts and styles cost nothing either: a browser does not ask again for
one that was refused, and the page stays blank.
"""

import json
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from time import monotonic
from typing import NamedTuple

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from mmrec_app.served.scripts import module_address

LARGEST_BODY = 64 * 1024
"""Bytes of a request that brings no file; those that do are Streamlit's to limit."""

_SECONDS = 10  # for which a bucket holds tokens
_MOST_VISITORS = 10_000
_UPLOADS = "/_stcore/upload_file/"
_FREE = ("/healthz", "/readyz", "/_stcore/health", "/_stcore/host-config")
_STATIC = "/static/"  # Streamlit's own
_COSTLY = ("/api/", "/story/", _UPLOADS)
_PICTURE, _ANSWER, _SESSION = 1, 20, 100  # tokens


class _Bucket(NamedTuple):
    tokens: float
    at: float


class Limits:
    """Middleware that answers 429 to who asks for too much, and 413 to who sends too much.

    Parameters
    ----------
    app : ASGIApp
    per_second : float
        Answers of ``/api``, stories or uploads. A new session costs as much as 5 of them, a
        picture or another file a twentieth. 0 for no limit.
    prefix : str
        Below which the app is served: empty, or ``/sub/path``.
    now : callable
        Returns a time in seconds.
    """

    def __init__(
        self,
        app: ASGIApp,
        per_second: float,
        prefix: str = "",
        now: Callable[[], float] = monotonic,
    ):
        self.app = app
        self._prefix = prefix
        self._per_second = per_second * _ANSWER
        self._now = now
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with an error in JSON."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        wait = self._wait(scope)
        if wait > 0:
            seconds = str(ceil(wait))
            said = f"too many requests from your address: ask again in {seconds} s."
            answer = _error(429, said, {"Retry-After": seconds})
            await answer(scope, receive, send)
        elif scope["type"] == "http" and not _is_small(scope):
            said = f"this request is too large: at most {LARGEST_BODY} bytes, with Content-Length."
            await _error(413, said, {"Connection": "close"})(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _wait(self, scope: Scope) -> float:
        """Take a request's tokens; return for how many seconds there are none."""
        visitor, cost = _visitor(scope), self._cost(scope)
        if not (visitor and cost and self._per_second):
            return 0.0
        now, most = self._now(), self._per_second * _SECONDS
        last = self._buckets.pop(visitor, _Bucket(most, now))
        tokens = min(most, last.tokens + (now - last.at) * self._per_second)
        wait = (cost - tokens) / self._per_second if tokens < cost else 0.0
        self._buckets[visitor] = _Bucket(tokens if wait else tokens - cost, now)
        if len(self._buckets) > _MOST_VISITORS:
            self._buckets.popitem(last=False)
        return wait

    def _cost(self, scope: Scope) -> int:
        if scope["type"] == "websocket":
            return _SESSION
        path = scope["path"].removeprefix(self._prefix)
        if path in _FREE or path.startswith((_STATIC, f"/{module_address('')}")):
            return 0
        return _ANSWER if f"{path}/".startswith(_COSTLY) else _PICTURE


def _visitor(scope: Scope) -> str:
    """Return who asks; empty for this machine itself, and where nobody knows."""
    try:
        address = ip_address((scope.get("client") or ("",))[0].partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is None:
            net = ip_network((address, 64), strict=False)
            return "" if address.is_loopback else str(net)
        address = address.ipv4_mapped
    return "" if address.is_loopback else str(address)


def _is_small(scope: Scope) -> bool:
    """Say whether a request's body is as small as one without a file may be."""
    headers = Headers(scope=scope)
    if _UPLOADS in scope["path"]:
        return True
    length = headers.get("content-length", "0")
    return "transfer-encoding" not in headers and int(length) <= LARGEST_BODY


def _error(status: int, text: str, headers: dict[str, str]) -> Response:
    content = json.dumps({"error": text})
    return Response(content, status, {**headers, "Cache-Control": "no-store"}, "application/json")
