"""A comparison of recipes as lines for the terminal."""

from mmrec_core.evaluation.bootstrap import Estimate
from mmrec_core.reference.comparison_record import DEFAULT, METRICS, RecipeComparison, RecipeRow

TITLES = {"auc": "AUC", "ndcg@5": "nDCG@5", "mrr": "MRR"}


def comparison_lines(comparison: RecipeComparison) -> list[str]:
    """Return the figures with 95 % intervals, and the default's lead over each recipe."""
    width = max(len(row.name) for row in comparison.rows) + 2
    heads = [TITLES[name] for name in METRICS]
    lines = [
        f"{comparison.bundle}: {comparison.queries:,} held-out queries of one fold, "
        f"{comparison.pairs:,} pairs, {comparison.relevant:,} relevant. "
        f"Seed {comparison.seed}, at most {comparison.most_trees:,} trees.",
        "",
        " " * width
        + "".join(f"{head:23}" for head in heads)
        + f"{'calibration error':19}{'recall of candidates':30}{'seconds':>8}{'trees':>7}",
    ]
    for row in comparison.rows:
        error = "–" if row.calibration_error is None else f"{row.calibration_error:.3f}"
        recall = f"{_cell(row.recall)} of {row.candidates:.0f}"
        seconds = "–" if row.seconds is None else f"{row.seconds:.1f}"
        lines.append(
            f"{row.name:{width}}"
            + "".join(f"{_cell(row.metrics[name]):23}" for name in METRICS)
            + f"{error:19}{recall:30}{seconds:>8}{row.trees or '–':>7}"
        )
    lead = "default's lead"
    lines += ["", f"{lead:{width}}" + "".join(f"{head:25}" for head in heads).rstrip()]
    for row in comparison.rows:
        if row.name != DEFAULT:
            cells = (f"{_cell(row.default_above[name], '+.3f'):25}" for name in METRICS)
            lines.append(f"{row.name:{width}}" + "".join(cells).rstrip())
    lines += ["", *claims(comparison), *comparison.notes]
    return lines


def claims(comparison: RecipeComparison) -> list[str]:
    """Say what the split by rows claims, and what held-out queries get."""
    return [
        f"{row.name}: its own test claims an AUC of {row.claimed_auc:.3f} "
        f"(on {row.claimed_on:,} rows); on new queries it is {row.metrics['auc']['value']:.3f}."
        for row in comparison.rows
        if row.claimed_auc is not None and not _shares(row, comparison)
    ]


def _shares(row: RecipeRow, comparison: RecipeComparison) -> bool:
    """Say whether a row repeats the ranker of the first, and differs in candidates alone."""
    first = comparison.rows[0]
    return row is not first and row.metrics == first.metrics


def _cell(estimate: Estimate, form: str = ".3f") -> str:
    if estimate["value"] is None:
        return "not defined"
    return f"{estimate['value']:{form}} [{estimate['low']:{form}}, {estimate['high']:{form}}]"
