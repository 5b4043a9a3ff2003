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
    """Say in one sentence what made a score: the main reason, and the main one against it."""
    groups = {role: value for role, value in contributions.groups.items() if value}
    if not groups:
        return "Nothing that the ranker compares tells this pair from any other."
    best, worst = max(groups, key=groups.__getitem__), min(groups, key=groups.__getitem__)
    largest = max(map(abs, groups.values()))
    up = _FOR.get(best, best) if groups[best] > 0 else None
    down = _AGAINST.get(worst, worst) if groups[worst] < 0 else None
    weak = {role for role, value in groups.items() if abs(value) < 0.15 * largest}
    if up and (not down or abs(groups[worst]) <= groups[best]):
        tail = f"; {down}" if down and worst not in weak else ""
        return f"Mostly because {up}{tail}."
    tail = f"; in its favour, {up}" if up and best not in weak else ""
    return f"Held back mostly because {down}{tail}."


def timings(milliseconds: Mapping[str, float]) -> str:
    """Write the stages of an answer with their milliseconds, and the sum."""
    stages = {name: value for name, value in milliseconds.items() if name != "total"}
    total = milliseconds.get("total", sum(stages.values()))
    parts = [f"{name.replace('_', ' ')} {digits(value)} ms" for name, value in stages.items()]
    return " · ".join([*parts, f"in all {digits(total)} ms"])
