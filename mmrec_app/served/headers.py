"""Headers of every answer: what a browser must not do with it."""

import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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
    """Return the headers by name; ``frames`` that are no list of sources count as none."""
    ancestors = frames.strip() if _SOURCES.fullmatch(frames) else "'self'"
    return {
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "content-security-policy": f"frame-ancestors {ancestors}; base-uri 'self'; "
        "object-src 'none'; form-action 'self'",
    }
