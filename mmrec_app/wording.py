"""Names, numbers and sentences as people read them."""

from collections.abc import Mapping
from math import isnan

from mmrec_core.explain import Contributions

NO_CAPTION = "no caption"

RANKERS = {
    "model": (
        "CatBoost",
        "Trained on pairs, weighs all that is known of the two; scores are log-odds.",
    ),
    "clip": ("CLIP", "Compares the two pictures alone; scores are cosines."),
    "bert": ("BERT", "Compares the two captions alone; scores are cosines."),
    "fused": (
        "CLIP + BERT mean",
        "The mean of both cosines: the baseline that the trained ranker must beat.",
    ),
}

_FOR = {
    "image similarity": "the pictures look alike",
    "text similarity": "the captions say similar things",
    "cross-modal": "the picture of one fits the caption of the other",
    "cluster": "both lie in the same part of the collection",
    "rank": "few other candidates lie nearer",
}
_AGAINST = {
    "image similarity": "the pictures differ",
    "text similarity": "the captions speak against it",
    "cross-modal": "picture and caption do not fit each other",
    "cluster": "they lie in different parts of the collection",
    "rank": "many other candidates lie nearer",
}


def ranker_name(ranker: str) -> str:
    """Return a ranker's plain name."""
    return RANKERS[ranker][0] if ranker in RANKERS else ranker


def ranker_meaning(ranker: str) -> str:
    """Return one sentence on what a ranker compares."""
    return RANKERS[ranker][1] if ranker in RANKERS else ""


def unit(ranker: str) -> str:
    """Return the unit of a ranker's raw score."""
    return "log-odds" if ranker == "model" else "cosine"


def digits(value: float | None, signed: bool = False) -> str:
    """Write a number with two significant digits and without an exponent; a dash for none."""
    if value is None or isnan(value):
        return "–"
    if value == 0:
        return "0"
    rounded = float(f"{value:.2g}")
    size = abs(rounded)
    places = 0 if size >= 10 else 1 if size >= 1 else 2
    while size < 1 and size * 10 ** (places - 1) < 1 and places < 8:
        places += 1
    text = f"{rounded:,.{places}f}".replace("-", "−")
    return f"+{text}" if signed and value > 0 else text


def percent(probability: float) -> str:
    """Write a probability as a percentage, never rounded to certainty."""
    if probability > 0.99:
        return "> 99 %"
    if probability < 0.01:
        return "< 1 %"
    return f"{probability * 100:.0f} %"


def count(number: int, one: str, many: str | None = None) -> str:
    """Write a number with its noun: ``538 images``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def escaped(text: str) -> str:
    """Return text that Streamlit's Markdown shows as it is."""
    return "".join(f"\\{c}" if c in r"\`*_{}[]()#+-.!|~$<>:&" else c for c in text)


def why(contributions: Contributions) -> str:
    """Say in one sentence what made a score: the main reasons, and the main one against it.

    Reasons are named until they carry 60 % of all that pulls their way, two at most; what pulls
    the other way is named if it weighs at least 15 % of the strongest reason.
    """
    groups = contributions.groups
    up = sorted((role for role in groups if groups[role] > 0), key=lambda role: -groups[role])
    down = sorted((role for role in groups if groups[role] < 0), key=lambda role: groups[role])
    if not up and not down:
        return "Nothing that the ranker compares tells this pair from any other."
    raised, lowered = (sum(abs(groups[role]) for role in roles) for roles in (up, down))
    if raised >= lowered:
        tail = _tail("; ", groups, up, down, _AGAINST)
        return f"Mostly because {_main(groups, up, _FOR)}{tail}."
    tail = _tail("; in its favour, ", groups, down, up, _FOR)
    return f"Held back mostly because {_main(groups, down, _AGAINST)}{tail}."


def _main(groups: Mapping[str, float], roles: list[str], words: Mapping[str, str]) -> str:
    enough = abs(groups[roles[0]]) >= 0.6 * sum(abs(groups[role]) for role in roles)
    return " and ".join(words.get(role, role) for role in roles[: 1 if enough else 2])


def _tail(
    joint: str,
    groups: Mapping[str, float],
    main: list[str],
    other: list[str],
    words: Mapping[str, str],
) -> str:
    if not other or abs(groups[other[0]]) < 0.15 * abs(groups[main[0]]):
        return ""
    return joint + words.get(other[0], other[0])


def timings(milliseconds: Mapping[str, float]) -> str:
    """Write the stages of an answer with their milliseconds, and the sum."""
    stages = {name: value for name, value in milliseconds.items() if name != "total"}
    total = milliseconds.get("total", sum(stages.values()))
    parts = [f"{name.replace('_', ' ')} {digits(value)} ms" for name, value in stages.items()]
    return " · ".join([*parts, f"in all {digits(total)} ms"])
