"""`LearnedSpace` as files: what the build writes, and opening a bundle maps into memory."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from mmrec_core.bundle import Bundle
from mmrec_core.bundle.contents import readable
from mmrec_core.bundle.layout import LEARNED, STORED_NEIGHBOURS
from mmrec_core.collection.learned_metric import LearnedMetric
from mmrec_core.collection.learned_space import LearnedSpace
from mmrec_core.collection.moments import Moments
from mmrec_core.files import write_array


def learned_of(bundle: Bundle) -> LearnedSpace | None:
    """Return what a bundle keeps, memory-mapped; None if it learned nothing from pairs.

    Raises
    ------
    BundleError
        If a file does not hold what it should.
    """
    if not {*LEARNED} <= {*bundle.manifest.files}:
        return None
    images, clip = bundle.clip_image.shape
    sizes = images, 2 * clip + bundle.bert_text.shape[1]
    return readable(
        bundle.path, f"{LEARNED[2]} or what belongs to it", lambda: opened(bundle.array, sizes)
    )


def opened(read: Callable[[str], np.ndarray], sizes: tuple[int, int]) -> LearnedSpace:
    """Open the files of a bundle, or of a build under way.

    Parameters
    ----------
    read : callable
        Opens an array by its name.
    sizes : tuple of int
        How many images there are, and how long their vectors are side by side.

    Raises
    ------
    ValueError
        If a type or shape is not what ``sizes`` ask for, or a number of the metric is none.
    """
    images, together = sizes
    mean, weights, shares, moments, near_judged = map(read, LEARNED)
    dimensions = weights.shape[-1]
    for name, found, kind, shape in (
        (LEARNED[0], mean, "float32", (together,)),
        (LEARNED[1], weights, "float32", (together, dimensions)),
        (LEARNED[2], shares, "float16", (images, 2, dimensions)),
        (LEARNED[3], moments, "float32", (2 * dimensions + 1, 2 * dimensions)),
        (LEARNED[4], near_judged, "int32", (images, STORED_NEIGHBOURS)),
    ):
        if (str(found.dtype), found.shape) != (kind, shape) or not dimensions:
            raise ValueError(f"{name} holds {found.dtype} {found.shape}")
        if name in LEARNED[:2] + LEARNED[3:4] and not np.isfinite(found).all():
            raise ValueError(f"{name} holds what is no number")
    if near_judged.min() < -1 or near_judged.max() >= images:
        raise ValueError(f"{LEARNED[4]} names images that there are not")
    metric = LearnedMetric(np.array(mean), np.array(weights))
    return LearnedSpace(metric, shares, Moments(images, moments[0], moments[1:]), near_judged)


def keep(space: LearnedSpace, path: Callable[[str], Path]) -> None:
    """Write what `opened` reads; ``path`` says where a file of that name is written."""
    metric, moments = space.metric, space.moments
    both = np.vstack([moments.mean, moments.covariance])
    parts = (metric.mean, metric.weights, space.shares, both, space.near_judged)
    for name, part in zip(LEARNED, parts, strict=True):
        write_array(path(name), part)
