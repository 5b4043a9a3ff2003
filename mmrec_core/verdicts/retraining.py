"""What a training with verdicts came to, and how the terminal says it."""

from dataclasses import dataclass

from mmrec_core.evaluation.bootstrap import Estimate
from mmrec_core.verdicts.gate import Gate
from mmrec_core.verdicts.ranker_comparison import RankerComparison, comparison_table
from mmrec_core.verdicts.training_pairs import Folded

_CONTRADICTED = (
    "By the bundle's relevance the new ranker is worse: either the verdicts or that relevance are "
    "wrong. Check both before you keep it."
)


@dataclass(frozen=True)
class Retraining:
    """What a training with verdicts came to.

    Attributes
    ----------
    verdicts, reviewers : int
    missing : int
        Judged pairs of images that the bundle lacks.
    folded : Folded
        The pairs that the new ranker was trained on.
    gate : Gate
        The comparison that decides.
    by_relevance : RankerComparison
        Held-out queries, by the bundle's relevance. It is reported, and decides nothing.
    by_verdicts : RankerComparison or None
        Held-out queries, by the verdicts on them; None where there are too few.
    replaced : bool
        Whether the bundle has the new ranker.
    """

    verdicts: int
    reviewers: int
    missing: int
    folded: Folded
    gate: Gate
    by_relevance: RankerComparison
    by_verdicts: RankerComparison | None
    replaced: bool


def summary(retraining: Retraining) -> str:
    """Return what came of a training as a table for the terminal."""
    folded, gate = retraining.folded, retraining.gate
    used = (
        f"{folded.used} pairs used in training: {folded.changed} contradict the build's relevance, "
        f"{folded.confirmed} confirm it, {folded.added} are new."
    )
    reasons = {
        "of held-out queries": folded.held_out,
        "of images that are not queries of the build": folded.not_queries,
        "of candidates in another part of the split": folded.other_split,
        "of images that the bundle lacks": retraining.missing,
    }
    unused = [f"{count} {reason}" for reason, count in reasons.items() if count]
    lines = [used, *(["Not used in training: " + ", ".join(unused) + "."] if unused else [])]
    lines += ["", *_gate_lines(gate)]
    lines += comparison_table("by the bundle's relevance", retraining.by_relevance)
    high = retraining.by_relevance.difference["ndcg@5"]["high"]
    if high is not None and high < 0:
        lines.append(_CONTRADICTED)
    if retraining.by_verdicts:
        lines += comparison_table("by the verdicts on them", retraining.by_verdicts)
        lines.append("(only pairs that people chose to look at; nDCG@5 with graded gains)")
    else:
        lines += ["", "Too few verdicts on held-out queries to compare by them."]
    return "\n".join(lines)


def _gate_lines(gate: Gate) -> list[str]:
    where = (
        f"on {gate.queries} queries, each held out in one of {gate.folds} further folds"
        if gate.folds
        else f"on {gate.queries} training and validation queries, in parts"
    )
    if gate.best_single is None:
        return [f"nDCG@5, new − build, {where}: not defined"]
    best = f"{gate.best_single}, the best single ranker on them"
    lines = [
        f"nDCG@5 {where}",
        f"  new − build: {_cell(gate.difference)}",
        f"  new − {best}: {_cell(gate.above_single)}",
        f"  build − {best}: {_cell(gate.build_above_single)}",
    ]
    return [*lines, *([gate.warning] if gate.warning else [])]


def _cell(figure: Estimate) -> str:
    return f"{figure['value']:.3f} [{figure['low']:.3f}, {figure['high']:.3f}]"
