"""What the trained ranker says of altered pairs: one feature at a time, in its known range."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from catboost import CatBoostClassifier

from mmrec_core.inputs.judgements import TRAIN
from mmrec_core.ranker.model import raw_scores
from mmrec_core.ranker.pair_features import NAMES

_POINTS = 61


@dataclass(frozen=True)
class Range:
    """The values of a feature in the training pairs; ``whole`` if all of them are whole numbers."""

    low: float
    high: float
    whole: bool

    def with_value(self, value: float) -> "Range":
        """Return a range that holds a pair's own value, too."""
        return Range(min(self.low, value), max(self.high, value), self.whole)


@dataclass(frozen=True, eq=False)
class Dependence:
    """How scores change with one feature while all others stay.

    Attributes
    ----------
    feature : str
    values : ndarray (m,) float64
        Ascending, from one end of the range to the other; the pair's own value is among them.
    scores : ndarray (m,) float64
        The pair's score at each, in log-odds.
    average : ndarray (m,) float64
        The mean score of the other pairs at each.
    """

    feature: str
    values: np.ndarray
    scores: np.ndarray
    average: np.ndarray


def training_values(pairs: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return the known values of each feature over the training pairs, ascending, float64.

    Parameters
    ----------
    pairs : DataFrame
        ``split`` and the pair features, as ``bundle.pairs``.
    """
    train = (pairs["split"] == TRAIN).to_numpy()
    values = {name: pairs[name].to_numpy(dtype=np.float64)[train] for name in NAMES}
    return {name: np.sort(known[np.isfinite(known)]) for name, known in values.items()}


def are_whole(values: np.ndarray) -> bool:
    """Whether all of them are whole numbers."""
    return bool((values == np.round(values)).all())


def training_ranges(pairs: pd.DataFrame) -> dict[str, Range]:
    """Return the range of each feature over the training pairs.

    Parameters
    ----------
    pairs : DataFrame
        ``split`` and the pair features, as ``bundle.pairs``.

    Returns
    -------
    dict of Range
        Without features that no training pair has.
    """
    return {
        name: Range(float(values[0]), float(values[-1]), are_whole(values))
        for name, values in training_values(pairs).items()
        if len(values)
    }


def dependence(
    model: CatBoostClassifier,
    pair: np.ndarray,
    others: np.ndarray,
    feature: str,
    extent: Range,
) -> Dependence:
    """Follow the scores of a pair, and of others on average, over the range of one feature.

    Parameters
    ----------
    model : CatBoostClassifier
    pair : ndarray (len(FEATURES),) float32
    others : ndarray (n, len(FEATURES)) float32
        Pairs to average over, n at least 1. Those that lack the feature are left out.
    feature : str
        One that the pair has.
    extent : Range
        Where to look.

    Notes
    -----
    The pair's line is its individual conditional expectation (Goldstein et al. 2015, "Peeking
    inside the black box"), the average the partial dependence (Friedman 2001, "Greedy function
    approximation: a gradient boosting machine"). Both take features apart that go together in real
    pairs: they say what the ranker computes, not what another picture would get.
    """
    column = NAMES.index(feature)
    extent = extent.with_value(float(pair[column]))
    values = np.linspace(extent.low, extent.high, _POINTS)
    if extent.whole:
        values = np.round(values)
    values = np.unique(np.append(values, float(pair[column])))
    others = others[~np.isnan(others[:, column])]
    every = np.concatenate([pair[None], others]).astype(np.float32)
    every = np.repeat(every[None], len(values), axis=0)
    every[:, :, column] = values[:, None]
    scores = raw_scores(model, every.reshape(-1, len(NAMES))).reshape(len(values), -1)
    average = scores[:, 1:].mean(axis=1) if len(others) else np.full(len(values), np.nan)
    return Dependence(feature, values, scores[:, 0], average)
