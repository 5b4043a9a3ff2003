"""The command that tells a story: `mmrec story`."""

from pathlib import Path
from typing import Annotated

import typer

from mmrec_core.cli.options import BundleFolder
from mmrec_core.cli.terminal import say
from mmrec_core.errors import InputError


def story(
    bundle: BundleFolder,
    out: Annotated[
        Path | None,
        typer.Option(help="write the story to an .html file that opens offline, or to a .pdf"),
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="which one; default: the story that explains the bundle")
    ] = None,
    language: Annotated[str, typer.Option(help="of that one: en or ru")] = "en",
    add: Annotated[
        bool,
        typer.Option("--add", help="put the story that explains the bundle into it, for the app"),
    ] = False,
) -> None:
    """List a bundle's stories, or write one as a page that presents itself or as a PDF.

    The story that explains a bundle is made of its own findings. The demo brings it; for another
    bundle it is made when it is written.
    """
    from mmrec_core.bundle import open_bundle
    from mmrec_core.files import write_bytes
    from mmrec_core.serving.recommender import Recommender
    from mmrec_core.stories.bundled import add_introduction, bundled_story
    from mmrec_core.stories.introduction import introduction
    from mmrec_core.stories.model import INTRODUCTION
    from mmrec_core.stories.page import story_page
    from mmrec_core.stories.store import Stories
    from mmrec_core.stories.words import LANGUAGES
    from mmrec_core.verdicts.places import verdict_place

    if language not in LANGUAGES:
        raise typer.BadParameter(f"--language is {language!r}; expected {' or '.join(LANGUAGES)}")
    if out is not None and out.suffix.lower() not in (".html", ".pdf"):
        raise typer.BadParameter(f"--out is {out}; expected a name that ends in .html or .pdf")
    opened = open_bundle(bundle)
    if add:
        add_introduction(bundle)
        say(f"{bundle} has its story.")
        opened = open_bundle(bundle)
    kept = Stories(verdict_place(opened.path))
    if name not in (None, INTRODUCTION):
        kept.check(str(name))
    if out is None:
        own = bundled_story(opened, language)
        if own is not None:
            say(f"{INTRODUCTION}: {own.name} ({len(own.steps)} steps, of the bundle)")
        for entry in kept.all():
            say(f"{entry.story.name} ({len(entry.story.steps)} steps, by {entry.reviewer})")
        return
    if name in (None, INTRODUCTION):
        told = bundled_story(opened, language) or introduction(Recommender(opened), language)
    else:
        told = kept.find(str(name))
    if out.suffix.lower() == ".pdf":
        from mmrec_core.stories.pdf import story_pdf

        content = story_pdf(opened, told)
    else:
        content = story_page(opened, told).encode()
    try:
        write_bytes(out, content)
    except OSError as error:
        raise InputError(f"cannot write {out}: {error.strerror or error}.") from None
    say(f"{told.name}: {len(told.steps)} steps, written to {out}.")
