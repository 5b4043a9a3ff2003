"""A bundle's stories, and each as a page of its own over HTTP: ``/story?bundle=…&story=…``.

The page is the one that `mmrec story --out` writes: it presents itself, and saved it opens offline.
"""

import re
from collections.abc import Callable
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from mmrec_app.i18n import LANGUAGES
from mmrec_app.served.bundles import bundle_of_digest
from mmrec_core.bundle import Bundle
from mmrec_core.errors import MmrecError, StoryError
from mmrec_core.stories.bundled import bundled_story
from mmrec_core.stories.model import INTRODUCTION, Link, Story
from mmrec_core.stories.page import file_name, story_page
from mmrec_core.stories.pdf import story_pdf
from mmrec_core.stories.store import Stories
from mmrec_core.verdicts.places import verdict_place

HTML, PDF = FORMATS = ("html", "pdf")
_FIRST_PAGE = "browse"


def kept(bundle: Bundle) -> Stories:
    """Return the stories that people made of a bundle."""
    return Stories(verdict_place(bundle.path))


def find(bundle: Bundle, name: str, language: str) -> Story:
    """Return a story by name: the bundle's own in a language. StoryError if there is none."""
    if name != INTRODUCTION:
        return kept(bundle).find(name)
    story = bundled_story(bundle, language)
    if story is None:
        raise StoryError("this bundle brings no story: `mmrec story BUNDLE --add` makes one.")
    return story


def story_url(bundle: Bundle, name: str, language: str, save_as: str = "") -> str:
    """Return the address of a story's page, or of its file, relative to every page's."""
    params = {"bundle": bundle.digest, "story": name, "lang": language}
    return f"story?{urlencode(params | ({'save': save_as} if save_as else {}))}"


def routes(prefix: str = "") -> list[Route]:
    """Return the route of stories, below ``prefix`` (empty, or ``/sub/path``)."""

    def answer(request: Request) -> Response:
        return _story(request, prefix)

    return [Route(f"{prefix}/story", answer, methods=["GET"])]


def _story(request: Request, prefix: str) -> Response:
    params = request.query_params
    language = params.get("lang", "")
    bundle = bundle_of_digest(params.get("bundle", ""))
    if bundle is None:
        return PlainTextResponse("There is no such bundle: open the story from the app.", 404)
    root = f"{request.url.scheme}://{request.url.netloc}{prefix}"
    try:
        story = find(bundle, params.get("story", ""), language if language in LANGUAGES else "en")
    except MmrecError as error:
        return PlainTextResponse(str(error), 404)
    return _answer(bundle, story, params.get("save", ""), lambda link: _view(root, bundle, link))


def _answer(bundle: Bundle, story: Story, save_as: str, link: Callable[[Link], str]) -> Response:
    headers = {"Cache-Control": "no-store"}
    if save_as in FORMATS:
        name = quote(file_name(story, save_as))
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    if save_as == PDF:
        pdf = story_pdf(bundle, story, link=link)
        return Response(pdf, media_type="application/pdf", headers=headers)
    content = story_page(bundle, story, link=link)
    policy = re.search('Content-Security-Policy" content="([^"]*)"', content)
    headers["Content-Security-Policy"] = policy[1].replace("&#39;", "'") if policy else ""
    return Response(content, media_type="text/html", headers=headers)


def _view(root: str, bundle: Bundle, link: Link) -> str:
    """Return the address of the view that a step shows."""
    page = "" if link.page == _FIRST_PAGE else link.page
    named = {"bundle": f"{bundle.path.name}@{bundle.digest[:8]}"}
    return f"{root}/{page}?{urlencode(named | link.parameters)}"
