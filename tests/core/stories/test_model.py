"""What a story may hold, and what of it is refused in one line."""

import json

import pytest

from mmrec_core.errors import StoryError
from mmrec_core.stories.model import (
    MOST_STEPS,
    Link,
    Lists,
    Picture,
    RankedList,
    Step,
    Story,
    changed,
    link_to,
    story_of,
    written,
)
from mmrec_core.stories.words import LANGUAGES, number, percent, texts, whole


def story(**fields: object) -> Story:
    query = Picture(image="a.png", caption="<b>A</b>")
    lists = Lists(query=query, lists=(RankedList(title="CLIP", results=(query,)),))
    return story_of({"name": "Birds", "steps": [Step(title="One", finding=lists)], **fields})


def reasons(value: float) -> dict:
    bar = {"name": "clip", "value": value}
    shown = {"query": {"image": "a.png"}, "result": {"image": "b.png"}, "total": "t", "unit": ""}
    return {"kind": "reasons", "base": bar, "bars": [bar, bar], **shown}


def test_a_story_is_the_same_after_its_json():
    told = story()
    assert story_of(written(told)) == told
    assert told.cover == Picture(image="a.png", caption="<b>A</b>")


@pytest.mark.parametrize(
    "content",
    [
        "no json",
        "[]",
        '{"name": ""}',
        '{"name": "x", "steps": [{"title": ""}]}',
        '{"name": "x", "steps": [{"title": "t", "finding": {"kind": "script"}}]}',
        '{"name": "x", "steps": [{"title": "t", "link": {"page": "//x", "parameters": {}}}]}',
        '{"name": "x", "language": "<b>", "steps": []}',
        json.dumps({"name": "x", "steps": [{"title": "t"}] * (MOST_STEPS + 1)}),
        json.dumps({"name": "x", "steps": [{"title": "t", "notes": "n" * 5000}]}),
        json.dumps({"name": "x", "steps": [{"title": "t", "finding": reasons(1e308)}]}),
        "[" * 100_000,
    ],
)
def test_anything_else_is_refused_in_one_line(content: str):
    with pytest.raises(StoryError) as refused:
        story_of(content)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("data", ["http://x/a.png", "data:text/html;base64,AAAA", 'data:"x"'])
def test_a_picture_holds_pixels_and_no_address(data: str):
    with pytest.raises(StoryError):
        story(steps=[{"title": "t", "finding": {"kind": "pictures", "pictures": [{"data": data}]}}])


def test_a_view_of_too_many_parameters_has_no_link():
    assert link_to("browse", {"q": "bird"}) == Link(page="browse", parameters={"q": "bird"})
    assert link_to("browse", {f"a{n}": "1" for n in range(41)}) is None


def test_a_change_is_checked():
    assert changed(story(), name="Fish").name == "Fish"
    with pytest.raises(StoryError, match="name"):
        changed(story(), name="x" * 100)


def test_all_languages_say_the_same_things():
    def keys(part: object, path: str = "") -> set[str]:
        if not isinstance(part, dict):
            return {path}
        return {key for name, each in part.items() for key in keys(each, f"{path}/{name}")}

    first, *others = (keys(texts(language)) for language in LANGUAGES)
    assert all(other == first for other in others)


def test_numbers_are_written_as_in_the_language():
    assert [number(-0.001, "en"), number(-1.5, "en"), number(0.25, "ru", signed=True)] == [
        *("0.00", "−1.50", "+0,25"),
    ]
    assert (whole(12345, "en"), whole(12345, "ru")) == ("12,345", "12\N{NO-BREAK SPACE}345")
    assert [percent(share, "en").split()[0] for share in (0, 0.004, 0.5, 1)] == [
        *("0", "<", "50", "100"),
    ]
