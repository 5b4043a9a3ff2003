"""The ranker: CatBoost on pair features, and a calibrated probability for each way to rank."""

import errno
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from catboost import CatBoostClassifier, CatBoostError, Pool
from pydantic import BaseModel, ConfigDict, FiniteFloat, ValidationError
from scipy.special import expit

from mmrec_core.collection.vectors import fused
from mmrec_core.errors import BundleError
from mmrec_core.files import write_json, written_aside
from mmrec_core.ranker.pair_features import NAMES, TRENDS

MODEL, CLIP, BERT, FUSED = "model", "clip", "bert", "fused"
RANKERS = (MODEL, CLIP, BERT, FUSED)

TREES = 600
DEPTH = 4
LEARNING_RATE = 0.04


class Calibration(BaseModel):
    """Platt scaling (Platt 1999): probability = expit(slope · score + intercept)."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    slope: FiniteFloat
    intercept: FiniteFloat

    def probability(self, scores: np.ndarray) -> np.ndarray:
        """Map raw scores to probabilities; NaN stays NaN."""
        return expit(self.slope * np.asarray(scores, dtype=float) + self.intercept)


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    features: list[str]
    calibration: dict[str, Calibration]
    threshold: FiniteFloat
    thresholds: dict[str, FiniteFloat] = {}


@dataclass(frozen=True)
class Ranker:
    """A trained model with what turns its scores into probabilities.

    Attributes
    ----------
    model : CatBoostClassifier
        Its raw score is a log-odds.
    calibration : dict
        One `Calibration` for each of `RANKERS`, fitted on the validation queries.
    thresholds : dict of float
        The probability of each of `RANKERS` from which on a candidate counts as relevant: the
        highest F1 on the validation queries. A bundle of before has that of ``model`` alone.
    """

    model: CatBoostClassifier
    calibration: dict[str, Calibration]
    thresholds: dict[str, float]

    @property
    def threshold(self) -> float:
        """The threshold of ``model``."""
        return self.thresholds[MODEL]

    def save(self, model: Path, settings: Path) -> None:
        """Write the model in CatBoost's own format and the rest as JSON."""
        with written_aside(model) as aside:
            try:
                self.model.save_model(str(aside), format="cbm")
            except CatBoostError as error:
                raise OSError(errno.EIO, str(error), str(model)) from None
        content = _Settings(
            features=list(NAMES),
            calibration=self.calibration,
            threshold=self.threshold,
            thresholds=self.thresholds,
        )
        write_json(settings, content.model_dump())

    @classmethod
    def load(cls, model: Path, settings: Path) -> "Ranker":
        """Read what `save` wrote; BundleError if it is damaged or made for other features."""
        loaded = CatBoostClassifier()
        try:
            loaded.load_model(str(model), format="cbm")
            content = _Settings.model_validate(json.loads(settings.read_text("utf-8")))
        except (OSError, ValueError, ValidationError) as error:
            raise BundleError(
                f"{model.parent} holds no usable ranker ({type(error).__name__}): "
                "build the bundle again."
            ) from None
        except CatBoostError as error:
            raise BundleError(f"{model} is damaged ({error}): build the bundle again.") from None
        shape = tuple(loaded.feature_names_), len(loaded.classes_), set(content.calibration)
        if tuple(content.features) != NAMES or shape != (NAMES, 2, set(RANKERS)):
            raise BundleError(
                f"{model} was trained on other pair features than this version computes: "
                "build the bundle again."
            )
        return cls(loaded, content.calibration, content.thresholds | {MODEL: content.threshold})


def train(
    features: np.ndarray,
    relevance: np.ndarray,
    queries: np.ndarray,
    validation: np.ndarray,
    seed: int,
) -> Ranker:
    """Train on the pairs of training queries; stop and calibrate on those of validation queries.

    Parameters
    ----------
    features : ndarray (n, len(FEATURES)) float32
    relevance : ndarray (n,) of 0 or 1
    queries : ndarray (n,) int
        The query of each pair: each query weighs the same, however many pairs it has.
    validation : ndarray (n,) bool
        Which pairs belong to validation queries.
    seed : int
        CatBoost's seed.

    Notes
    -----
    Every feature may move the score in one direction only (`Feature.trend`): a higher cosine never
    lowers it. That costs no accuracy on held-out queries, and keeps explanations sensible.
    """
    _, position, counts = np.unique(queries, return_inverse=True, return_counts=True)
    weights = 1 / counts[position]
    model = CatBoostClassifier(
        iterations=TREES,
        depth=DEPTH,
        learning_rate=LEARNING_RATE,
        rsm=0.4,
        l2_leaf_reg=5,
        monotone_constraints=[1] * len(NAMES),
        early_stopping_rounds=40,
        random_seed=seed,
        thread_count=2,
        verbose=False,
        allow_writing_files=False,
    )

    def part_pool(part: np.ndarray) -> Pool:
        return pool(features[part], relevance[part], weights[part])

    model.fit(part_pool(~validation), eval_set=part_pool(validation), use_best_model=True)
    for stamp in ("model_guid", "train_finish_time"):  # else no two builds were the same file
        model.get_metadata()[stamp] = ""
    held, truth = features[validation], relevance[validation]
    scores = all_scores(model, held)
    calibration = {name: _platt(values, truth) for name, values in scores.items()}
    thresholds = {
        name: _best_f1(calibration[name].probability(values), truth)
        for name, values in scores.items()
        if not np.isnan(values).all()
    }
    return Ranker(model, calibration, thresholds)


def pool(
    features: np.ndarray, relevance: np.ndarray | None = None, weights: np.ndarray | None = None
) -> Pool:
    """Return pair features as the model takes them.

    Features of falling trend are negated, so that for all of them a higher value is better and a
    missing one, which CatBoost puts below all others, is the worst there is.
    """
    return Pool(features * TRENDS, relevance, weight=weights, feature_names=list(NAMES))


def raw_scores(model: CatBoostClassifier, features: np.ndarray) -> np.ndarray:
    """Return the model's log-odds, shape (n,), float64."""
    if not len(features):
        return np.zeros(0)
    return model.predict(pool(features), prediction_type="RawFormulaVal", thread_count=1)


def all_scores(model: CatBoostClassifier | None, features: np.ndarray) -> dict[str, np.ndarray]:
    """Score pairs under every ranker.

    Returns
    -------
    dict of ndarray (n,)
        ``model`` (log-odds; only with a model), ``clip`` and ``bert`` (cosines), ``fused`` (their
        mean). NaN where a ranker has nothing to compare. A query without a picture is compared
        with pictures by its text.
    """
    clip = picture_cosine(features)
    bert = features[:, NAMES.index("bert_cosine")].astype(float)
    scores = {CLIP: clip, BERT: bert, FUSED: fused(clip, bert)}
    return {MODEL: raw_scores(model, features), **scores} if model else scores


def picture_cosine(features: np.ndarray) -> np.ndarray:
    """Return the cosine of query and candidate's picture, (n,) float64: see `all_scores`."""
    of_picture = features[:, NAMES.index("clip_cosine")].astype(float)
    of_text = features[:, NAMES.index("text_to_image_cosine")].astype(float)
    return np.where(np.isnan(of_picture), of_text, of_picture)


def _platt(scores: np.ndarray, relevance: np.ndarray) -> Calibration:
    from sklearn.linear_model import LogisticRegression  # only a training fits

    known = ~np.isnan(scores)
    truth = relevance[known]
    if len(np.unique(truth)) < 2:
        share = (relevance.sum() + 1) / (len(relevance) + 2)
        return Calibration(slope=0, intercept=float(np.log(share / (1 - share))))
    fit = LogisticRegression(C=1e6).fit(scores[known, None], truth)
    return Calibration(slope=float(fit.coef_[0, 0]), intercept=float(fit.intercept_[0]))


def _best_f1(probability: np.ndarray, relevance: np.ndarray) -> float:
    known = ~np.isnan(probability)
    probability, relevance = probability[known], relevance[known]
    order = np.argsort(-probability, kind="stable")
    found = np.cumsum(relevance[order])
    f1 = 2 * found / (np.arange(1, len(order) + 1) + max(relevance.sum(), 1))
    return float(probability[order][f1.argmax()])
