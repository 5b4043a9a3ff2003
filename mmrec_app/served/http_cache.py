"""Answers at addresses that name their content: a browser keeps them for ever, but no failure."""

from starlette.responses import PlainTextResponse, Response

KEEP = {"Cache-Control": "public, max-age=31536000, immutable"}


def missing(what: str) -> Response:
    """Answer that there is no such thing; it may be there the next time."""
    return PlainTextResponse(f"no such {what}", 404, headers={"Cache-Control": "no-store"})
