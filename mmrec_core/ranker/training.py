"""Training the ranker: CatBoost, then a calibration and a threshold for each way to rank.

All of it weighs each query the same (`mmrec_core.ranker.query_weights`): the trees, the number of
trees, Platt scaling and the choice of the thresholds. A probability is shown beside one result of
one query, so it should hold for a query drawn at random; counted by pair, the few queries with the
longest candidate lists would decide it for all.
"""

import numpy as np
import pandas as pd
from catboost import CatBoostClassifier, Pool
from sklearn.linear_model import LogisticRegression

from mmrec_core.inputs.judgements import TEST, VALIDATION
from mmrec_core.ranker.model import Calibration, Ranker, all_scores, pool
from mmrec_core.ranker.pair_features import NAMES, feature_matrix
from mmrec_core.ranker.query_weights import query_weights

TREE_PARAMETERS = {
    "iterations": 600,
    "depth": 4,
    "learning_rate": 0.04,
    "rsm": 0.4,
    "l2_leaf_reg": 5,
    "monotone_constraints": [1] * len(NAMES),
    "early_stopping_rounds": 40,
    "thread_count": 2,
    "verbose": False,
    "allow_writing_files": False,
}
"""What CatBoost is told: docs/quality.md has what others give."""
UNDECIDED = 0.5


def fit_ranker(pairs: pd.DataFrame, seed: int) -> Ranker | None:
    """Train on the pairs of training queries; stop and calibrate on those of validation queries.

    Parameters
    ----------
    pairs : DataFrame
        ``query``, ``relevance`` (0 or 1), ``split`` and the pair features; pairs of held-out
        queries are left alone.
    seed : int
        CatBoost's seed.

    Returns
    -------
    Ranker or None
        None unless the training pairs and the validation pairs hold both relevant and irrelevant
        ones.

    Notes
    -----
    Every feature may move the score in one direction only (`Feature.trend`): a higher cosine never
    lowers it. That keeps explanations sensible; docs/quality.md has what it costs.
    """
    pairs = pairs[pairs["split"] != TEST]
    validation = (pairs["split"] == VALIDATION).to_numpy()
    relevance = pairs["relevance"].to_numpy(np.int8)
    if any(len(np.unique(part)) < 2 for part in (relevance[validation], relevance[~validation])):
        return None
    features = feature_matrix(pairs)
    weights = query_weights(pairs["query"].to_numpy())
    model = CatBoostClassifier(**TREE_PARAMETERS, random_seed=seed)

    def part_pool(part: np.ndarray) -> Pool:
        return pool(features[part], relevance[part], weights[part])

    model.fit(part_pool(~validation), eval_set=part_pool(validation), use_best_model=True)
    for stamp in ("model_guid", "train_finish_time"):  # else no two builds were the same file
        model.get_metadata()[stamp] = ""
    truth, weights = relevance[validation], weights[validation]
    scores = all_scores(model, features[validation])
    calibration = {name: platt_scaling(values, truth, weights) for name, values in scores.items()}
    thresholds = {
        name: best_threshold(calibration[name].probability(values), truth, weights)
        for name, values in scores.items()
    }
    return Ranker(model, calibration, thresholds)


def platt_scaling(scores: np.ndarray, relevance: np.ndarray, weights: np.ndarray) -> Calibration:
    """Fit probabilities to the scores of pairs whose relevance is known.

    Parameters
    ----------
    scores : ndarray (n,) float
        Raw scores, NaN where the ranker has none.
    relevance : ndarray (n,) of 0 or 1
    weights : ndarray (n,) float
        What each pair weighs.

    Returns
    -------
    Calibration
        The share of relevant pairs, whatever the score, where the scored pairs are all relevant or
        all irrelevant.

    Notes
    -----
    Platt 1999, "Probabilistic outputs for support vector machines and comparisons to regularized
    likelihood methods".
    """
    scored = ~np.isnan(scores)
    if len(np.unique(relevance[scored])) < 2:
        share = (weights @ relevance + 1) / (weights.sum() + 2)
        return Calibration(slope=0, intercept=float(np.log(share / (1 - share))))
    # Weights of mean 1 leave the regularisation as weak as without weights.
    fit = LogisticRegression(C=1e6).fit(
        scores[scored, None],
        relevance[scored],
        sample_weight=weights[scored] / weights[scored].mean(),
    )
    return Calibration(slope=float(fit.coef_[0, 0]), intercept=float(fit.intercept_[0]))


def best_threshold(probability: np.ndarray, relevance: np.ndarray, weights: np.ndarray) -> float:
    """Return the probability from which on calling pairs relevant gives the highest F1.

    Parameters
    ----------
    probability : ndarray (n,) float
        NaN where the ranker has none: such a pair is never called relevant.
    relevance : ndarray (n,) of 0 or 1
    weights : ndarray (n,) float
        What each pair weighs.

    Returns
    -------
    float
        One of the probabilities; 0.5 where all are NaN.

    Examples
    --------
    >>> probability, relevance = np.array([0.9, 0.6, 0.2]), np.array([1, 0, 1])
    >>> best_threshold(probability, relevance, weights=np.ones(3))
    0.2
    >>> best_threshold(probability, relevance, weights=np.array([1, 5, 1]))
    0.9
    """
    scored = ~np.isnan(probability)
    if not scored.any():
        return UNDECIDED
    relevant = weights @ relevance
    probability, relevance, weights = probability[scored], relevance[scored], weights[scored]
    order = np.argsort(-probability, kind="stable")
    probability = probability[order]
    called, correct = np.cumsum(weights[order]), np.cumsum((weights * relevance)[order])
    f1 = 2 * correct / (called + relevant)
    last = np.append(np.diff(probability) < 0, True)  # pairs of one probability go together
    return float(probability[last][f1[last].argmax()])
