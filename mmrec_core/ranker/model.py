"""The ranker: CatBoost on pair features, and a calibrated probability for each way to rank.

`mmrec_core.ranker.training` trains it.
"""

import errno
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from catboost import CatBoostClassifier, CatBoostError, Pool
from pydantic import BaseModel, ConfigDict, FiniteFloat
from scipy.special import expit

from mmrec_core.collection.vectors import fused
from mmrec_core.errors import BundleError
from mmrec_core.files import write_json, written_aside
from mmrec_core.ranker.pair_features import LEARNED, NAMES, TRENDS

MODEL, CLIP, BERT, FUSED = "model", "clip", "bert", "fused"
RANKERS = (MODEL, CLIP, BERT, FUSED)


SIMILARITY_WEIGHT, LEARNED_WEIGHT = 0.2, 0.6
"""Chosen on several collections: docs/quality.md has the tables."""

_STANDARDISED = [place for place, name in enumerate(NAMES) if name.endswith("_standardised")]
_WEIGHTS = np.array(
    [LEARNED_WEIGHT if NAMES[place] in LEARNED else SIMILARITY_WEIGHT for place in _STANDARDISED]
)


class Calibration(BaseModel):
    """Platt scaling: probability = expit(slope · score + intercept).

    Examples
    --------
    >>> Calibration(slope=2, intercept=-1).probability(np.array([0.5, 40])).tolist()
    [0.5, 1.0]
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    slope: FiniteFloat
    intercept: FiniteFloat

    def probability(self, scores: np.ndarray) -> np.ndarray:
        """Map raw scores to probabilities; NaN stays NaN."""
        return expit(self.slope * np.asarray(scores, dtype=float) + self.intercept)


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True)
    features: list[str]
    calibration: dict[str, Calibration]
    thresholds: dict[str, FiniteFloat]


@dataclass(frozen=True)
class Ranker:
    """A trained model with what turns its scores into probabilities.

    Attributes
    ----------
    model : CatBoostClassifier
        Its trees, to whose log-odds `linear_part` is added.
    calibration : dict
        One `Calibration` for each of `RANKERS`, fitted on the validation queries.
    thresholds : dict of float
        The probability of each of `RANKERS` from which on a candidate counts as relevant: where F1
        is highest on the validation queries, in whole hundredths from 0.01 to 0.99, so that what
        counts is what is shown.
    """

    model: CatBoostClassifier
    calibration: dict[str, Calibration]
    thresholds: dict[str, float]

    def __post_init__(self) -> None:
        """Round the thresholds."""
        shown = {n: min(max(round(t, 2), 0.01), 0.99) for n, t in self.thresholds.items()}
        object.__setattr__(self, "thresholds", shown)

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
            thresholds=self.thresholds,
        )
        write_json(settings, content.model_dump())

    @classmethod
    def load(cls, read: Callable[[str], bytes], model: str, settings: str) -> "Ranker":
        """Read what `save` wrote; BundleError if it is damaged or made for other features.

        Parameters
        ----------
        read : callable
            Gives the content of a file by its name. CatBoost ends the process over some damaged
            models, so it has to see to it that they are what was written.
        model, settings : str
            Names of the files.
        """
        written, said = read(model), read(settings)
        try:
            loaded = CatBoostClassifier().load_model(blob=written)
            content = _Settings.model_validate_json(said)
            features, classes = tuple(loaded.feature_names_), len(loaded.classes_)
        except (CatBoostError, TypeError, ValueError) as error:
            reason = " ".join(str(error).split())[:200]
            raise BundleError(f"{model} is damaged ({reason}): build the bundle again.") from None
        rankers = {*content.calibration} == {*content.thresholds} == {*RANKERS}
        if not rankers or (features, classes) != (NAMES, 2) or tuple(content.features) != NAMES:
            raise BundleError(
                f"{model} was trained on other pair features than this version computes: "
                "build the bundle again."
            )
        return cls(loaded, content.calibration, content.thresholds)


def pool(
    features: np.ndarray, relevance: np.ndarray | None = None, weights: np.ndarray | None = None
) -> Pool:
    """Return pair features as the model takes them.

    Features of falling trend are negated, so that for all of them a higher value is better and a
    missing one, which CatBoost puts below all others, is the worst there is.
    """
    by_column = np.multiply(features, TRENDS, order="F")  # as CatBoost holds them: spares a copy
    return Pool(by_column, relevance, weight=weights, feature_names=list(NAMES))


def raw_scores(model: CatBoostClassifier, features: np.ndarray) -> np.ndarray:
    """Return the log-odds of the trees and the `linear_part`, shape (n,), float64."""
    if not len(features):
        return np.zeros(0)
    trees = model.predict(pool(features), prediction_type="RawFormulaVal", thread_count=1)
    return trees + linear_part(features).sum(axis=1)


def linear_part(features: np.ndarray) -> np.ndarray:
    """Return what each feature adds to the score beside the trees, shape of ``features``, float64.

    Trees are steps: many of the best candidates lie in the same leaves, and first places would be
    drawn among near ties. So each standardised similarity also adds `SIMILARITY_WEIGHT` log-odds
    for every deviation above the query's average, each part of the learned one `LEARNED_WEIGHT`.
    """
    added = np.zeros(features.shape)
    added[:, _STANDARDISED] = _WEIGHTS * np.nan_to_num(features[:, _STANDARDISED].astype(float))
    return added


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
