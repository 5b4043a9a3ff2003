"""Thumbnails over plain HTTP, cached by the browser, beside the session's socket.

``/thumbnails/{digest}/{index}.webp`` gives the thumbnail of one image of a bundle. The digest is
in the address, so an address never changes its picture and may be cached for ever. (Streamlit
keeps ``/media/`` for itself.) Pages ask for these addresses relative to their own, so the app
works under a sub-path.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mmrec_app.served import http_cache
from mmrec_app.served.bundles import bundle_of_digest
from mmrec_core.bundle import Bundle
from mmrec_core.errors import BundleError
from mmrec_core.files import plain_size

_DIGITS = 12  # of a row


def thumbnail_url(bundle: Bundle, index: int) -> str:
    """Return the address of a thumbnail, relative to every page's."""
    return f"thumbnails/{bundle.digest}/{index}.webp"


def thumbnail(request: Request) -> Response:
    """Answer with one thumbnail, or with 404."""
    bundle = bundle_of_digest(request.path_params["digest"])
    index = row_of(request.path_params["index"])
    if bundle is None or index is None or index >= len(bundle.items):
        return http_cache.missing("picture")
    try:
        path = bundle.thumbnail_path(index)
    except BundleError:  # of a stranger's bundle: it leads out of its folder
        return http_cache.missing("picture")
    if plain_size(path) is None:
        return http_cache.missing("picture")
    # It is small, and this is a thread: a response that reads the file would take three more.
    return Response(path.read_bytes(), media_type="image/webp", headers=http_cache.KEEP)


def row_of(text: str) -> int | None:
    """Return the row that an address names, None where it names none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS else None


def routes(prefix: str = "") -> list[Route]:
    """Return the route of thumbnails, below ``prefix`` (empty, or ``/sub/path``)."""
    path = f"{prefix}/thumbnails/{{digest}}/{{index}}.webp"
    return [Route(path, thumbnail, methods=["GET", "HEAD"])]
