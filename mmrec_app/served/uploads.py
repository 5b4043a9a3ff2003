"""Files that browsers send to Streamlit's own route, refused from who may bring none.

No page has a field for them then; but the route takes files without a field too, and keeps them in
memory.
"""

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from mmrec_app.served import rights

_ROUTE = "/_stcore/upload_file/"


class Uploads:
    """Middleware that refuses them."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, unless it brings a file."""
        brings = scope["type"] == "http" and _ROUTE in scope["path"]
        if brings and not rights.may_send(Request(scope).cookies):
            await PlainTextResponse("you may send no files here\n", 403)(scope, receive, send)
            return
        await self.app(scope, receive, send)
