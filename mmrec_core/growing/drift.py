"""By how much images that were added lie otherwise than those that a build was fitted on."""

import numpy as np

from mmrec_core.bundle.growth import Bounded, Drift
from mmrec_core.collection.clusters import centroid_distances
from mmrec_core.collection.vectors import Vectors
from mmrec_core.inputs.judgements import ADDED, fitted_on

FAR = 95  # percent of the build's images that lie nearer
_NORMAL = 1.96  # the middle 95 % of a normal distribution, in standard deviations
_CHUNK = 8192


def measure_drift(unit: Vectors, centroids: np.ndarray, splits: np.ndarray) -> Drift | None:
    """Compare the distances of added images to their centroids with those of the build's images.

    Parameters
    ----------
    unit : Vectors
        Vectors of length 1 of all n images.
    centroids : ndarray (n_clusters, clip_dim + bert_dim) float32
    splits : ndarray (n,) of str
        Of each image; `mmrec_core.inputs.judgements.ADDED` are compared with all others.

    Returns
    -------
    Drift or None
        None if no image was added, or none else is left.

    Notes
    -----
    A centroid is drawn to the images that it was fitted on. Each of these is measured from where
    the centroid of its m images would be without it: m / (m - 1) times as far. So an image of the
    build is as new to the clusters as one that was added. The interval of the ratio of means is by
    the delta method, that of the share is Wilson's (1927). Both take added images as independent;
    of bursts of one scene they are too narrow.
    """
    added = splits == ADDED
    if not added.any() or added.all():
        return None
    distance, nearest = _distances(unit, centroids, fitted_on(splits))
    built, new = distance[~added], distance[added]
    far = float(np.percentile(built, FAR))
    square = distance**2
    return Drift(
        distance=_ratio(new, built),
        beyond=_share(int((new > far).sum()), len(new)),
        inertia=float(square.mean() / max(square[~added].mean(), 1e-12)),
        evenness=(
            _evenness(nearest[~added], len(centroids)),
            _evenness(nearest, len(centroids)),
        ),
    )


def _distances(
    unit: Vectors, centroids: np.ndarray, fitted: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return each image's distance to its centroid without itself, and its cluster."""
    parts = []
    for start in range(0, len(unit), _CHUNK):
        every = centroid_distances(unit.rows(slice(start, start + _CHUNK)), centroids)
        nearest = every.argmin(axis=1)
        own = np.take_along_axis(every, nearest[:, None], axis=1)[:, 0]
        np.put_along_axis(every, nearest[:, None], np.inf, axis=1)
        parts.append((own, every.min(axis=1), nearest))
    own, second, nearest = (np.concatenate(part) for part in zip(*parts, strict=True))
    sizes = np.bincount(nearest[fitted], minlength=len(centroids))[nearest]
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = own * np.where(fitted, sizes / np.maximum(sizes - 1, 0), 1)
    apart = np.where(np.isfinite(second), np.fmin(apart, second), own)
    return apart.astype(np.float64), nearest


def _ratio(new: np.ndarray, built: np.ndarray) -> Bounded:
    above, below = new.mean(), max(built.mean(), 1e-12)
    value = above / below
    most = max(part.var() for part in (new, built))  # few that came may be alike by chance
    spread = sum(most / len(part) / max(part.mean(), 1e-12) ** 2 for part in (new, built))
    factor = np.exp(min(_NORMAL * np.sqrt(spread), 10))
    return Bounded(value=float(value), low=float(value / factor), high=float(value * factor))


def _share(count: int, of: int) -> Bounded:
    share, squared = count / of, _NORMAL**2
    middle = (share + squared / (2 * of)) / (1 + squared / of)
    half = _NORMAL * np.sqrt(share * (1 - share) / of + squared / (4 * of**2)) / (1 + squared / of)
    return Bounded(value=share, low=float(middle - half), high=float(middle + half))


def _evenness(cluster_of: np.ndarray, clusters: int) -> float:
    shares = np.bincount(cluster_of, minlength=clusters) / len(cluster_of)
    shares = shares[shares > 0]
    return float(np.exp(-(shares * np.log(shares)).sum()) / clusters)
