"""Whether this process lives, ``/healthz``, and whether it answers about a bundle, ``/readyz``.

Both are a line of text: for who restarts processes, and for who sends them visitors.
"""

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from mmrec_app.served.bundles import bundle_folders, opened
from mmrec_core.errors import BundleError

_METHODS = ["GET", "HEAD"]
_HEADERS = {"Cache-Control": "no-store"}


def routes(prefix: str = "") -> list[Route]:
    """Return both routes, below ``prefix`` (empty, or ``/sub/path``)."""
    return [
        Route(f"{prefix}/healthz", _alive, methods=_METHODS),
        Route(f"{prefix}/readyz", _ready, methods=_METHODS),
    ]


async def _alive(request: Request) -> PlainTextResponse:
    return PlainTextResponse("alive\n", headers=_HEADERS)


def _ready(request: Request) -> PlainTextResponse:
    """Answer 200 as soon as one bundle opens: a damaged one beside it must not hide it."""
    reason = "no bundle is served here: `mmrec build` makes one."
    for folder in bundle_folders().values():
        try:
            opened(folder)
        except BundleError as error:
            reason = " ".join(str(error).split())
        else:
            return PlainTextResponse("ready\n", headers=_HEADERS)
    return PlainTextResponse(f"not ready: {reason}\n", 503, headers=_HEADERS)
