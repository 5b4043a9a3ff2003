"""What the trained ranker goes by: mean contributions, and what it loses without a group."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from mmrec_core.evaluation.metrics import auc
from mmrec_core.ranker.model import Ranker, linear_part, pool, raw_scores
from mmrec_core.ranker.pair_features import FEATURES, NAMES, ROLES, feature_matrix

EXPLAINED = 2_000
SHUFFLED = 20_000
_REPEATS = 3


class Importance(NamedTuple):
    """What the ranker goes by, for groups of features and for single ones.

    Attributes
    ----------
    groups : DataFrame
        ``role``; ``contribution``: mean absolute SHAP value of the group's sum, in log-odds;
        ``auc_drop``: what the AUC loses when the group's features are shuffled together among the
        pairs, with ``auc_drop_low``, ``auc_drop_high``: the least and the most of three shuffles.
        Largest contribution first.
    features : DataFrame
        ``feature``, ``role``, ``contribution``: mean absolute SHAP value. Largest first.
    explained, shuffled : int
        Pairs that SHAP values, and shuffles, were computed on.
    """

    groups: pd.DataFrame
    features: pd.DataFrame
    explained: int
    shuffled: int


def importance(ranker: Ranker, pairs: pd.DataFrame, seed: int) -> Importance:
    """Measure the importance of pair features on held-out pairs.

    Parameters
    ----------
    ranker : Ranker
        The trained ranker.
    pairs : DataFrame
        Held-out pairs with ``relevance`` and the pair features; at most 2,000 are explained and
        20,000 shuffled, drawn at random where there are more.
    seed : int
        Seed of the drawing and of the shuffles.

    Notes
    -----
    SHAP values: Lundberg et al. 2020, "From local explanations to global understanding with
    explainable AI for trees". Shuffles: Breiman 2001, "Random forests"; whole groups are shuffled
    together, since the features of one modality tell much the same.
    """
    generator = np.random.default_rng(seed)
    order = generator.permutation(len(pairs))
    features = feature_matrix(pairs)
    explained, shuffled = np.sort(order[:EXPLAINED]), np.sort(order[:SHUFFLED])
    # Why they weigh next to nothing: see explanation.py.
    weightless = pool(features[explained], weights=np.full(len(explained), 1e-9))
    shap = np.asarray(
        ranker.model.get_feature_importance(weightless, type="ShapValues", thread_count=2)
    )[:, :-1] + linear_part(features[explained])
    members = {role: [f.role == role for f in FEATURES] for role in ROLES}
    groups = pd.DataFrame(
        {
            "role": list(ROLES),
            "contribution": [np.abs(shap[:, m].sum(axis=1)).mean() for m in members.values()],
        }
    )
    relevance = pairs["relevance"].to_numpy()[shuffled]
    drops = np.array(
        [_drops(ranker, features[shuffled], relevance, m, generator) for m in members.values()]
    )
    groups["auc_drop"] = drops.mean(axis=1)
    groups["auc_drop_low"], groups["auc_drop_high"] = drops.min(axis=1), drops.max(axis=1)
    single = pd.DataFrame(
        {
            "feature": list(NAMES),
            "role": [f.role for f in FEATURES],
            "contribution": np.abs(shap).mean(axis=0),
        }
    )
    return Importance(
        groups.sort_values("contribution", ascending=False, ignore_index=True),
        single.sort_values("contribution", ascending=False, ignore_index=True),
        len(explained),
        len(shuffled),
    )


def _drops(
    ranker: Ranker,
    features: np.ndarray,
    relevance: np.ndarray,
    members: list[bool],
    generator: np.random.Generator,
) -> list[float]:
    whole = auc(relevance, raw_scores(ranker.model, features))
    drops = []
    for _ in range(_REPEATS):
        without = features.copy()
        without[:, members] = features[generator.permutation(len(features))][:, members]
        drops.append(whole - auc(relevance, raw_scores(ranker.model, without)))
    return drops
