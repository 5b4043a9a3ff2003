"""Changing a story step by step, as somebody saw it: what others have changed since is kept."""

from typing import Any

from mmrec_core.errors import StoryError
from mmrec_core.stories.model import Step, Story, changed, changed_step


def with_step(story: Story, step: Step) -> Story:
    """Return a story with one more step at its end; StoryError if it has as many as it may."""
    return with_step_at(story, len(story.steps), step)


def edited(story: Story, at: int, seen: Step, **fields: Any) -> Story:
    """Return a story whose step ``at`` has other fields."""
    _check(story, at, seen)
    steps = list(story.steps)
    steps[at] = changed_step(seen, **fields)
    return changed(story, steps=steps)


def moved(story: Story, at: int, seen: Step, to: int) -> Story:
    """Return a story whose step ``at`` stands at place ``to``."""
    _check(story, at, seen)
    steps = list(story.steps)
    steps.insert(to, steps.pop(at))
    return changed(story, steps=steps)


def without(story: Story, at: int, seen: Step) -> Story:
    """Return a story without its step ``at``."""
    _check(story, at, seen)
    return changed(story, steps=(*story.steps[:at], *story.steps[at + 1 :]))


def with_step_at(story: Story, at: int, step: Step) -> Story:
    """Return a story with a step put in at place ``at``, or at its end if it is shorter."""
    return changed(story, steps=(*story.steps[:at], step, *story.steps[at:]))


def _check(story: Story, at: int, seen: Step) -> None:
    """Raise StoryError unless the step ``at`` is the one that was seen."""
    if at >= len(story.steps) or story.steps[at] != seen:
        raise StoryError("somebody else has changed this step: reload the page and try again.")
