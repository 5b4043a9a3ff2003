"""A story as a PDF: one sheet a step, 16 : 9, its text as text."""

from collections.abc import Callable
from typing import Any

from mmrec_core.bundle import Bundle
from mmrec_core.stories.model import Link, Step, Story
from mmrec_core.stories.pdf_findings import draw
from mmrec_core.stories.sheet import ACCENT, QUIET, Box, Sheets
from mmrec_core.stories.shown import embedded, shown
from mmrec_core.stories.words import words

_TITLE, _TEXT = Box(44, 34, 872, 44), Box(44, 96, 258, 388)
_FINDING, _BARE = Box(330, 96, 586, 400), Box(44, 110, 700, 380)
_FOOT = Box(44, 508, 872, 18)


def story_pdf(bundle: Bundle, story: Story, *, link: Callable[[Link], str] | None = None) -> bytes:
    """Write a story as a PDF for print, or to show where no browser is.

    The speaker's notes are not in it. Letters are DejaVu Sans: what it lacks (Chinese, Japanese,
    Korean, emoji) is a square each, and Arabic letters stand unjoined.

    Parameters
    ----------
    bundle : Bundle
        Where thumbnails and map lie.
    story : Story
    link : callable, optional
        Gives the address of the view that a step shows.

    Examples
    --------
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.stories.model import Step, Story
    >>> from mmrec_core.stories.pdf import story_pdf
    >>> story = Story(name="Birds", steps=(Step(title="A magpie"),))
    >>> story_pdf(open_bundle("artifacts/demo"), story)[:5]
    b'%PDF-'
    """
    sheets, source = Sheets(story.name, story.language), embedded(bundle)
    said = words(story.language)
    made = said["made"].format(bundle=bundle.name, digest=bundle.digest[:8])
    for n, step in enumerate(story.steps, start=1):
        sheets.add()
        drawn = shown(bundle, step.finding, source, story.language) if step.finding else None
        _step(sheets, step, drawn, said)
        foot = f"{said['step'].format(n=n, all=len(story.steps))} · {story.name} · {made}"
        sheets.line(_FOOT, foot, 9, colour=QUIET)
        address = link(step.link) if link and step.link else ""
        if address.startswith(("http://", "https://")):
            sheets.line(_FOOT, said["open"], 9, colour=ACCENT, align="R")
            sheets.pdf.link(_FOOT.x + _FOOT.width - 140, _FOOT.y, 140, _FOOT.height, address)
    if not story.steps:
        sheets.add()
        sheets.text(_BARE, said["empty"], 20)
    return sheets.bytes()


def _step(sheets: Sheets, step: Step, drawn: dict[str, Any] | None, said: dict[str, str]) -> None:
    sheets.text(_TITLE, step.title, 28, least=14, bold=True)
    if drawn is None:
        sheets.text(_BARE, step.text, 22)
    else:
        sheets.text(_TEXT, step.text, 15.5)
        draw(sheets, _FINDING, drawn, said)
