"""How far reviewers agree, on the pairs that several of them graded."""

from dataclasses import dataclass
from itertools import combinations

import krippendorff
import numpy as np
import pandas as pd
from sklearn.metrics import cohen_kappa_score

from mmrec_core.verdicts.values import GRADES


@dataclass(frozen=True, eq=False)
class ReviewerAgreement:
    """Agreement between reviewers.

    Attributes
    ----------
    pairs : int
        Pairs that at least two reviewers graded; only these count.
    reviewers : int
        Reviewers who graded any of them.
    alpha : float or None
        Krippendorff's alpha for ordered grades, 1 at full agreement, 0 at chance; None where there
        is nothing to compare, or all grades are the same.
    kappas : DataFrame
        Each two reviewers with common pairs: ``first``, ``second``, ``pairs``, ``same`` (share of
        equal grades), ``kappa`` (Cohen's, quadratic weights; NaN where not defined).
    """

    pairs: int
    reviewers: int
    alpha: float | None
    kappas: pd.DataFrame


def agreement(verdicts: pd.DataFrame) -> ReviewerAgreement:
    """Measure the agreement between reviewers.

    Parameters
    ----------
    verdicts : DataFrame
        What a `mmrec_core.verdicts.store.VerdictStore` gives.

    Notes
    -----
    Alpha: Krippendorff 2011, "Computing Krippendorff's alpha-reliability" (ordinal metric).
    Weighted kappa: Cohen 1968, "Weighted kappa: nominal scale agreement provision for scaled
    disagreement or partial credit".
    """
    table = verdicts.pivot(index=["query", "candidate"], columns="reviewer", values="grade")
    table = table[table.notna().sum(axis=1) >= 2].dropna(axis=1, how="all").astype(float)
    kappas = []
    for first, second in combinations(table.columns, 2):
        both = table[[first, second]].dropna().astype(int)
        if len(both):
            same = float((both[first] == both[second]).mean())
            kappas.append((first, second, len(both), same, _kappa(both[first], both[second])))
    return ReviewerAgreement(
        pairs=len(table),
        reviewers=table.shape[1],
        alpha=_alpha(table.to_numpy().T),
        kappas=pd.DataFrame(kappas, columns=["first", "second", "pairs", "same", "kappa"]),
    )


def _alpha(grades: np.ndarray) -> float | None:
    if len(np.unique(grades[~np.isnan(grades)])) < 2:
        return None
    return float(
        krippendorff.alpha(
            reliability_data=grades, value_domain=list(GRADES), level_of_measurement="ordinal"
        )
    )


def _kappa(first: pd.Series, second: pd.Series) -> float:
    if len(set(first) | set(second)) < 2:
        return float("nan")
    return float(cohen_kappa_score(first, second, labels=list(GRADES), weights="quadratic"))
