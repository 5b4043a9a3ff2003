"""All verdicts on a bundle in a few figures."""

from typing import Any

import numpy as np
import pandas as pd

from mmrec_core.serving.recommender import Recommender
from mmrec_core.verdicts.agreement import agreement
from mmrec_core.verdicts.judged_pairs import pairs_of_verdicts
from mmrec_core.verdicts.places import Place
from mmrec_core.verdicts.ranking import verdict_ranking
from mmrec_core.verdicts.values import GRADES


def verdict_figures(
    recommender: Recommender, verdicts: pd.DataFrame, tags: pd.DataFrame, file: Place
) -> dict[str, Any]:
    """Return counts, reviewers, agreement and nDCG on verdicts, as `mmrec verdicts --json` does."""
    pairs = pairs_of_verdicts(verdicts, tags)
    agreed = agreement(verdicts)
    ranking = verdict_ranking(recommender.bundle, pairs, recommender.score_pairs)
    grades = verdicts["grade"].value_counts()
    return {
        "file": str(file),
        "verdicts": len(verdicts),
        "pairs": len(pairs),
        "queries": int(pairs["query"].nunique()),
        "notes": int((verdicts["note"] != "").sum()),
        "grades": {str(grade): int(grades.get(grade, 0)) for grade in GRADES},
        "reviewers": {str(name): int(n) for name, n in verdicts["reviewer"].value_counts().items()},
        "tags": {str(tag): int(n) for tag, n in tags["tag"].value_counts().items()},
        "agreement": {
            "pairs": agreed.pairs,
            "reviewers": agreed.reviewers,
            "krippendorff_alpha": agreed.alpha,
            "cohen_kappa": agreed.kappas.replace({np.nan: None}).to_dict("records"),
        },
        "ndcg@5": {
            "queries": ranking.queries,
            "pairs": ranking.pairs,
            "verdicts": ranking.verdicts,
            "verdicts_elsewhere": ranking.elsewhere,
            "rankers": ranking.ndcg,
        },
    }


def summary(report: dict[str, Any]) -> list[str]:
    """Return what `verdict_figures` gives as lines for the terminal."""
    if not report["verdicts"]:
        lines = [f"No verdicts in {report['file']}: grade pairs on the app's Errors page."]
        return [*lines, _counted("tags", report["tags"])] if report["tags"] else lines
    lines = [
        f"{_number(report['verdicts'], 'verdict')} on {_number(report['pairs'], 'pair')} of "
        f"{_number(report['queries'], 'query', 'queries')}, {report['notes']} with a note  "
        f"({report['file']})",
        _counted("grades", report["grades"]),
        _counted("reviewers", report["reviewers"]),
    ]
    if report["tags"]:
        lines.append(_counted("tags", report["tags"]))
    agreed, ranked = report["agreement"], report["ndcg@5"]
    alpha = agreed["krippendorff_alpha"]
    words = "not defined" if alpha is None else f"Krippendorff's alpha {alpha:.2f} (ordinal)"
    lines += ["", f"agreement on {agreed['pairs']} pairs with two reviewers or more: {words}"]
    for row in agreed["cohen_kappa"]:
        kappa = "not defined" if row["kappa"] is None else f"{row['kappa']:.2f}"
        lines.append(
            f"  {row['first']} and {row['second']}: {row['pairs']} pairs, {row['same']:.0%} the "
            f"same, quadratic kappa {kappa}"
        )
    lines += [
        "",
        f"nDCG@5 on {ranked['verdicts']} verdicts of {ranked['queries']} held-out queries "
        f"({ranked['verdicts_elsewhere']} more are on other queries, or too few on one); only "
        "pairs that people chose to look at:",
    ]
    for name, figure in ranked["rankers"].items():
        if figure["value"] is not None:
            interval = f"[{figure['low']:.3f}, {figure['high']:.3f}]"
            lines.append(f"  {name:6} {figure['value']:.3f} {interval}")
    return lines


def _counted(title: str, counts: dict[str, int]) -> str:
    return f"{title}: " + ", ".join(f"{name} {number}" for name, number in counts.items())


def _number(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"
