"""The story that a bundle brings: made once, kept in it as a file, the same for all visitors."""

import shutil
from pathlib import Path
from typing import Any

from mmrec_core.building.replacement import put_in_place, replacing
from mmrec_core.bundle import Bundle, layout, open_bundle
from mmrec_core.bundle.manifest import FileEntry
from mmrec_core.files import link_tree, write_json
from mmrec_core.serving.recommender import Recommender
from mmrec_core.stories.introduction import introduction
from mmrec_core.stories.model import Story, story_of
from mmrec_core.stories.words import LANGUAGES


def bundled_story(bundle: Bundle, language: str) -> Story | None:
    """Return the story that a bundle brings, in a language or else English; None without.

    Raises
    ------
    StoryError
        If the bundle's file holds something else.

    Examples
    --------
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.stories.bundled import bundled_story
    >>> bundled_story(open_bundle("artifacts/demo"), "ru").name
    'Как работает рекомендательная система'
    """
    stories = bundle.story
    content = stories.get(language, stories.get(LANGUAGES[0]))
    return None if content is None else story_of(content)


def stories_of(bundle: Bundle) -> dict[str, Any]:
    """Return the story that explains a bundle, by language, as its file holds it."""
    recommender = Recommender(bundle)
    return {
        language: introduction(recommender, language).model_dump(mode="json")
        for language in LANGUAGES
    }


def add_introduction(folder: Path) -> None:
    """Give the bundle in ``folder`` the story that explains it, in all languages.

    The bundle with the story is written beside it and put into its place, with another digest.
    """
    bundle = open_bundle(folder)
    stories = stories_of(bundle)
    aside = bundle.path.with_name(f".{bundle.path.name}.telling")
    with replacing(bundle.path):
        shutil.rmtree(aside, ignore_errors=True)
        link_tree(bundle.path, aside)
        write_json(aside / layout.STORY, stories)
        files = bundle.manifest.files | {layout.STORY: FileEntry.of(aside / layout.STORY)}
        manifest = bundle.manifest.model_copy(update={"files": dict(sorted(files.items()))})
        write_json(aside / layout.MANIFEST, manifest.model_dump())
        open_bundle(aside)
        put_in_place(aside, bundle.path)


def renew_introduction(folder: Path) -> None:
    """Tell the story of the bundle in ``folder`` anew, if it has one: its ranker is another."""
    if open_bundle(folder).story:
        add_introduction(folder)
