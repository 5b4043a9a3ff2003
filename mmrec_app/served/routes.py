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
    below = prefix()
    return [
        *thumbnails.routes(below),
        *scripts.routes(below),
        *map_levels.routes(below),
        *map_routes.routes(below),
        *api.routes(below),
        *health.routes(below),
        *stories.routes(below),
        Route(f"{below}/browse", _first_page),
    ]


def prefix() -> str:
    """Return the sub-path that the server is set to: empty, or ``/sub/path``."""
    base = str(get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}" if base else ""


async def _first_page(request: Request) -> RedirectResponse:
    """Lead ``/browse`` to the root, where Streamlit has the first page and no name for it."""
    query = request.url.query
    return RedirectResponse(f"./?{query}" if query else "./")
