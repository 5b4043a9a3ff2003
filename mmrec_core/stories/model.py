"""What a story is made of: steps, each with a title, a text, notes and a finding as plain data.

A finding holds what it shows, words included, in the story's language. Images are named, so it is
drawn from the bundle's thumbnails and map; what a bundle lacks by now is left out.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from mmrec_core.errors import StoryError

NAME_LENGTH, TITLE_LENGTH, TEXT_LENGTH, NOTES_LENGTH = 80, 200, 2000, 4000
MOST_STEPS = 60
LARGEST = 4_000_000
"""Characters of a story as JSON: a visitor's picture or a heat map has some 20,000."""

INTRODUCTION = "introduction"
"""What the story that a bundle brings is called in links and by ``--name``."""

_Label = Annotated[str, Field(max_length=400)]
_Image = Annotated[str, Field(max_length=4096)]
_DataUri = Annotated[
    str, Field(max_length=200_000, pattern=r"^(data:image/(webp|png);base64,[A-Za-z0-9+/]+=*)?$")
]


_Amount = Annotated[FiniteFloat, Field(ge=-1e12, le=1e12)]  # so that sums stay finite


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Picture(_Frozen):
    """An image of the bundle, or a picture of its own as a data URI, or a caption alone.

    ``note`` stands beside the caption, such as a score; ``relevant`` marks what is known of it.
    """

    image: _Image = ""
    data: _DataUri = ""
    caption: Annotated[str, Field(max_length=1000)] = ""
    note: _Label = ""
    relevant: bool | None = None


class Pictures(_Frozen):
    """Pictures side by side, under words that belong to all of them."""

    kind: Literal["pictures"] = "pictures"
    pictures: Annotated[tuple[Picture, ...], Field(min_length=1, max_length=60)]
    words: Annotated[tuple[_Label, ...], Field(max_length=20)] = ()


class RankedList(_Frozen):
    """One ranker's first results."""

    title: _Label
    results: Annotated[tuple[Picture, ...], Field(max_length=24)]


class Lists(_Frozen):
    """A query with rankers' first results side by side."""

    kind: Literal["lists"] = "lists"
    query: Picture
    lists: Annotated[tuple[RankedList, ...], Field(min_length=1, max_length=6)]


class Bar(_Frozen):
    """What one group of features adds to a score."""

    name: _Label
    value: _Amount


class Reasons(_Frozen):
    """A query and a result: what adds up to the score, and where on both pictures it comes from.

    ``heat`` are pictures of what regions add, to be laid over both; empty without.
    """

    kind: Literal["reasons"] = "reasons"
    query: Picture
    result: Picture
    base: Bar
    bars: Annotated[tuple[Bar, ...], Field(max_length=40)]
    total: _Label
    unit: _Label
    heat: tuple[_DataUri, _DataUri] = ("", "")


class Map(_Frozen):
    """The map of the collection with a query, a cluster, or some images marked.

    ``cluster_of`` is an image of the cluster that is marked; ``legend`` says what is marked.
    """

    kind: Literal["map"] = "map"
    query: _Image = ""
    cluster_of: _Image = ""
    marked: Annotated[tuple[_Image, ...], Field(max_length=1000)] = ()
    legend: _Label = ""
    pictures: Annotated[tuple[Picture, ...], Field(max_length=12)] = ()
    words: Annotated[tuple[_Label, ...], Field(max_length=20)] = ()


class Embedding(_Frozen):
    """Some numbers of a vector, from -1 to 1, and the picture or caption that they are of."""

    picture: Picture
    values: Annotated[tuple[_Amount, ...], Field(max_length=64)]


class Embeddings(_Frozen):
    """Pictures or captions beside their vectors."""

    kind: Literal["embeddings"] = "embeddings"
    rows: Annotated[tuple[Embedding, ...], Field(min_length=1, max_length=8)]


class Figure(_Frozen):
    """A ranker's figure, from 0 to 1, with its interval."""

    name: _Label
    value: Annotated[FiniteFloat, Field(ge=0, le=1)]
    low: Annotated[FiniteFloat, Field(ge=0, le=1)]
    high: Annotated[FiniteFloat, Field(ge=0, le=1)]


class Measure(_Frozen):
    """A measure: its name, what it says in plain words, and a figure of each ranker."""

    title: _Label
    meaning: _Label
    figures: Annotated[tuple[Figure, ...], Field(min_length=1, max_length=8)]


class Figures(_Frozen):
    """The rankers' figures with intervals."""

    kind: Literal["figures"] = "figures"
    measures: Annotated[tuple[Measure, ...], Field(min_length=1, max_length=6)]


Finding = Annotated[
    Pictures | Lists | Reasons | Map | Embeddings | Figures, Field(discriminator="kind")
]


class Link(_Frozen):
    """The view of the app that a step shows: a page and its parameters."""

    page: Annotated[str, Field(max_length=40, pattern=r"^[a-z_]+$")]
    parameters: Annotated[dict[str, Annotated[str, Field(max_length=8000)]], Field(max_length=40)]


class Step(_Frozen):
    """One step of a story; ``notes`` are the speaker's own.

    Examples
    --------
    >>> from mmrec_core.stories.model import Link, Step
    >>> magpie = Link(page="recommend", parameters={"image": "animals/birds/magpie.png"})
    >>> Step(title="A bird", text="Black and white.", link=magpie).finding is None
    True
    """

    title: Annotated[str, Field(min_length=1, max_length=TITLE_LENGTH)]
    text: Annotated[str, Field(max_length=TEXT_LENGTH)] = ""
    notes: Annotated[str, Field(max_length=NOTES_LENGTH)] = ""
    finding: Finding | None = None
    link: Link | None = None


class Story(_Frozen):
    """Findings in order.

    Attributes
    ----------
    name : str
        Its title.
    language : str
        Code of the language that it is written in; the renderer's own words are in it too.
    steps : tuple of Step

    Examples
    --------
    >>> from mmrec_core.stories.model import Picture, Pictures, Step, Story
    >>> magpie = Picture(image="animals/birds/magpie.png", caption="A magpie.")
    >>> step = Step(title="A bird", finding=Pictures(pictures=(magpie,)))
    >>> story = Story(name="Birds", steps=(step,))
    >>> story.steps[0].finding.kind
    'pictures'
    """

    name: Annotated[str, Field(min_length=1, max_length=NAME_LENGTH)]
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")] = "en"
    steps: Annotated[tuple[Step, ...], Field(max_length=MOST_STEPS)] = ()

    @property
    def cover(self) -> Picture | None:
        """The first picture that the story shows."""
        shown = (first_picture(step.finding) for step in self.steps)
        return next((picture for picture in shown if picture), None)


def link_to(page: str, parameters: Mapping[str, str]) -> Link | None:
    """Return the link of a view, None where it has more parameters than a link can hold."""
    try:
        return Link(page=page, parameters=dict(parameters))
    except ValidationError:
        return None


def first_picture(finding: Finding | None) -> Picture | None:
    """Return what stands for a finding where there is room for one picture."""
    if isinstance(finding, Pictures | Map):
        return next(iter(finding.pictures), None)
    if isinstance(finding, Lists | Reasons):
        return finding.query
    if isinstance(finding, Embeddings):
        return finding.rows[0].picture
    return None


def story_of(content: Any) -> Story:
    """Return the story that JSON holds, as text or parsed; StoryError if it holds none."""
    try:
        if isinstance(content, str):
            if len(content) > LARGEST:
                raise StoryError(
                    f"a story has {len(content):,} characters as JSON; expected at most "
                    f"{LARGEST:,}: take some steps out."
                )
            content = json.loads(content)
        return Story.model_validate(content)
    except ValidationError as error:
        raise StoryError(_first(error)) from None
    except (ValueError, RecursionError) as error:
        raise StoryError(f"a story is no JSON ({type(error).__name__}).") from None


def written(story: Story) -> str:
    """Return a story as JSON; StoryError if it is larger than `LARGEST`."""
    text = json.dumps(story.model_dump(mode="json", exclude_defaults=False), ensure_ascii=False)
    if len(text) > LARGEST:
        raise StoryError(
            f"the story has {len(text):,} characters as JSON; expected at most {LARGEST:,}: take "
            "some steps out."
        )
    return text


def changed(story: Story, **fields: Any) -> Story:
    """Return a story with other fields, checked; StoryError if one has no such value."""
    return story_of({**story.model_dump(), **fields})


def changed_step(step: Step, **fields: Any) -> Step:
    """Return a step with other fields, checked; StoryError if one has no such value."""
    try:
        return Step.model_validate({**step.model_dump(), **fields})
    except ValidationError as error:
        raise StoryError(_first(error)) from None


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"a story is wrong at {where!r}: {first['msg']}."
