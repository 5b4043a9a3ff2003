"""Why a result has its score, and why it is above another, in one sentence."""

from collections.abc import Mapping

from mmrec_app.i18n import _
from mmrec_app.words.formats import digits
from mmrec_app.words.vocabulary import ROLES, answer_stage
from mmrec_core.ranker import pair_features as pairs
from mmrec_core.ranker.explanation import Contributions

ENOUGH = 0.6  # of all that pulls one way: a reason that carries as much needs no second
SAME_ORDER, SIMILAR_ORDER = 0.8, 0.2  # of Kendall's τ: 9 and 6 of 10 pairs in the same order
NOTABLE = 0.15  # of the strongest reason: what weighs as much against it is named, too


def why(contributions: Contributions) -> str:
    """Say what made a score: the main reasons, two at most, and the main one against them."""
    up, down = _both_ways(contributions.groups)
    if not up and not down:
        return _("Nothing that the ranker compares makes this pair stand out.")
    raises = {role: _(words.raises) for role, words in ROLES.items()}
    lowers = {role: _(words.lowers) for role, words in ROLES.items()}
    if sum(up.values()) >= -sum(down.values()):
        reasons, against = _main(up, raises), _notable(down, up)
        if against:
            return _("Mostly because {reasons}; {against}.").format(
                reasons=reasons, against=lowers[against]
            )
        return _("Mostly because {reasons}.").format(reasons=reasons)
    reasons, favour = _main(down, lowers), _notable(up, down)
    if favour:
        return _("Ranked lower mostly because {reasons}; in its favour, {favour}.").format(
            reasons=reasons, favour=raises[favour]
        )
    return _("Ranked lower mostly because {reasons}.").format(reasons=reasons)


def why_by_text(contributions: Contributions) -> str:
    """Say what made the score of a result to a text without a picture."""
    picture, caption = (contributions.groups[role] for role in (pairs.CROSS, pairs.TEXT))
    if picture > 0 and caption > 0.5 * picture:
        return (
            _("Because both its caption and its picture fit the text.")
            if caption < 2 * picture
            else _("Mostly because its caption says what the text says.")
        )
    if picture > 0:
        return _("Mostly because its picture fits the text.")
    return _("Because its caption says what the text says.")


def above(first: int, second: int, difference: Contributions) -> str:
    """Say why the result of rank ``first`` scores higher than that of rank ``second``.

    Parameters
    ----------
    first, second : int
        Their ranks.
    difference : Contributions
        Of the former over the latter, with a positive sum.
    """
    up, down = _both_ways(difference.groups)
    nearer = {role: _(words.nearer) for role, words in ROLES.items()}
    if not up:
        return _("Nothing that the ranker compares tells the two apart.")
    reasons, against = _main(up, nearer), _notable(down, up)
    if against:
        return _(
            "Number {first} is above number {second} mostly because {reasons}; in favour of "
            "number {second}, {against}."
        ).format(first=first, second=second, reasons=reasons, against=nearer[against])
    return _("Number {first} is above number {second} mostly because {reasons}.").format(
        first=first, second=second, reasons=reasons
    )


def order(correlation: float | None) -> str:
    """Say how alike two orders are, by their Kendall's τ-b."""
    if correlation is None:
        return _("orders cannot be compared")
    if correlation >= SAME_ORDER:
        return _("nearly the same order")
    if correlation >= SIMILAR_ORDER:
        return _("similar order")
    if correlation > -SIMILAR_ORDER:
        return _("unrelated order")
    return _("rather the reverse order")


def relevance_source(relevance: str | None) -> str:
    """Say who decided what is relevant, beside figures that rest on it."""
    if relevance == "judged":
        return _("Relevance was judged by people.")
    return _("Nobody judged these pairs: two images count as relevant if they share a category.")


def timings(milliseconds: Mapping[str, float]) -> str:
    """Write the steps of an answer with their milliseconds, and the sum."""
    steps = {name: value for name, value in milliseconds.items() if name != "total"}
    total = milliseconds.get("total", sum(steps.values()))
    parts = [
        _("{stage} {ms} ms").format(stage=answer_stage(name), ms=digits(value))
        for name, value in steps.items()
    ]
    return " · ".join([*parts, _("{ms} ms in all").format(ms=digits(total))])


def _both_ways(groups: Mapping[str, float]) -> tuple[dict[str, float], dict[str, float]]:
    """Return what raises a score and what lowers it, each with the strongest first."""
    order = sorted(groups, key=lambda role: -abs(groups[role]))
    up = {role: groups[role] for role in order if groups[role] > 0}
    down = {role: groups[role] for role in order if groups[role] < 0}
    return up, down


def _main(pull: Mapping[str, float], words: Mapping[str, str]) -> str:
    strongest, *others = pull
    if not others or pull[strongest] / sum(pull.values()) >= ENOUGH:
        return words[strongest]
    return _("{first} and {second}").format(first=words[strongest], second=words[others[0]])


def _notable(pull: Mapping[str, float], main: Mapping[str, float]) -> str | None:
    """Return the strongest that pulls the other way, if it weighs enough to be named."""
    strongest = next(iter(pull), None)
    if strongest is None:
        return None
    return strongest if -pull[strongest] / next(iter(main.values())) >= NOTABLE else None
