"""Stories that people made, in the file of a bundle's verdicts."""

from collections.abc import Callable
from dataclasses import dataclass

from mmrec_core.errors import StoryError
from mmrec_core.stories.model import INTRODUCTION, NAME_LENGTH, Story, changed, story_of, written
from mmrec_core.verdicts.database import Connection, now, reading, writing
from mmrec_core.verdicts.places import Place
from mmrec_core.verdicts.values import checked_digest, checked_reviewer, checked_text

_SINCE = 5  # version of the schema
MOST = 100
"""Stories that one bundle can have."""


@dataclass(frozen=True)
class StoryEntry:
    """What a list says of a story; ``digest`` is the bundle's when it was last changed."""

    story: Story
    reviewer: str
    digest: str | None


class Stories:
    """The stories of one bundle that people made. Safe to share between threads.

    Methods raise VerdictError where the file cannot be read or written, and StoryError where a
    story is not what it can be, or there is none of that name.

    Examples
    --------
    >>> from pathlib import Path
    >>> from mmrec_core.stories.model import Step, Story
    >>> from mmrec_core.stories.store import Stories
    >>> stories = Stories(Path("told.verdicts.sqlite"))
    >>> stories.add(Story(name="Birds"), reviewer="Ann")
    'Birds'
    >>> stories.update("Birds", lambda s: s.model_copy(update={"steps": (Step(title="One"),)}))
    'Birds'
    >>> [(entry.story.name, len(entry.story.steps)) for entry in stories.all()]
    [('Birds', 1)]
    """

    def __init__(self, path: Place):
        self.path = path

    def all(self) -> list[StoryEntry]:
        """Return all stories by name; one that is damaged is left out."""
        with reading(self.path, _SINCE) as connection:
            rows = (
                connection.execute("SELECT story, reviewer, digest FROM stories").fetchall()
                if connection
                else []
            )
        entries = []
        for text, reviewer, digest in rows:
            try:
                entries.append(StoryEntry(story_of(text), reviewer, digest))
            except StoryError:
                continue
        return sorted(entries, key=lambda entry: (entry.story.name.casefold(), entry.story.name))

    def find(self, name: str) -> Story:
        """Return the story of that name."""
        with reading(self.path, _SINCE) as connection:
            row = (
                connection.execute("SELECT story FROM stories WHERE name = ?", (name,)).fetchone()
                if connection
                else None
            )
        if row is None:
            raise _unknown(name)
        return story_of(row[0])

    def check(self, name: str) -> None:
        """Raise StoryError, with the names there are, if there is no story of that name."""
        with reading(self.path, _SINCE) as connection:
            if connection and _there(connection, name):
                return
        names = [INTRODUCTION, *(entry.story.name for entry in self.all())]
        raise StoryError(f"there is no story {name[:100]!r}. There are: {', '.join(names)}.")

    def add(self, story: Story, *, reviewer: str, digest: str | None = None) -> str:
        """Keep a new story and return the name it has; StoryError if there is one of its name.

        The name that is kept is on one line, without what cannot be printed.
        """
        story = _named(story)
        row = (
            story.name,
            written(story),
            checked_reviewer(reviewer),
            checked_digest(digest),
            now(),
        )
        with writing(self.path) as connection:
            if _there(connection, story.name):
                raise StoryError(f"there is a story {story.name!r}: choose another name.")
            if connection.execute("SELECT count(*) FROM stories").fetchone()[0] >= MOST:
                raise StoryError(f"there are {MOST} stories: remove one first.")
            connection.execute("INSERT INTO stories VALUES (?, ?, ?, ?, ?)", row)
        return story.name

    def update(
        self, name: str, change: Callable[[Story], Story], *, digest: str | None = None
    ) -> str:
        """Change a story as it is by now, and return its name: others may have changed it."""
        with writing(self.path) as connection:
            row = connection.execute("SELECT story FROM stories WHERE name = ?", (name,)).fetchone()
            if row is None:
                raise _unknown(name)
            story = _named(change(story_of(row[0])))
            if story.name != name and _there(connection, story.name):
                raise StoryError(f"there is a story {story.name!r}: choose another name.")
            connection.execute(
                "UPDATE stories SET name = ?, story = ?, digest = coalesce(?, digest), time = ? "
                "WHERE name = ?",
                (story.name, written(story), checked_digest(digest), now(), name),
            )
        return story.name

    def remove(self, name: str) -> None:
        """Remove a story."""
        with writing(self.path) as connection:
            connection.execute("DELETE FROM stories WHERE name = ?", (name,))


def _named(story: Story) -> Story:
    """Return a story with its name on one line; StoryError if it can't have that name."""
    name = " ".join(checked_text(story.name, "story's name", NAME_LENGTH).split())
    if not name:
        raise StoryError("a story's name is empty: write at least one character.")
    if name == INTRODUCTION:
        raise StoryError(f"{INTRODUCTION!r} is the story of the bundle itself: choose another.")
    return changed(story, name=name)


def _there(connection: Connection, name: str) -> bool:
    return bool(connection.execute("SELECT 1 FROM stories WHERE name = ?", (name,)).fetchone())


def _unknown(name: str) -> StoryError:
    return StoryError(f"there is no story {name[:100]!r}: `mmrec story BUNDLE` lists them.")
