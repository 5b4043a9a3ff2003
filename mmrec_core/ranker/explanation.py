"""Why a result has its score, and why one is above another: contributions that add up to it."""

from dataclasses import dataclass

import numpy as np
from catboost import CatBoostClassifier

from mmrec_core.ranker.model import BERT, CLIP, FUSED, linear_part, picture_cosine, pool
from mmrec_core.ranker.pair_features import FEATURES, NAMES, ROLES

_NEXT_TO_NONE = 1e-12
"""Less counts as nothing to CatBoost, and contributions would not add up."""


@dataclass(frozen=True)
class Contributions:
    """What each feature adds to the raw score, beside a base value common to all pairs.

    ``base + sum(groups.values())`` and ``base + sum(features.values())`` both equal the raw score
    to 1e-6. Units: those of the score (log-odds for ``model``, cosine for the others).
    """

    base: float
    groups: dict[str, float]
    features: dict[str, float]


def contributions(
    model: CatBoostClassifier | None, ranker: str, features: np.ndarray
) -> list[Contributions]:
    """Explain the scores of pairs under ``ranker``.

    Parameters
    ----------
    model : CatBoostClassifier or None
        Needed for the ranker ``model``: its SHAP values (Lundberg et al. 2020, "From local
        explanations to global understanding with explainable AI for trees"), and what the features
        add beside the trees (`mmrec_core.ranker.model.linear_part`).
    ranker : str
        One of `mmrec_core.ranker.model.RANKERS`. A cosine is its own explanation; ``fused`` is half
        of each cosine.
    features : ndarray (n, len(FEATURES)) float32
        Only the pairs shown: SHAP is by far the costliest step of a recommendation.
    """
    if not len(features):
        return []
    if model is not None and ranker not in (CLIP, BERT, FUSED):
        added = linear_part(features)
        return [
            _grouped(float(row[-1]), row[:-1] + linear)
            for row, linear in zip(_shap(model, features), added, strict=True)
        ]
    return [_grouped(0.0, row) for row in _cosine_shares(ranker, features)]


def _shap(model: CatBoostClassifier, pairs: np.ndarray) -> np.ndarray:
    """Return the pairs' SHAP values and the base value, (n, len(FEATURES) + 1) float64.

    CatBoost adds the weights of all pairs that it explains to those that each leaf had in training,
    so that base and values would depend on what is explained beside a pair. Hence they have next to
    no weight. Where no training pair came to a leaf, theirs are all that there is: a pair with such
    a leaf is explained alone.
    """
    alone = _comes_to_an_empty_leaf(model, pairs)
    together = [np.flatnonzero(~alone)] if not alone.all() else []
    values = np.empty((len(pairs), pairs.shape[1] + 1))
    for part in (*together, *np.flatnonzero(alone)[:, None]):
        weightless = pool(pairs[part], weights=np.full(len(part), _NEXT_TO_NONE))
        values[part] = model.get_feature_importance(weightless, type="ShapValues", thread_count=1)
    return values


def _comes_to_an_empty_leaf(model: CatBoostClassifier, pairs: np.ndarray) -> np.ndarray:
    """Say of each pair whether some tree puts it where no training pair was, (n,) bool."""
    leaves = model.calc_leaf_indexes(pool(pairs), thread_count=1).astype(np.int64)
    counts = np.asarray(model.get_tree_leaf_counts(), dtype=np.int64)
    starts = np.cumsum(counts) - counts
    weights = np.asarray(model.get_leaf_weights())
    return (weights[leaves + starts] == 0).any(axis=1)


def difference(above: Contributions, below: Contributions) -> Contributions:
    """Return why one result scores higher than another of the same query and ranker.

    Both start from the same base value, so the differences of their contributions add up to the
    difference of their scores: ``base`` is 0.

    Examples
    --------
    >>> above = Contributions(0.5, {"rank": 2.0}, {"rank": 1.5, "image_rank": 0.5})
    >>> below = Contributions(0.5, {"rank": 1.0}, {"rank": 0.25, "image_rank": 0.75})
    >>> difference(above, below).features
    {'rank': 1.25, 'image_rank': -0.25}
    """

    def of(first: dict[str, float], second: dict[str, float]) -> dict[str, float]:
        return {name: first[name] - second[name] for name in first}

    return Contributions(0.0, of(above.groups, below.groups), of(above.features, below.features))


def percentiles(features: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Place pairs among all pairs of a query, feature by feature.

    Parameters
    ----------
    features : ndarray (n, len(FEATURES)) float32
        Of all the query's candidates.
    chosen : ndarray (m,) int
        Places in ``features``.

    Returns
    -------
    ndarray (m, len(FEATURES)) float64
        The percentage of candidates whose value is lower, equal ones counted half, 0 to 100; NaN
        where the value, or that of all candidates, is missing.
    """
    places = np.full((len(chosen), features.shape[1]), np.nan)
    for column, values in enumerate(features.T):
        known = values[~np.isnan(values)]
        valued = ~np.isnan(values[chosen])
        if len(known) and valued.any():
            known.sort()
            lower = np.searchsorted(known, values[chosen][valued], side="left")
            not_higher = np.searchsorted(known, values[chosen][valued], side="right")
            places[valued, column] = 50 * (lower + not_higher) / len(known)
    return places


def _cosine_shares(ranker: str, features: np.ndarray) -> np.ndarray:
    shares = np.zeros(features.shape)
    clip, bert = NAMES.index("clip_cosine"), NAMES.index("bert_cosine")
    if np.isnan(features[:, clip]).any():  # a query without a picture
        clip = NAMES.index("text_to_image_cosine")
    picture, text = picture_cosine(features), features[:, bert].astype(float)
    missing = np.isnan(text)
    if ranker == CLIP:
        shares[:, clip] = picture
    elif ranker == BERT:
        shares[:, bert] = text
    else:
        shares[:, clip] = np.where(missing, 1, 0.5) * picture
        shares[:, bert] = np.where(missing, 0, text / 2)
    return shares


def _grouped(base: float, values: np.ndarray) -> Contributions:
    by_feature = dict(zip(NAMES, map(float, values), strict=True))
    groups = {
        role: float(sum(by_feature[f.name] for f in FEATURES if f.role == role)) for role in ROLES
    }
    return Contributions(base, groups, by_feature)
