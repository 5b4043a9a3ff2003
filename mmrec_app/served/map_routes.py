"""The map's files over plain HTTP: ``/map-data/…`` and the script's modules, ``/map-script/…``.

Both name their content in their address, so a browser keeps them for ever. (``/map`` is the page.)
"""

import hashlib
from functools import cache

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from mmrec_app.assets import asset_path
from mmrec_app.served import layers

CACHE_FOR_EVER = "public, max-age=31536000, immutable"
_KINDS = {"bin": "application/octet-stream", "json": "application/json"}


def routes(prefix: str = "") -> list[Route]:
    """Return the map's routes, below ``prefix`` (empty, or ``/sub/path``)."""
    return [
        Route(f"{prefix}/map-data/{{name}}", _data, methods=["GET", "HEAD"]),
        Route(f"{prefix}/map-script/{{version}}/{{name:path}}", _script, methods=["GET", "HEAD"]),
    ]


@cache
def script_address() -> str:
    """Return the address of the map's script, relative to every page's."""
    folder = asset_path("map")
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.js")):
        digest.update(path.read_bytes())
    return f"map-script/{digest.hexdigest()[:16]}/main.js"


def _data(request: Request) -> Response:
    name = request.path_params["name"]
    content = layers.content(name)
    if content is None:
        return _missing()
    kind = _KINDS[name.rpartition(".")[2]]
    return Response(content, media_type=kind, headers={"Cache-Control": CACHE_FOR_EVER})


def _script(request: Request) -> Response:
    folder = asset_path("map").resolve()
    path = (folder / request.path_params["name"]).resolve()
    if not path.is_relative_to(folder) or path.suffix != ".js" or not path.is_file():
        return _missing()
    return FileResponse(
        path, media_type="text/javascript", headers={"Cache-Control": CACHE_FOR_EVER}
    )


def _missing() -> Response:
    return PlainTextResponse("no such file", 404, headers={"Cache-Control": "no-store"})
