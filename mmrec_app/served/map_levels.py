"""The map's points over plain HTTP, ``/map-data/DIGEST/points.bin`` and ``rows.bin``.

They lie in the bundle in the order of its levels, and go from its files to the browser: the process
keeps none of them. The digest is in the address, so a browser keeps them for ever.
"""

import numpy as np
import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mmrec_app.served import http_cache
from mmrec_app.served.bundles import bundle_of_digest
from mmrec_core.bundle import Bundle
from mmrec_core.collection.map_grid import Frame, frame_of
from mmrec_core.collection.map_levels import MapLevels, levels_of
from mmrec_core.errors import BundleError


def levels(bundle: Bundle) -> MapLevels:
    """Return the images in the order of the map's levels; of a bundle without, computed once."""
    return _levels(bundle.digest, bundle)


@st.cache_resource(max_entries=4, show_spinner=False)
def _levels(digest: str, _bundle: Bundle) -> MapLevels:
    return levels_of(_bundle)


def frame(bundle: Bundle) -> Frame:
    """Return where the grid lies on the map."""
    return _frame(bundle.digest, bundle)


@st.cache_resource(max_entries=16, show_spinner=False)
def _frame(digest: str, _bundle: Bundle) -> Frame:
    return frame_of(np.asarray(_bundle.map))


def address(bundle: Bundle, name: str) -> str:
    """Return the address of ``points`` or ``rows``, relative to every page's."""
    return f"map-data/{bundle.digest}/{name}.bin"


def routes(prefix: str = "") -> list[Route]:
    """Return the route of both files, below ``prefix`` (empty, or ``/sub/path``)."""
    return [Route(f"{prefix}/map-data/{{digest}}/{{name}}.bin", _file, methods=["GET", "HEAD"])]


def _file(request: Request) -> Response:
    bundle = bundle_of_digest(request.path_params["digest"])
    name = request.path_params["name"]
    if bundle is None or name not in MapLevels._fields:
        return http_cache.missing("file")
    try:
        array = np.ascontiguousarray(getattr(levels(bundle), name))
    except BundleError:
        return http_cache.missing("file")
    return Response(
        array.data.cast("B"),
        media_type="application/octet-stream",
        headers=http_cache.KEEP,
    )
