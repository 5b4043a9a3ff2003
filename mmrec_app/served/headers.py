"""Headers of every answer: what a browser must not do with it."""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

import streamlit
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
_SOURCES = re.compile(r"[\w\s.:/*'-]+")


class Headers:
    """Middleware that adds them.

    Parameters
    ----------
    app : ASGIApp
    frames : str
        The sites that may show the app in a frame, as the directive ``frame-ancestors`` names them
        (https://www.w3.org/TR/CSP3/#directive-frame-ancestors); empty for the app's own alone.
    """

    def __init__(self, app: ASGIApp, frames: str = ""):
        self.app = app
        self._added = security_headers(frames)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and add the headers to its answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def completed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._added.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, completed)


def security_headers(frames: str) -> dict[str, str]:
    """Return the headers by name; ``frames`` that are no list of sources count as none.

    The policy lets a page load from this server alone. Styles may stand in the page, since
    Streamlit's do; scripts may not, but for those of Streamlit's own document, by their digests.
    Streamlit runs a component's script from a ``blob:`` and reads its messages by WebAssembly.
    """
    ancestors = frames.strip() if _SOURCES.fullmatch(frames) else "'self'"
    policy = {
        "frame-ancestors": ancestors,
        "default-src": "'self'",
        "script-src": " ".join(
            ("'self'", "blob:", "'wasm-unsafe-eval'", *_digests_of_inline_scripts())
        ),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "base-uri": "'self'",
        "object-src": "'none'",
        "form-action": "'self'",
    }
    return {
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "content-security-policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
    }


@cache
def _digests_of_inline_scripts() -> tuple[str, ...]:
    document = (Path(streamlit.__file__).parent / "static" / "index.html").read_bytes()
    digests = (hashlib.sha256(script).digest() for script in _INLINE.findall(document))
    return tuple(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
