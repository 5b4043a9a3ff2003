"""Curves of a ranker over all thresholds, and its figures at one.

Inputs are the columns of `mmrec_core.evaluation.scored_pairs.scored_pairs`: relevance of 0 or 1,
and scores or probabilities, NaN where the ranker has none: such a pair ranks last and is never
called relevant.
"""

import numpy as np
import pandas as pd
from scipy.special import ndtri
from sklearn.metrics import precision_recall_curve, roc_curve

from mmrec_core.evaluation.bootstrap import draws, masses
from mmrec_core.evaluation.metrics import filled_bins
from mmrec_core.ranker.query_weights import query_weights

_POINTS = 250
_GRID = np.linspace(0, 1, 101)


def roc(relevance: np.ndarray, scores: np.ndarray) -> pd.DataFrame:
    """Return the ROC curve, thinned to some 500 points.

    Returns
    -------
    DataFrame
        ``fpr``, ``tpr`` (0 to 1); empty unless there are both classes.
    """
    if len(np.unique(relevance)) < 2:
        return pd.DataFrame({"fpr": [], "tpr": []}, dtype=float)
    fpr, tpr, _ = roc_curve(relevance, _ranked(scores))
    kept = _thinned(len(fpr))
    return pd.DataFrame({"fpr": fpr[kept], "tpr": tpr[kept]})


def precision_recall(relevance: np.ndarray, scores: np.ndarray) -> pd.DataFrame:
    """Return precision against recall, from few pairs to all, thinned to some 500 points.

    Returns
    -------
    DataFrame
        ``recall``, ``precision`` (0 to 1); empty unless there are both classes.

    Examples
    --------
    >>> import numpy as np
    >>> from mmrec_core.evaluation.curves import precision_recall
    >>> curve = precision_recall(np.array([1, 0, 1, 0]), np.array([0.9, 0.7, 0.5, 0.1]))
    >>> curve.round(2).to_numpy().tolist()
    [[0.5, 1.0], [0.5, 0.5], [1.0, 0.67], [1.0, 0.5]]
    """
    if len(np.unique(relevance)) < 2:
        return pd.DataFrame({"recall": [], "precision": []}, dtype=float)
    precision, recall, _ = precision_recall_curve(relevance, _ranked(scores))
    precision, recall = precision[-2::-1], recall[-2::-1]  # scikit-learn adds a last point (0, 1)
    kept = _thinned(len(precision))
    return pd.DataFrame({"recall": recall[kept], "precision": precision[kept]})


def bands(
    queries: np.ndarray, relevance: np.ndarray, scores: np.ndarray, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return pointwise 95 % bands of both curves, from the bootstrap over queries.

    Returns
    -------
    roc : DataFrame
        ``fpr`` (101 points from 0 to 1), ``low``, ``high`` (of the true positive rate).
    precision_recall : DataFrame
        ``recall`` (the points without 0), ``low``, ``high`` (of the precision).

    Examples
    --------
    >>> import numpy as np
    >>> from mmrec_core.evaluation.curves import bands
    >>> queries, relevance = np.array([0, 0, 1, 1]), np.array([1, 0, 1, 0])
    >>> roc, precision_recall = bands(queries, relevance, np.array([0.9, 0.7, 0.5, 0.1]), seed=0)
    >>> len(roc), bool((roc["low"] <= roc["high"]).all())
    (101, True)
    """
    names, inverse = np.unique(queries, return_inverse=True)
    empty = pd.DataFrame({"low": [], "high": []}, dtype=float)
    if len(np.unique(relevance)) < 2:
        return empty.assign(fpr=[]), empty.assign(recall=[])
    tops = [
        np.cumsum(part[:, ::-1], axis=1)
        for part in masses(inverse, relevance, _ranked(scores), draws(len(names), seed))
    ]
    usable = (tops[0][:, -1] > 0) & (tops[1][:, -1] > 0)
    true, false = tops[0][usable], tops[1][usable]
    with np.errstate(invalid="ignore"):
        precision = true / (true + false)
    tpr, fpr = true / true[:, -1:], false / false[:, -1:]
    rising = np.array([np.interp(_GRID, x, y) for x, y in zip(fpr, tpr, strict=True)])
    reached = [
        line[np.searchsorted(x, _GRID[1:] - 1e-12)] for x, line in zip(tpr, precision, strict=True)
    ]
    return (
        pd.DataFrame({"fpr": _GRID} | _middle(rising)),
        pd.DataFrame({"recall": _GRID[1:]} | _middle(np.array(reached))),
    )


def at_thresholds(
    relevance: np.ndarray, probability: np.ndarray, thresholds: np.ndarray
) -> pd.DataFrame:
    """Count what is called relevant at each threshold: a probability not below it.

    Returns
    -------
    DataFrame
        ``threshold``; ``tp``, ``fp``, ``fn``, ``tn`` (counts, int64); ``fpr`` (share of the
        irrelevant that are called relevant), ``fnr`` (of the relevant that are not),
        ``precision``, ``recall``, ``f1``; NaN where nothing is there to count.
    """
    ranked = np.where(np.isnan(probability), -np.inf, probability)

    def called(part: np.ndarray) -> np.ndarray:
        return part.sum() - np.searchsorted(np.sort(ranked[part]), thresholds, side="left")

    relevant, irrelevant = relevance > 0, relevance == 0
    tp, fp = called(relevant), called(irrelevant)
    fn, tn = relevant.sum() - tp, irrelevant.sum() - fp
    with np.errstate(invalid="ignore", divide="ignore"):
        rates = {
            "fpr": fp / (fp + tn),
            "fnr": fn / (fn + tp),
            "precision": tp / (tp + fp),
            "recall": tp / (tp + fn),
            "f1": 2 * tp / (2 * tp + fp + fn),
        }
    counts = {"tp": tp, "fp": fp, "fn": fn, "tn": tn}
    return pd.DataFrame({"threshold": thresholds} | counts | rates)


def threshold_at(rates: pd.DataFrame, **wanted: float) -> float | None:
    """Return the threshold whose rates are the nearest to those that are wanted.

    Parameters
    ----------
    rates : DataFrame
        What `at_thresholds` gives.
    wanted : float
        By the name of its column, such as ``recall``; each counts the same.

    Returns
    -------
    float or None
        None where no threshold has such rates, as of a single class.
    """
    columns = [rates[name].to_numpy(float) - value for name, value in wanted.items()]
    away = np.square(columns).sum(axis=0)
    if np.isnan(away).all():
        return None
    return float(rates["threshold"].to_numpy()[np.nanargmin(away)])


def calibration(
    queries: np.ndarray, relevance: np.ndarray, probability: np.ndarray, bins: int = 10
) -> pd.DataFrame:
    """Compare probabilities with what happened, in bins of equally many pairs.

    Each query weighs the same, as in `mmrec_core.evaluation.metrics.calibration_error`.

    Returns
    -------
    DataFrame
        One row a bin: ``probability`` (mean), ``share`` (of the pairs that are relevant), ``low``,
        ``high`` (95 % Wilson interval of the share), ``pairs``.

    Notes
    -----
    Wilson 1927, "Probable inference, the law of succession, and statistical inference", with the
    number of equally weighted pairs that would vary as much (Kish 1965, "Survey sampling"). It
    takes pairs as independent; those of one query are not quite, so the intervals are a little
    short.
    """
    known = ~np.isnan(probability)
    columns = ("probability", "share", "low", "high", "pairs")
    if not known.any():
        return pd.DataFrame(columns=list(columns), dtype=float)
    place = calibration_bins(probability, bins)[known]
    queries, relevance, probability = queries[known], relevance[known], probability[known]
    weights = query_weights(queries)
    total = np.bincount(place, weights)
    share = np.bincount(place, weights * relevance) / total
    low, high = _wilson(share, total**2 / np.bincount(place, weights**2))
    mean = np.bincount(place, weights * probability) / total
    values = (mean, share, low, high, np.bincount(place))
    return pd.DataFrame(dict(zip(columns, values, strict=True)))


def histogram(relevance: np.ndarray, scores: np.ndarray, bins: int = 40) -> pd.DataFrame:
    """Count relevant and irrelevant pairs by score.

    Returns
    -------
    DataFrame
        ``left``, ``right`` (the bin's borders, in units of the score), ``relevant``,
        ``irrelevant`` (counts).
    """
    place, edges = score_bins(scores, bins)
    known = place >= 0
    return pd.DataFrame(
        {
            "left": edges[:-1],
            "right": edges[1:],
            "relevant": np.bincount(place[known & (relevance > 0)], minlength=bins),
            "irrelevant": np.bincount(place[known & (relevance == 0)], minlength=bins),
        }
    )


def score_bins(scores: np.ndarray, bins: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """Return the bin of each score in `histogram`, (n,) int, -1 for NaN, and the bins' borders.

    Examples
    --------
    >>> from mmrec_core.evaluation.curves import score_bins
    >>> place, edges = score_bins(np.array([0.0, 0.4, 1.0, np.nan]), bins=2)
    >>> place.tolist(), edges.tolist()
    ([0, 0, 1, -1], [0.0, 0.5, 1.0])
    """
    known = ~np.isnan(scores)
    edges = np.histogram_bin_edges(scores[known], bins)
    place: np.ndarray = np.searchsorted(edges, scores, side="right") - 1
    return np.where(known, np.clip(place, 0, bins - 1), -1), edges


def calibration_bins(probability: np.ndarray, bins: int = 10) -> np.ndarray:
    """Return the bin of each pair in `calibration`, (n,) int, -1 for NaN."""
    known = ~np.isnan(probability)
    place = np.full(len(probability), -1)
    if known.any():
        place[known] = filled_bins(probability[known], bins)
    return place


def _ranked(scores: np.ndarray) -> np.ndarray:
    """Return scores with NaN below all others: scikit-learn takes neither NaN nor infinity."""
    missing = np.isnan(scores)
    return np.where(missing, (scores[~missing].min() if not missing.all() else 0) - 1, scores)


def _thinned(points: int) -> np.ndarray:
    """Return places of about 500 of the points: denser at the start, where curves turn."""
    even = np.linspace(0, points - 1, _POINTS)
    start = np.geomspace(1, max(points - 1, 1), _POINTS)
    return np.unique(np.concatenate([even, start]).round().astype(int).clip(0, points - 1))


def _middle(resampled: np.ndarray) -> dict[str, np.ndarray]:
    low, high = np.percentile(resampled, [2.5, 97.5], axis=0)
    return {"low": low, "high": high}


def _wilson(share: np.ndarray, trials: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the 95 % Wilson interval of each share."""
    z = ndtri(0.975)
    centre = (share + z**2 / (2 * trials)) / (1 + z**2 / trials)
    half = z * np.sqrt(share * (1 - share) / trials + (z / (2 * trials)) ** 2) / (1 + z**2 / trials)
    return centre - half, centre + half
