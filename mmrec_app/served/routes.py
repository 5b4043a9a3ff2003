"""The app's own HTTP routes beside Streamlit's: pictures, scripts, map files, stories, a JSON
interface, and how the process is."""

from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route
from streamlit import get_option

from mmrec_app.served import (
    api,
    health,
    map_levels,
    map_routes,
    scripts,
    stories,
    thumbnails,
)


def routes() -> list[Route]:
    """Return all of them, below the sub-path that the server is set to."""
    base = str(get_option("server.baseUrlPath") or "").strip("/")
    prefix = f"/{base}" if base else ""
    return [
        *thumbnails.routes(prefix),
        *scripts.routes(prefix),
        *map_levels.routes(prefix),
        *map_routes.routes(prefix),
        *api.routes(prefix),
        *health.routes(prefix),
        *stories.routes(prefix),
        Route(f"{prefix}/browse", _first_page),
    ]


async def _first_page(request: Request) -> RedirectResponse:
    """Lead ``/browse`` to the root, where Streamlit has the first page and no name for it."""
    query = request.url.query
    return RedirectResponse(f"./?{query}" if query else "./")
