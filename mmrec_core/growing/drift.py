"""By how much images that were added lie otherwise than those that a build was fitted on."""

import numpy as np

from mmrec_core.bundle.growth import Bounded, Drift
from mmrec_core.collection.cluster_distances import ClusterDistances
from mmrec_core.inputs.judgements import ADDED, fitted_on

FAR = 95  # percent of the build's images that lie nearer
_NORMAL = 1.96  # the middle 95 % of a normal distribution, in standard deviations


def measure_drift(
    distances: ClusterDistances, cluster_of: np.ndarray, clusters: int, splits: np.ndarray
) -> Drift | None:
    """Compare the distances of added images to their centroids with those of the build's images.

    Parameters
    ----------
    distances : ClusterDistances
        Of all n images.
    cluster_of : ndarray (n,) int
        Their clusters.
    clusters : int
        How many there are.
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
    fitted = fitted_on(splits)
    sizes = np.bincount(cluster_of[fitted], minlength=clusters)[cluster_of]
    distance = _without_itself(distances, sizes, fitted)
    built, new = distance[~added], distance[added]
    far = float(np.percentile(built, FAR))
    square = distance**2
    return Drift(
        distance=_ratio(new, built),
        beyond=_share(int((new > far).sum()), len(new)),
        inertia=float(square.mean() / max(square[~added].mean(), 1e-12)),
        evenness=(
            _evenness(cluster_of[~added], clusters),
            _evenness(cluster_of, clusters),
        ),
    )


def _without_itself(
    distances: ClusterDistances, sizes: np.ndarray, fitted: np.ndarray
) -> np.ndarray:
    """Return each image's distance to the centroid as it would be without the image.

    ``sizes`` says how many images each one's centroid was fitted on. An image that lies nearer to
    another centroid then belongs there.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = distances.own * np.where(fitted, sizes / np.maximum(sizes - 1, 0), 1)
    known = np.isfinite(distances.other)
    return np.where(known, np.fmin(apart, distances.other), distances.own).astype(np.float64)


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
