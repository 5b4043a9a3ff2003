"""The map's files over plain HTTP, ``/map-data/…``, each named by its content: kept for ever.

(``/map`` is the page.)
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mmrec_app.served import http_cache, layers

_KINDS = {"bin": "application/octet-stream", "json": "application/json"}


def routes(prefix: str = "") -> list[Route]:
    """Return the map's route, below ``prefix`` (empty, or ``/sub/path``)."""
    return [Route(f"{prefix}/map-data/{{name}}", _data, methods=["GET", "HEAD"])]


def _data(request: Request) -> Response:
    name = request.path_params["name"]
    content = layers.content(name)
    if content is None:
        return http_cache.missing("file")
    return Response(content, media_type=_KINDS[name.rpartition(".")[2]], headers=http_cache.KEEP)
