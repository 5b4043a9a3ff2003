"""What if a pair had other features: the score and the place that the trained ranker gives it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mmrec_core.errors import QueryError
from mmrec_core.ranker.model import MODEL, raw_scores
from mmrec_core.ranker.pair_features import NAMES
from mmrec_core.serving.answers import Recommendation, ScoredQuery
from mmrec_core.serving.recommender import Recommender
from mmrec_core.serving.standing import Standing


@dataclass(frozen=True, eq=False)
class WhatIf:
    """An altered pair.

    Attributes
    ----------
    features : ndarray (len(FEATURES),) float32
    score : float
        Log-odds.
    probability : float
    place : int
        Its place by score among the images listed, which keep theirs, from 1.
    of : int
        How many images are listed.
    """

    features: np.ndarray
    score: float
    probability: float
    place: int
    of: int


def what_if(
    recommender: Recommender,
    scored: ScoredQuery,
    answer: Recommendation,
    row: int,
    changes: Mapping[str, float],
) -> WhatIf:
    """Score a candidate as if some of its features had other values.

    Parameters
    ----------
    recommender : Recommender
        With a trained ranker.
    scored : ScoredQuery
    answer : Recommendation
        The trained ranker's answer to it.
    row : int
        A candidate.
    changes : mapping of str to float
        Values by feature. The other features stay, those that come from the same vectors included.

    Raises
    ------
    QueryError
        If the answer is another ranker's.

    Examples
    --------
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.serving.answers import Query
    >>> from mmrec_core.serving.recommender import Recommender
    >>> from mmrec_core.serving.what_if import what_if
    >>> recommender = Recommender(open_bundle("artifacts/demo"))
    >>> scored = recommender.score(Query("animals/birds/magpie.png"))
    >>> answer = recommender.answer(scored)
    >>> first = answer.results[0]
    >>> what_if(recommender, scored, answer, first.index, {}).place
    1
    >>> farther = what_if(recommender, scored, answer, first.index, {"clip_cosine": 0.1})
    >>> farther.score <= first.score
    True
    """
    if recommender.ranker is None or answer.ranker != MODEL:
        raise QueryError("only the ranker 'model' weighs features: give its answer.")
    features = scored.features[np.searchsorted(scored.candidates, row)].copy()
    for name, value in changes.items():
        features[NAMES.index(name)] = value
    score = float(raw_scores(recommender.ranker.model, features[None])[0])
    standing = Standing.of(scored, answer)
    return WhatIf(
        features=features,
        score=score,
        probability=float(recommender.ranker.calibration[MODEL].probability(np.array(score))),
        place=standing.place_of(row, score),
        of=len(standing.rows) + int(row not in standing.rows),
    )
