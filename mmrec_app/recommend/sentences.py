"""What the Recommend page says in sentences."""

from mmrec_app import wording
from mmrec_app.i18n import _, ngettext
from mmrec_core.ranker import pair_features as pairs
from mmrec_core.ranker.explanation import Contributions
from mmrec_core.serving.attribution import Attribution


def above(first: int, second: int, difference: Contributions) -> str:
    """Say why the result of rank ``first`` scores higher than that of rank ``second``.

    Parameters
    ----------
    first, second : int
        Their ranks.
    difference : Contributions
        Of the former over the latter, with a positive sum.
    """
    groups = difference.groups
    up = sorted((role for role in groups if groups[role] > 0), key=lambda role: -groups[role])
    down = sorted((role for role in groups if groups[role] < 0), key=lambda role: groups[role])
    words = _reasons()
    if not up:
        return _("Nothing that the ranker compares tells the two apart.")
    enough = groups[up[0]] >= 0.6 * sum(groups[role] for role in up)
    reasons = words[up[0]]
    if not enough and len(up) > 1:
        reasons = _("{first} and {second}").format(first=words[up[0]], second=words[up[1]])
    if down and abs(groups[down[0]]) >= 0.15 * groups[up[0]]:
        return _(
            "Number {first} is above number {second} mostly because {reasons}; for number "
            "{second} speaks that {against}."
        ).format(first=first, second=second, reasons=reasons, against=words[down[0]])
    return _("Number {first} is above number {second} mostly because {reasons}.").format(
        first=first, second=second, reasons=reasons
    )


def _reasons() -> dict[str, str]:
    return {
        pairs.IMAGE: _("its picture is more like the query's"),
        pairs.TEXT: _("its caption is closer to the query's"),
        pairs.CROSS: _("picture and caption fit the query's better"),
        pairs.CLUSTER: _("it lies nearer in the collection"),
        pairs.JUDGED: _("images like it were found relevant more often"),
        pairs.RANK: _("fewer candidates lie nearer to the query"),
    }


def stages(told: Attribution) -> str:
    """Say what became of everything known to be relevant."""
    total = len(told.items)
    head = (
        ngettext(
            "{n} image is judged relevant to this query.",
            "{n} images are judged relevant to this query.",
            total,
        )
        if told.source == "judged"
        else ngettext(
            "{n} other image is of the query's category.",
            "{n} other images are of the query's category.",
            total,
        )
    ).format(n=total)
    note = (
        _("Nothing was fitted on this query: it is held out.")
        if told.held_out
        else _("The ranker may have learned from this query: it is not held out.")
    )
    return f"{head} {note}"


def stage_name(stage: str, k: int) -> str:
    """Return what a stage of `mmrec_core.serving.attribution` is called."""
    return {
        "shown": _("shown"),
        "ranked low": _("ranked below {k}").format(k=k),
        "not ranked": _("not ranked: nothing to compare"),
        "not found": _("not among the candidates"),
        "own picture": _("the query's own picture"),
    }[stage]


def why(contributions: Contributions, by_text: bool) -> str:
    """Say in one sentence what made a score."""
    if not by_text:
        return wording.why(contributions)
    groups = contributions.groups
    picture, caption = groups[pairs.CROSS], groups[pairs.TEXT]
    if picture > 0 and caption > 0.5 * picture:
        return (
            _("Because both its caption and its picture fit the text.")
            if caption < 2 * picture
            else _("Mostly because its caption says what the text says.")
        )
    if picture > 0:
        return _("Mostly because its picture fits the text.")
    return _("Because its caption says what the text says.")
