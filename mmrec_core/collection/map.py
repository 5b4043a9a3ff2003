"""The map: two dimensions for the eye, none of which anything else is computed from."""

import warnings
from collections.abc import Iterator

import numpy as np

from mmrec_core.collection.vectors import Vectors, fused

SMALLEST_FOR_UMAP = 20
PLACING_NEIGHBOURS = 15
WIDEST_STRIP = 1.0
_ROWS = 8192
_PAIRED_ROWS = 1024


def draw_map(
    unit: Vectors, method: str, seed: int, neighbours: np.ndarray | None = None
) -> np.ndarray:
    """Lay the images out on a plane, from both modalities.

    Parameters
    ----------
    unit : Vectors
        Vectors of length 1; a missing caption counts as the mean caption.
    method : {"umap", "pca"}
        UMAP (McInnes, Healy and Melville 2018) on the first 50 principal components, or the first
        two themselves. Fewer than 20 images are always drawn by PCA. How far UMAP throws islands
        apart says nothing: see `strips_narrowed`.
    seed : int
        UMAP's seed; with one it runs on one thread, and repeats itself bit for bit.
    neighbours : ndarray (n, at least 14) int32, optional
        Each image's nearest, by both modalities, for a large collection: UMAP then looks for none,
        and components are computed of some thousand images at a time.

    Returns
    -------
    ndarray (n, 2) float32
    """
    umap_fits = method == "umap" and len(unit) >= SMALLEST_FOR_UMAP
    width = unit.clip_image.shape[1] + unit.bert_text.shape[1]
    components = min(50 if umap_fits else 2, len(unit), width)
    if neighbours is None:
        from sklearn.decomposition import PCA

        points = unit.side_by_side()
        reduced = PCA(components, random_state=seed).fit_transform(points)
    else:
        reduced = _components(unit, components)
    if umap_fits:
        near = None if neighbours is None else _near(unit, neighbours)
        reduced = strips_narrowed(_umap(reduced, seed, near), WIDEST_STRIP)
    return np.pad(reduced, ((0, 0), (0, 2 - min(2, components)))).astype(np.float32)


def strips_narrowed(positions: np.ndarray, widest: float) -> np.ndarray:
    """Move islands towards the rest, by narrowing what is empty across the whole map.

    No two images change their order along an axis. Images between which no such strip runs keep
    their distances.

    Parameters
    ----------
    positions : ndarray (n, 2)
    widest : float
        How wide a strip without an image may stay, in units of the map.

    Examples
    --------
    >>> strips_narrowed(np.array([[0.0, 5.0], [9.0, 5.0], [9.5, 5.2]]), widest=1.0).tolist()
    [[0.0, 5.0], [1.0, 5.0], [1.5, 5.2]]
    """
    moved = np.array(positions)
    for column in moved.T:
        order = np.argsort(column, kind="stable")
        steps = np.diff(column[order])
        column[order[1:]] -= np.maximum(steps - widest, 0).cumsum()
    return moved


def _umap(points: np.ndarray, seed: int, near: tuple[np.ndarray, np.ndarray] | None) -> np.ndarray:
    import umap  # several seconds of compilation: only where a map is drawn

    fit = umap.UMAP(
        n_neighbors=PLACING_NEIGHBOURS,
        min_dist=0.1,
        init="pca",
        random_state=seed,
        n_jobs=1,
        precomputed_knn=(None, None, None) if near is None else (*near, None),
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "precomputed_knn")  # that it could place no new image
        return fit.fit_transform(points)


def _near(unit: Vectors, neighbours: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each image and its nearest, (n, 15) int32, and their distances, as UMAP takes them."""
    own = np.arange(len(neighbours), dtype=np.int32)[:, None]
    near = np.hstack([own, neighbours[:, : PLACING_NEIGHBOURS - 1]])
    distances = np.zeros(near.shape, dtype=np.float32)
    for start in range(0, len(near), _PAIRED_ROWS):
        here = slice(start, start + _PAIRED_ROWS)
        cosines = [
            np.einsum("nd,nkd->nk", _single(block[here]), _single(block[near[here]]))
            for block in (unit.clip_image, unit.bert_text)
        ]
        distances[here] = np.sqrt(np.maximum(2 - 2 * fused(*cosines), 0))
    distances[near < 0] = 0
    distances[:, 0] = 0
    return near, np.nan_to_num(distances)


def _components(unit: Vectors, number: int) -> np.ndarray:
    """Return the images' first principal components, (n, number) float32."""
    means = [_mean(block) for block in (unit.clip_image, unit.bert_text)]
    products = np.zeros((sum(map(len, means)),) * 2)
    for points in _centred(unit, means):
        products += points.T @ points
    _, axes = np.linalg.eigh(products)
    axes = axes[:, ::-1][:, :number].astype(np.float32)
    largest = np.abs(axes).argmax(axis=0)
    axes *= np.sign(axes[largest, np.arange(number)])  # eigenvectors have no sign of their own
    return np.concatenate([points @ axes for points in _centred(unit, means)])


def _mean(block: np.ndarray) -> np.ndarray:
    sums, count = np.zeros(block.shape[1]), 0
    for start in range(0, len(block), _ROWS):
        points = _single(block[start : start + _ROWS])
        points = points[~np.isnan(points[:, 0])]
        sums += points.sum(axis=0, dtype=np.float64)
        count += len(points)
    return (sums / max(count, 1)).astype(np.float32)


def _centred(unit: Vectors, means: list[np.ndarray]) -> Iterator[np.ndarray]:
    for start in range(0, len(unit), _ROWS):
        here = slice(start, start + _ROWS)
        blocks = (unit.clip_image[here], unit.bert_text[here])
        centred = [_single(block) - mean for block, mean in zip(blocks, means, strict=True)]
        yield np.nan_to_num(np.hstack(centred))


def _single(vectors: np.ndarray) -> np.ndarray:
    return np.asarray(vectors, dtype=np.float32)


def place_on_map(
    positions: np.ndarray, neighbours: np.ndarray, similarity: np.ndarray
) -> tuple[float, float]:
    """Place a new image at the mean of its neighbours, weighted by similarity.

    Measured on 125,000 images, that lies within 0.07 map units of where UMAP's own ``transform``
    puts it, without its minute of compilation.

    Parameters
    ----------
    positions : ndarray (n_images, 2)
    neighbours : ndarray (k,) int
        Rows of the nearest images; -1 is left out.
    similarity : ndarray (k,)
        Their cosines.
    """
    if not (neighbours >= 0).any():
        x, y = positions.mean(axis=0)
        return float(x), float(y)
    known = neighbours[:PLACING_NEIGHBOURS] >= 0
    rows = neighbours[:PLACING_NEIGHBOURS][known]
    weights = np.exp(10 * (similarity[:PLACING_NEIGHBOURS][known] - similarity[0]))
    x, y = np.average(positions[rows], axis=0, weights=weights)
    return float(x), float(y)
