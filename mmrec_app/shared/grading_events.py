"""What the components send in which somebody reviews: see components/grading/pending_events.js."""

from typing import Any, Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError
from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

Event = dict[str, Any]


class _Numbered(TypedDict):
    __pydantic_config__ = ConfigDict(strict=True, allow_inf_nan=False)  # type: ignore[misc]
    n: float


class _Pair(_Numbered):
    query: str
    candidate: str


class _Grade(_Pair):
    kind: Literal["grade"]
    grade: int
    ranker: str | None
    rank: int | None


class _OfPair(_Pair):
    kind: Literal["withdraw", "explain"]


class _Note(_Pair):
    kind: Literal["note"]
    note: str


class _Tag(_Numbered):
    kind: Literal["tag", "untag"]
    candidate: str
    tag: str


class _Compared(_Numbered):
    query: str
    left: str
    right: str
    k: int


class _Preference(_Compared):
    kind: Literal["prefer"]
    choice: str


class _PreferenceBack(_Compared):
    kind: Literal["take back"]


class _Interleaved(_Numbered):
    query: str
    first: str
    second: str
    k: int
    shown: list[str]
    teams: list[str]


class _Clicks(_Interleaved):
    kind: Literal["click"]
    clicked: list[str]


class _ClicksBack(_Interleaved):
    kind: Literal["take back"]


class _Reviewer(_Numbered):
    kind: Literal["reviewer"]
    name: str


class _Step(_Numbered):
    kind: Literal["go"]
    step: int


class _Way(_Numbered):
    kind: Literal["go"]
    to: Literal["mine", "anybody"]


_EVENT: TypeAdapter[Any] = TypeAdapter(
    _Grade
    | _OfPair
    | _Note
    | _Tag
    | _Preference
    | _PreferenceBack
    | _Clicks
    | _ClicksBack
    | _Reviewer
    | _Step
    | _Way
)


def events_of(sent: object) -> list[Event]:
    """Return the events that a component sent, by their numbers; what is none is left out."""
    events = []
    for each in sent if isinstance(sent, list) else []:
        try:
            events.append(_EVENT.validate_python(each))
        except ValidationError:
            continue
    return sorted(events, key=lambda event: event["n"])
