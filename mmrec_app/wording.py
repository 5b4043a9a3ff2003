"""Names, numbers and sentences as people read them, in the visitor's language."""

from collections.abc import Mapping
from math import isnan

from mmrec_app.i18n import _, ngettext
from mmrec_core.ranker import pair_features as pairs
from mmrec_core.ranker.explanation import Contributions


def no_caption() -> str:
    """Return what stands where an image has no caption."""
    return _("no caption")


def ranker_name(ranker: str) -> str:
    """Return a ranker's plain name."""
    names = {
        "model": "CatBoost",
        "clip": "CLIP",
        "bert": "BERT",
        "fused": _("CLIP + BERT mean"),
    }
    return names.get(ranker, ranker)


def ranker_meaning(ranker: str) -> str:
    """Return one sentence on what a ranker compares."""
    meanings = {
        "model": _("Trained on pairs, weighs all that is known of the two; scores are log-odds."),
        "clip": _("Compares the two pictures alone; scores are cosines."),
        "bert": _("Compares the two captions alone; scores are cosines."),
        "fused": _("The mean of both cosines: the baseline that the trained ranker must beat."),
    }
    return meanings.get(ranker, "")


def unit(ranker: str) -> str:
    """Return the unit of a ranker's raw score."""
    return _("log-odds") if ranker == "model" else _("cosine")


def role_name(role: str) -> str:
    """Return the name of a group of pair features."""
    names = {
        pairs.IMAGE: _("image similarity"),
        pairs.TEXT: _("text similarity"),
        pairs.CROSS: _("cross-modal"),
        pairs.CLUSTER: _("cluster"),
        pairs.JUDGED: _("similar judgements"),
        pairs.RANK: _("rank"),
    }
    return names.get(role, role)


def feature_meaning(name: str) -> str:
    """Return what a pair feature measures, in a few words."""
    meanings = {
        "clip_cosine": _("cosine of the two pictures (CLIP)"),
        "clip_l2": _("Euclidean distance of the two pictures (CLIP, not normalised)"),
        "image_shared_neighbours": _("nearest pictures that both share, of 20"),
        "image_expanded_cosine": _("cosine of the pictures, each with its neighbourhood"),
        "bert_cosine": _("cosine of the two captions (BERT)"),
        "bert_l2": _("Euclidean distance of the two captions (BERT, not normalised)"),
        "clip_text_cosine": _("cosine of the two captions (CLIP)"),
        "text_shared_neighbours": _("nearest captions that both share, of 20"),
        "text_expanded_cosine": _("cosine of the captions, each with its neighbourhood"),
        "image_to_text_cosine": _("cosine of the query's picture and the caption"),
        "text_to_image_cosine": _("cosine of the query's caption and the picture"),
        "same_cluster": _("1 if both lie in one cluster"),
        "centroid_distance": _("distance between the two clusters' centroids"),
        "cluster_distance": _("how much farther the query is from that cluster"),
        "shared_neighbours": _("nearest images by both modalities that both share"),
        "neighbour_relevance": _(
            "how often training queries near the query found images near it relevant"
        ),
        "rank": _("place among the query's candidates by the mean cosine"),
        "image_rank": _("place among the query's candidates by the picture"),
        "text_rank": _("place among the query's candidates by the caption"),
    }
    return meanings.get(name, name)


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


def count(number: int, one: str, many: str) -> str:
    """Write a number with its noun, ``538 images``; both forms are literals, as for `ngettext`."""
    return f"{number:,} {ngettext(one, many, number)}"


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
        return _("Nothing that the ranker compares tells this pair from any other.")
    raised, lowered = (sum(abs(groups[role]) for role in roles) for roles in (up, down))
    if raised >= lowered:
        if _weighs(groups, up, down):
            return _("Mostly because {reasons}; {against}.").format(
                reasons=_main(groups, up, _reasons_for()), against=_reasons_against()[down[0]]
            )
        return _("Mostly because {reasons}.").format(reasons=_main(groups, up, _reasons_for()))
    reasons = _main(groups, down, _reasons_against())
    if _weighs(groups, down, up):
        return _("Held back mostly because {reasons}; in its favour, {favour}.").format(
            reasons=reasons, favour=_reasons_for()[up[0]]
        )
    return _("Held back mostly because {reasons}.").format(reasons=reasons)


def _reasons_for() -> dict[str, str]:
    return {
        pairs.IMAGE: _("the pictures look alike"),
        pairs.TEXT: _("the captions say similar things"),
        pairs.CROSS: _("the picture of one fits the caption of the other"),
        pairs.CLUSTER: _("both lie in the same part of the collection"),
        pairs.JUDGED: _("images like these were found relevant to each other"),
        pairs.RANK: _("few other candidates lie nearer"),
    }


def _reasons_against() -> dict[str, str]:
    return {
        pairs.IMAGE: _("the pictures differ"),
        pairs.TEXT: _("the captions speak against it"),
        pairs.CROSS: _("picture and caption do not fit each other"),
        pairs.CLUSTER: _("they lie in different parts of the collection"),
        pairs.JUDGED: _("images like these were not found relevant to each other"),
        pairs.RANK: _("many other candidates lie nearer"),
    }


def _main(groups: Mapping[str, float], roles: list[str], words: Mapping[str, str]) -> str:
    enough = abs(groups[roles[0]]) >= 0.6 * sum(abs(groups[role]) for role in roles)
    if enough or len(roles) == 1:
        return words[roles[0]]
    return _("{first} and {second}").format(first=words[roles[0]], second=words[roles[1]])


def _weighs(groups: Mapping[str, float], main: list[str], other: list[str]) -> bool:
    return bool(other) and abs(groups[other[0]]) >= 0.15 * abs(groups[main[0]])


def timings(milliseconds: Mapping[str, float]) -> str:
    """Write the stages of an answer with their milliseconds, and the sum."""
    names = {
        "embed": _("embed"),
        "place": _("place"),
        "candidates": _("candidates"),
        "features": _("features"),
        "rank": _("rank"),
        "explain": _("explain"),
    }
    stages = {name: value for name, value in milliseconds.items() if name != "total"}
    total = milliseconds.get("total", sum(stages.values()))
    parts = [
        _("{stage} {ms} ms").format(stage=names.get(name, name.replace("_", " ")), ms=digits(value))
        for name, value in stages.items()
    ]
    return " · ".join([*parts, _("in all {ms} ms").format(ms=digits(total))])
