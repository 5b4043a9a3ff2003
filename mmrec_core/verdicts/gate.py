"""Whether a ranker trained with verdicts may take the place of the build's own.

Both are compared on training and validation queries by cross-fitting, so that the held-out queries
choose nothing: their figures stay what a fresh measurement would give.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mmrec_core.evaluation.bootstrap import Estimate, query_mean
from mmrec_core.evaluation.metrics import per_query
from mmrec_core.inputs.judgements import TEST
from mmrec_core.ranker.model import raw_scores
from mmrec_core.ranker.pair_features import NAMES
from mmrec_core.ranker.training import fit_ranker
from mmrec_core.verdicts.training_pairs import as_built

FOLDS = 3
MARGIN = 0.02
"""The loss of nDCG@5 that the comparison must rule out: about a quarter of what the trained ranker
gains over the mean of both cosines on the demo (0.075)."""

FEWEST_QUERIES = 10
"""A bootstrap interval over fewer queries is too narrow to rule anything out."""


@dataclass(frozen=True)
class Gate:
    """The comparison that decides.

    Attributes
    ----------
    queries : int
        Training and validation queries with a relevant pair.
    difference : Estimate
        Mean nDCG@5 on them, trained with verdicts less trained as in the build.
    refusal : str or None
        Why the new ranker may not replace the build's; None if it may.
    """

    queries: int
    difference: Estimate
    refusal: str | None


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
    """Compare training with verdicts and training as in the build on queries left out of both.

    Parameters
    ----------
    pairs : DataFrame
        `mmrec_core.verdicts.training_pairs.Folded.pairs`; those of held-out queries are left alone.
    seed : int
        Seed of the parts, the rankers and the bootstrap.

    Notes
    -----
    Both are measured by the same truth: the build's relevance with the verdicts folded in. A
    verdict is a person's later word on that very pair; by the labels that it contradicts, a ranker
    would be refused for having learned from it. So the question is whether verdicts on some queries
    help on others. Verdicts that are all wrong in the same way pass: the agreement of reviewers and
    the held-out figures by the build's relevance show those, and the report warns of the latter.

    Queries keep the features that they have in the bundle. One of them, ``neighbour_relevance``, is
    computed from the build's pairs of all training queries but the query itself, and so also from
    those of other queries of its part. It is the same for both recipes and knows no verdicts.
    """
    pairs = pairs[pairs["split"] != TEST]
    scores = np.full((2, len(pairs)), np.nan)
    for own, rest in parts(pairs, seed):
        features = pairs.loc[own, list(NAMES)].to_numpy(np.float32)
        for recipe, table in enumerate((as_built(pairs[rest]), pairs[rest])):
            ranker = fit_ranker(table, seed)
            if ranker is None:
                return _gate(np.zeros(0), seed)
            scores[recipe, own] = raw_scores(ranker.model, features)
    queries, relevance = pairs["query"].to_numpy(), pairs["relevance"].to_numpy()
    built, new = (per_query(queries, relevance, each).ndcg for each in scores)
    return _gate(new - built, seed)


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


def _gate(differences: np.ndarray, seed: int) -> Gate:
    queries = int((~np.isnan(differences)).sum())
    difference = Estimate(value=None, low=None, high=None)
    if queries >= FEWEST_QUERIES:
        difference = query_mean(differences, seed)
    return Gate(queries, difference, refusal(difference))
