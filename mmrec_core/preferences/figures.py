"""What preferences say of two systems: win rate, sign test, position bias, how many more it takes.

A query counts once: of several reviewers' scores of it the mean is taken.
"""

from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
import pandas as pd
from scipy.stats import binomtest, norm

from mmrec_core.evaluation.bootstrap import Estimate
from mmrec_core.preferences.drawing import Drawing
from mmrec_core.preferences.judged import TIE
from mmrec_core.preferences.rates import SIGNIFICANCE, rates, share
from mmrec_core.preferences.store import BOTH_BAD, BOTH_GOOD, LEFT, RIGHT

MOST_JUDGEMENTS = 2000
"""Further judgements beyond which a decision is said to be out of reach."""

POWER = 0.8


@dataclass(frozen=True)
class SignTest:
    """Whether one system wins more often than the other would by chance.

    Attributes
    ----------
    wins, losses, ties : int
        Queries, by the majority of their reviewers.
    p : float or None
        Two-sided, exact binomial; ties are left out (Dixon and Mood 1946, "The statistical sign
        test"). None where all are ties.
    """

    wins: int
    losses: int
    ties: int
    p: float | None

    @property
    def settled(self) -> bool:
        """Whether chance alone is ruled out at 5 %."""
        return self.p is not None and self.p < SIGNIFICANCE


@dataclass(frozen=True)
class PairFigures:
    """What is known of two systems.

    Attributes
    ----------
    judgements, reviewers, queries : int
        What was said, by how many, and of how many queries.
    all_queries, identical : int
        Queries that can be compared, and those among them to which both systems give the same
        list: ties that nobody has to judge.
    win_rate : Estimate
        Share of all queries that the first system wins, ties halved: judged queries weigh by the
        inverse of the probability of their drawing (`mmrec_core.preferences.drawing`), identical
        lists count as ties.
    plain_rate : Estimate
        The same share of the judged queries alone, each with the same weight: it says more of
        queries on which the systems differ.
    sign_test : SignTest
    in_order : float
        See `mmrec_core.preferences.drawing.Drawing.in_order`.
    left_rate : Estimate
        How often the list on the left was preferred, where one was; 0.5 without a position bias.
    both_good, both_bad : int
        Judgements.
    unjudged : int
        Queries whose lists differ and that nobody has judged.
    more : int or None
        See `judgements_to_settle`.
    """

    judgements: int
    reviewers: int
    queries: int
    all_queries: int
    identical: int
    win_rate: Estimate
    plain_rate: Estimate
    sign_test: SignTest
    in_order: float
    left_rate: Estimate
    both_good: int
    both_bad: int
    unjudged: int
    more: int | None


def pair_figures(judgements: pd.DataFrame, drawing: Drawing, seed: int) -> PairFigures:
    """Return the figures of a comparison, for its first system.

    Parameters
    ----------
    judgements : DataFrame
        What `mmrec_core.preferences.judged.judgements` gives.
    drawing : Drawing
    seed : int
        For the bootstrap.
    """
    judgements = judgements[drawing.sizes[judgements["at"]] > 0]
    by_query = judgements.groupby("at")["score"].mean()
    test = sign_test(by_query.to_numpy())
    among_all, plain = rates(by_query, drawing, seed)
    unjudged = len(drawing.order) - len(by_query)
    return PairFigures(
        judgements=len(judgements),
        reviewers=judgements["reviewer"].nunique(),
        queries=len(by_query),
        all_queries=len(drawing.sizes),
        identical=int((drawing.sizes == 0).sum()),
        win_rate=among_all,
        plain_rate=plain,
        sign_test=test,
        in_order=drawing.in_order(by_query.index.to_numpy()),
        left_rate=left_rate(judgements, seed),
        both_good=int((judgements["choice"] == BOTH_GOOD).sum()),
        both_bad=int((judgements["choice"] == BOTH_BAD).sum()),
        unjudged=unjudged,
        more=judgements_to_settle(test, unjudged),
    )


def sign_test(scores: np.ndarray) -> SignTest:
    """Test whether scores above a tie are as many as those below.

    Examples
    --------
    >>> sign_test(np.array([1, 1, 1, 1, 1, 0.5, 0])).wins
    5
    """
    wins, losses = int((scores > TIE).sum()), int((scores < TIE).sum())
    p = float(binomtest(wins, wins + losses).pvalue) if wins + losses else None
    return SignTest(wins, losses, len(scores) - wins - losses, p)


def left_rate(judgements: pd.DataFrame, seed: int) -> Estimate:
    """Return how often the left list was preferred, where one was, drawing whole queries again."""
    decided = judgements[judgements["choice"].isin([LEFT, RIGHT])]
    left = (decided["choice"] == LEFT).to_numpy(float)
    return share(left, np.ones(len(left)), decided["at"].to_numpy(), seed)


def judgements_to_settle(test: SignTest, unjudged: int) -> int | None:
    """Return how many further queries it takes until the sign test settles it.

    By the normal approximation of its power, two-sided at 5 %, with a chance of 80 %, at the rate
    seen so far (Noether 1987, "Sample size determination for some common nonparametric tests");
    ties are expected as often as so far.

    Parameters
    ----------
    test : SignTest
    unjudged : int
        Queries that are left to judge.

    Returns
    -------
    int or None
        0 where it is settled; None where it takes more than ``unjudged`` or `MOST_JUDGEMENTS`, or
        cannot be said.

    Examples
    --------
    >>> test = sign_test(np.array([1] * 12 + [0] * 8))
    >>> judgements_to_settle(test, 500), judgements_to_settle(test, 100)
    (174, None)
    """
    if test.settled:
        return 0
    decided = test.wins + test.losses
    if not decided or test.wins == test.losses:
        return None
    needed = ceil(decisions_needed(test.wins / decided) * (decided + test.ties) / decided)
    more = max(1, needed - decided - test.ties)
    return more if more <= min(unjudged, MOST_JUDGEMENTS) else None


def decisions_needed(rate: float) -> float:
    """Return how many decided queries the sign test needs where one system wins at this rate.

    Examples
    --------
    >>> round(decisions_needed(0.6), 1)
    193.8
    """
    least, likely = norm.ppf(1 - SIGNIFICANCE / 2), norm.ppf(POWER)
    return float(((least * TIE + likely * sqrt(rate * (1 - rate))) / (rate - TIE)) ** 2)
