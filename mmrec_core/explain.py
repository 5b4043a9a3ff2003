"""Why a result has its score: contributions that add up to it."""

from dataclasses import dataclass

import numpy as np
from catboost import CatBoostClassifier

from mmrec_core.pairs import FEATURES, NAMES, ROLES
from mmrec_core.ranker import BERT, CLIP, FUSED, pool


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
        explanations to global understanding with explainable AI for trees").
    ranker : str
        One of `mmrec_core.ranker.RANKERS`. A cosine is its own explanation; ``fused`` is half of
        each cosine.
    features : ndarray (n, len(FEATURES)) float32
        Only the pairs shown: SHAP is by far the costliest step of a recommendation.
    """
    if not len(features):
        return []
    if model is not None and ranker not in (CLIP, BERT, FUSED):
        shap = model.get_feature_importance(pool(features), type="ShapValues", thread_count=1)
        return [_grouped(float(row[-1]), row[:-1]) for row in shap]
    return [_grouped(0.0, row) for row in _cosine_shares(ranker, features)]


def _cosine_shares(ranker: str, features: np.ndarray) -> np.ndarray:
    shares = np.zeros(features.shape)
    clip, bert = NAMES.index("clip_cosine"), NAMES.index("bert_cosine")
    text = features[:, bert].astype(float)
    missing = np.isnan(text)
    if ranker == CLIP:
        shares[:, clip] = features[:, clip]
    elif ranker == BERT:
        shares[:, bert] = text
    else:
        shares[:, clip] = np.where(missing, 1, 0.5) * features[:, clip]
        shares[:, bert] = np.where(missing, 0, text / 2)
    return shares


def _grouped(base: float, values: np.ndarray) -> Contributions:
    by_feature = dict(zip(NAMES, map(float, values), strict=True))
    groups = {
        role: float(sum(by_feature[f.name] for f in FEATURES if f.role == role)) for role in ROLES
    }
    return Contributions(base, groups, by_feature)
