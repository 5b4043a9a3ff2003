"""Stories are kept beside the verdicts, changed as they are by now, and survive what goes wrong."""

from pathlib import Path

import pytest

from mmrec_core.errors import StoryError, VerdictError
from mmrec_core.stories.model import INTRODUCTION, Step, Story, changed
from mmrec_core.stories.store import Stories
from mmrec_core.verdicts.places import Place
from tests.core.verdicts.damage import spoil


@pytest.fixture
def stories(place: Place) -> Stories:
    return Stories(place)


def adding(title: str):
    return lambda story: changed(story, steps=(*story.steps, Step(title=title)))


def test_stories_are_listed_by_name_and_changed_in_turn(stories: Stories):
    assert stories.all() == []
    stories.add(Story(name="fish"), reviewer="Ann", digest="d1")
    stories.add(Story(name="  Big \n birds "), reviewer="Bo")
    stories.update("fish", adding("One"), digest="d2")
    Stories(stories.path).update("fish", adding("Two"))
    assert [(e.story.name, e.reviewer, e.digest) for e in stories.all()] == [
        ("Big birds", "Bo", None),
        ("fish", "Ann", "d2"),
    ]
    assert [step.title for step in stories.find("fish").steps] == ["One", "Two"]
    stories.update("fish", lambda story: changed(story, name="Fishes"))
    stories.remove("Big birds")
    assert [entry.story.name for entry in stories.all()] == ["Fishes"]


def test_a_name_is_one_story(stories: Stories):
    stories.add(Story(name="Birds"), reviewer="Ann")
    stories.add(Story(name="Fish"), reviewer="Ann")
    for write in (
        lambda: stories.add(Story(name="Birds"), reviewer="Bo"),
        lambda: stories.update("Fish", lambda story: changed(story, name="Birds")),
        lambda: stories.add(Story(name=INTRODUCTION), reviewer="Bo"),
        lambda: stories.update("Owls", adding("One")),
        lambda: stories.find("Owls"),
    ):
        with pytest.raises(StoryError):
            write()
    assert [entry.story.name for entry in stories.all()] == ["Birds", "Fish"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("👩‍🚀 trip", "👩‍🚀 trip"),
        ("می\N{ZERO WIDTH NON-JOINER}خواهم", "می\N{ZERO WIDTH NON-JOINER}خواهم"),
        ("\N{ZERO WIDTH SPACE}Birds\N{ZERO WIDTH JOINER}", "Birds"),
        ("Bi\N{SOFT HYPHEN}rds", "Birds"),
        ("\N{RIGHT-TO-LEFT MARK}Birds", "Birds"),
    ],
)
def test_whoever_writes_is_told_the_name_that_is_kept(stories: Stories, typed: str, kept: str):
    assert stories.add(Story(name=typed), reviewer="Ann") == kept
    assert stories.update(kept, adding("One")) == kept
    assert stories.find(kept).name == kept
    stories.add(Story(name="Fish"), reviewer="Ann")
    stories.remove(kept)
    assert stories.update("Fish", lambda story: changed(story, name=typed)) == kept


def test_a_name_of_joiners_alone_is_empty(stories: Stories):
    with pytest.raises(StoryError, match="is empty"):
        stories.add(Story(name="\N{ZERO WIDTH JOINER}"), reviewer="Ann")


def test_a_change_that_fails_changes_nothing(stories: Stories):
    stories.add(Story(name="Birds"), reviewer="Ann")
    with pytest.raises(StoryError):
        stories.update("Birds", lambda story: changed(story, steps=[{"title": ""}]))
    assert stories.find("Birds") == Story(name="Birds")


def test_a_damaged_story_hides_no_other(stories: Stories):
    stories.add(Story(name="Birds"), reviewer="Ann")
    stories.add(Story(name="Fish"), reviewer="Ann")
    spoil(stories.path, "UPDATE stories SET story = '{' WHERE name = 'Birds'")
    assert [entry.story.name for entry in stories.all()] == ["Fish"]
    with pytest.raises(StoryError):
        stories.find("Birds")
    stories.remove("Birds")


def test_a_file_of_another_kind_is_refused(tmp_path: Path):
    path = tmp_path / "x.verdicts.sqlite"
    path.write_bytes(b"no database, but long enough to be read as one" * 9)
    with pytest.raises(VerdictError):
        Stories(path).all()
