"""How far reviewers agree, on the queries that several of them compared."""

from dataclasses import dataclass

import krippendorff
import numpy as np
import pandas as pd


@dataclass(frozen=True)
class PreferenceAgreement:
    """Agreement between reviewers.

    Attributes
    ----------
    units : int
        Queries, or pictures of a query, that at least two reviewers judged; only these count.
    reviewers : int
        Reviewers who judged any of them.
    same : float or None
        Share of equal outcomes among all pairs of reviewers of a unit.
    alpha : float or None
        Krippendorff's alpha for categories, 1 at full agreement, 0 at chance; None where there is
        nothing to compare, or all outcomes are the same.
    """

    units: int
    reviewers: int
    same: float | None
    alpha: float | None


def preference_agreement(judgements: pd.DataFrame) -> PreferenceAgreement:
    """Measure the agreement on what was preferred, not on which side it stood.

    Parameters
    ----------
    judgements : DataFrame
        What `mmrec_core.preferences.judged.judgements` gives.

    Notes
    -----
    Alpha: Krippendorff 2011, "Computing Krippendorff's alpha-reliability" (nominal metric); the
    four outcomes are first, second, both good and both bad.
    """
    codes = judgements.assign(code=pd.factorize(judgements["outcome"])[0].astype(float))
    table = codes.pivot(index="at", columns="reviewer", values="code")
    table = table[table.notna().sum(axis=1) >= 2].dropna(axis=1, how="all")
    values = table.to_numpy(dtype=float)
    known = values[~np.isnan(values)]
    if not len(known):
        return PreferenceAgreement(0, 0, None, None)
    alpha = None
    if len(np.unique(known)) > 1:
        alpha = float(krippendorff.alpha(reliability_data=values.T, level_of_measurement="nominal"))
    return PreferenceAgreement(len(table), table.shape[1], _same(values), alpha)


def _same(values: np.ndarray) -> float:
    together = ~np.isnan(values[:, :, None]) & ~np.isnan(values[:, None, :])
    equal = together & (values[:, :, None] == values[:, None, :])
    upper = np.triu(np.ones(together.shape[1:], dtype=bool), 1)
    return float((equal & upper).sum() / (together & upper).sum())
