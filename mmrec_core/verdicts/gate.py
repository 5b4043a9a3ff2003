"""Whether a ranker trained with verdicts may take the place of the build's own.

Both are compared on queries that neither was trained on: where the build cross-fitted, on those of
the further folds, each by the rankers of its fold; else on training and validation queries in
parts. The first fold's held-out queries choose nothing. The best single ranker is measured beside
them: a model that does not beat it is not worth its training.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mmrec_core.evaluation.bootstrap import Estimate, paired_difference
from mmrec_core.evaluation.metrics import per_query
from mmrec_core.inputs.judgements import TEST
from mmrec_core.ranker.model import RANKERS, Ranker, all_scores, raw_scores
from mmrec_core.ranker.pair_features import feature_matrix
from mmrec_core.ranker.training import fit_ranker
from mmrec_core.verdicts.training_pairs import as_built

FOLDS = 3
MARGIN = 0.02
"""The loss of nDCG@5 that the comparison must rule out: about a quarter of what the trained ranker
gains over the mean of both cosines on the demo (0.09)."""

FEWEST_QUERIES = 10
"""A bootstrap interval over fewer queries is too narrow to rule anything out."""


BUILD, NEW = "build", "new"
SINGLE = RANKERS[1:]
NOT_DEFINED = Estimate(value=None, low=None, high=None)


@dataclass(frozen=True)
class Gate:
    """The comparison that decides. All differences are of the mean nDCG@5, paired by query.

    Attributes
    ----------
    queries : int
        Compared queries with a relevant pair.
    folds : int
        The bundle's further folds, if these are their queries, each held out once; 0 if they are
        training and validation queries in parts.
    difference : Estimate
        Trained with verdicts less trained as in the build.
    best_single : str or None
        The best of ``clip``, ``bert`` and ``fused`` on these very queries, which favours it; None
        where nothing can be compared.
    above_single, build_above_single : Estimate
        Trained with verdicts, and as in the build, less the best single ranker.
    refusal : str or None
        Why the new ranker may not replace the build's; None if it may.
    """

    queries: int
    folds: int
    difference: Estimate
    best_single: str | None
    above_single: Estimate
    build_above_single: Estimate
    refusal: str | None

    @property
    def warning(self) -> str | None:
        """Say so if the new ranker is not surely better than the best single one.

        That alone is no reason to refuse: a ranker that passes is on average at least as far above
        the best single one as the build's, so keeping that one would not help.
        """
        if self.best_single is None or _surely(self.above_single):
            return None
        also = "the build's is" if _surely(self.build_above_single) else "neither is the build's"
        return (
            f"The new ranker is not better than {self.best_single}, the best single ranker, beyond "
            f"noise; {also}."
        )


def refusal(difference: Estimate) -> str | None:
    """Say why a ranker of this difference in nDCG@5 may not replace the build's; None if it may.

    It may if it is not below the build's on average, and the 95 % interval rules out that it loses
    `MARGIN` or more. So a tie passes where nothing is lost. As the comparison is always with the
    build's own ranker, rounds of training cannot step down from one another.

    Examples
    --------
    >>> refusal(Estimate(value=0.01, low=-0.005, high=0.025)) is None
    True
    >>> refusal(Estimate(value=-0.001, low=-0.01, high=0.008))
    'on average it ranks worse than the one that the build trained'
    """
    value, low = difference["value"], difference["low"]
    if value is None or low is None:
        return "there are too few queries to compare it on"
    if value < 0:
        return "on average it ranks worse than the one that the build trained"
    if low <= -MARGIN:
        return f"there are too few queries to rule out that it loses {MARGIN:.2f} or more"
    return None


def cross_fit(pairs: pd.DataFrame, seed: int) -> Gate:
    """Compare training with verdicts and as in the build on parts of one fold's training queries.

    It serves a bundle whose build did not cross-fit, where held-out queries choose nothing.

    Parameters
    ----------
    pairs : DataFrame
        `mmrec_core.verdicts.training_pairs.Folded.pairs`; those of held-out queries are left alone.
    seed : int
        Seed of the parts, the rankers and the bootstrap.

    Notes
    -----
    Queries keep the features that they have in the bundle. Some of them, ``neighbour_relevance``
    and the learned likenesses, rest on the build's pairs of training queries (of other folds, for a
    training query), and so also on those of other queries of its part. They are the same for both
    recipes and know no verdicts.
    """
    pairs = pairs[pairs["split"] != TEST]
    scored: list[pd.DataFrame] = []
    for own, rest in parts(pairs, seed):
        build, new = fit_ranker(as_built(pairs[rest]), seed), fit_ranker(pairs[rest], seed)
        if build is None or new is None:
            return decided(pairs[:0], 0, seed)
        scored.append(scores_of(pairs[own], build, new))
    return decided(pd.concat(scored), 0, seed)


def scores_of(pairs: pd.DataFrame, build: Ranker, new: Ranker) -> pd.DataFrame:
    """Score pairs by the build's ranker, the new one, and each single one.

    Parameters
    ----------
    pairs : DataFrame
        ``query``, ``candidate``, ``relevance`` and the pair features.
    build, new : Ranker

    Returns
    -------
    DataFrame
        ``query``, ``candidate``, ``relevance``, and a column of scores for each of `BUILD`, `NEW`
        and `SINGLE`, float64.
    """
    features = feature_matrix(pairs)
    trained = {
        name: raw_scores(ranker.model, features) for name, ranker in ((BUILD, build), (NEW, new))
    }
    return pairs[["query", "candidate", "relevance"]].assign(
        **trained, **all_scores(None, features)
    )


def parts(pairs: pd.DataFrame, seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Deal queries into `FOLDS` parts, each of as many training and as many validation queries.

    Yields
    ------
    own : ndarray (n,) bool
        The pairs of the part's queries.
    rest : ndarray (n,) bool
        The pairs that hold none of these queries, neither as query nor as candidate.
    """
    generator = np.random.default_rng(seed)
    dealt = []
    for _, queries in pairs.groupby("split", sort=True)["query"]:
        shuffled = generator.permutation(queries.unique())
        dealt.append(pd.Series(np.arange(len(shuffled)) % FOLDS, index=shuffled))
    part_of = pd.concat(dealt)
    of_query, of_candidate = (
        part_of.reindex(pairs[side]).to_numpy() for side in ("query", "candidate")
    )
    for part in range(FOLDS):
        own = of_query == part
        yield own, ~own & (of_candidate != part)


def decided(scored: pd.DataFrame, folds: int, seed: int) -> Gate:
    """Decide by the scores of queries that no ranker was trained on.

    Parameters
    ----------
    scored : DataFrame
        What `scores_of` gives, ``relevance`` being the build's with the verdicts in it; empty where
        no ranker could be trained.
    folds : int
        As `Gate` has it.
    seed : int
        Seed of the bootstrap.

    Notes
    -----
    All are measured by the same truth. A verdict is a person's later word on that very pair; by
    the labels that it contradicts, a ranker would be refused for having learned from it. So the
    question is whether verdicts on some queries help on others. Verdicts that are all wrong in the
    same way pass: the agreement of reviewers and the held-out figures by the build's relevance
    show those, and the report warns of the latter.
    """
    queries, relevance = scored["query"].to_numpy(), scored["relevance"].to_numpy()
    counted = int(scored.loc[relevance > 0, "query"].nunique())
    if counted < FEWEST_QUERIES:
        nothing = NOT_DEFINED
        return Gate(counted, folds, nothing, None, nothing, nothing, refusal(nothing))
    ndcg = {
        name: per_query(queries, relevance, scored[name].to_numpy()).ndcg
        for name in (BUILD, NEW, *SINGLE)
    }
    best = max(SINGLE, key=lambda name: np.nanmean(ndcg[name]))
    difference, above, build_above = (
        paired_difference(ndcg[first], ndcg[second], seed)
        for first, second in ((NEW, BUILD), (NEW, best), (BUILD, best))
    )
    return Gate(counted, folds, difference, best, above, build_above, refusal(difference))


def _surely(difference: Estimate) -> bool:
    return difference["low"] is not None and difference["low"] > 0
