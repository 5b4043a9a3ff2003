"""The document of every page: Streamlit's own, with the app's style sheets and a script.

They are there from the first byte. What came with a run, after Streamlit's own scripts, would move
all that is on the page by then.
"""

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mmrec_app.assets import asset
from mmrec_app.served.scripts import module_address

_STYLES = ("frame", "curtain", "recommend", "map_page", "evaluation", "compare", "stories", "about")
_NOT_ASKED = {b"accept-encoding", b"if-none-match", b"if-modified-since"}
_BODY_ENDS = b"</body>"


class Document:
    """Middleware that adds to each HTML document what the app's pages need."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; complete the answer if it is a document."""
        if scope["type"] != "http" or "text/html" not in Headers(scope=scope).get("accept", ""):
            await self.app(scope, receive, send)
            return
        plain = [(name, value) for name, value in scope["headers"] if name not in _NOT_ASKED]
        await self.app({**scope, "headers": plain}, receive, _Completing(send))


class _Completing:
    """What sends an answer on; of a document, once it is whole and completed."""

    def __init__(self, send: Send):
        self.send = send
        self.start: Message | None = None
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_document(message):
            self.start = message
        elif self.start is None or message["type"] != "http.response.body":
            await self.send(message)
        else:
            self.body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._send_completed(self.start)

    async def _send_completed(self, start: Message) -> None:
        body = self.body.replace(_BODY_ENDS, _addition() + _BODY_ENDS) if self.body else b""
        headers = MutableHeaders(raw=list(start["headers"]))
        del headers["etag"], headers["last-modified"]
        headers["content-length"] = str(len(body))
        await self.send({**start, "headers": headers.raw})
        await self.send({"type": "http.response.body", "body": body})


def _is_document(start: Message) -> bool:
    """Say whether an answer is a page of the app: one with a policy of its own is whole."""
    headers = Headers(raw=start["headers"])
    content = headers.get("content-type", "")
    own = "content-security-policy" in headers
    return start["status"] == 200 and content.startswith("text/html") and not own


def _addition() -> bytes:
    """Return the styles and the script; styles stand after Streamlit's, so that they win."""
    styles = "".join(asset(f"{name}.css") for name in _STYLES)
    script = f'<script type="module" src="./{module_address("curtain/main.js")}"></script>'
    return f"<style>{styles}</style>{script}".encode()
