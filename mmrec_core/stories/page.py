"""A story as one HTML page: it presents itself, and opens offline."""

import base64
import hashlib
import re
from collections.abc import Callable
from functools import cache
from math import ceil, sqrt
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from mmrec_core.bundle import Bundle
from mmrec_core.stories.model import Link, Step, Story
from mmrec_core.stories.shown import Source, embedded, shown
from mmrec_core.stories.words import words

_TEMPLATES = Path(__file__).with_name("templates")
_COLUMNS = (1, 2, 3, 4, 5, 6, 8, 10)
_LONG = 500  # characters of a text that may need scrolling


def _columns(n: int) -> int:
    """Return in how many columns n pictures stand on a sheet that is wider than high."""
    wanted = ceil(sqrt(1.5 * n))
    return next((columns for columns in _COLUMNS if columns >= wanted), _COLUMNS[-1])


_pages = Environment(
    loader=FileSystemLoader(_TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_pages.globals["columns"] = _columns


def story_page(bundle: Bundle, story: Story, *, link: Callable[[Link], str] | None = None) -> str:
    """Write a story as a page that asks for nothing outside itself.

    Arrow keys turn its steps, F fills the screen, N opens the speaker's notes in a second window.
    Without scripts, and printed, the steps stand below each other.

    Parameters
    ----------
    bundle : Bundle
        Where thumbnails and map lie.
    story : Story
    link : callable, optional
        Gives the address of the view that a step shows; anything but http and https is left out.

    Returns
    -------
    str
        HTML, mostly below one megabyte. All that people or files bring is set as text.

    Examples
    --------
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.stories.model import Step, Story
    >>> from mmrec_core.stories.page import story_page
    >>> story = Story(name="Birds", steps=(Step(title="A <b>magpie</b>"),))
    >>> page = story_page(open_bundle("artifacts/demo"), story)
    >>> "A &lt;b&gt;magpie&lt;/b&gt;" in page, "<script src" in page
    (True, False)
    """
    style, script = finding_style() + _text("story.css"), _text("story.js")
    source, said = embedded(bundle), words(story.language)
    page = _pages.get_template("story.html").render(
        story=story,
        steps=[_step(bundle, step, source, story.language, link) for step in story.steps],
        words=said,
        made=said["made"].format(bundle=bundle.name, digest=bundle.digest[:8]),
        style=style,
        script=script,
        policy=f"default-src 'none'; img-src data:; style-src {_hash(style)}; "
        f"script-src {_hash(script)}; base-uri 'none'; form-action 'none'",
    )
    return page.encode("utf-8", "replace").decode()


def finding_html(bundle: Bundle, step: Step, source: Source, language: str) -> str:
    """Return a step's finding alone, for a page that has `finding_style`; empty without one."""
    if step.finding is None:
        return ""
    module = _pages.get_template("findings.html").module
    drawn = shown(bundle, step.finding, source, language)
    return str(module.finding(drawn, words(language)))  # type: ignore[attr-defined]


def finding_style() -> str:
    """Return the style sheet of findings; colours are variables that the page sets."""
    return _text("findings.css")


def file_name(story: Story, suffix: str) -> str:
    """Return a name for a story's file: letters, digits and dashes."""
    plain = re.sub(r"[\W_]+", "-", story.name.lower()).strip("-")
    return f"{plain[:60].strip('-') or 'story'}.{suffix}"


def _step(
    bundle: Bundle,
    step: Step,
    source: Source,
    language: str,
    link: Callable[[Link], str] | None,
) -> dict[str, Any]:
    address = link(step.link) if link and step.link else ""
    return {
        "title": step.title,
        "text": step.text,
        "long": len(step.text) > _LONG,
        "notes": step.notes,
        "link": address if re.match(r"https?://", address) else "",
        "shown": shown(bundle, step.finding, source, language) if step.finding else None,
    }


@cache
def _text(name: str) -> str:
    return (_TEMPLATES / name).read_text("utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
