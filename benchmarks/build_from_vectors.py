"""What a large build does with given vectors: clusters, neighbour lists and the map.

    python -m benchmarks.build_from_vectors FOLDER [--images 125000] [--seed 0]

Prints seconds, seconds of the processor (all cores) and peak memory of each, then each against the
code for small collections: inertia beside scikit-learn's mini-batches, lists beside exact search.
Vectors are drawn as `mmrec bench` draws them, kept in FOLDER, and read as half precision, mapped.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.cluster import MiniBatchKMeans
from threadpoolctl import threadpool_limits

from mmrec_core.collection.clusters import assign, default_number_of_clusters, fit_centroids
from mmrec_core.collection.map import draw_map
from mmrec_core.collection.neighbour_cells import CellSearch, cut
from mmrec_core.collection.neighbours import BOTH, DEEP, IMAGE, TEXT
from mmrec_core.collection.vectors import Vectors, unit
from mmrec_core.files import read_array
from mmrec_core.measuring.mixture import DIMENSIONS, Mixture
from mmrec_core.measuring.process_memory import forget_peak, peak_bytes

ROWS = 8192
LOOKED_AT = 256


def made(folder: Path, images: int, seed: int) -> Vectors:
    """Return vectors of length 1, float16, drawn once."""
    files = {name: folder / f"{name}-{images}-{seed}.npy" for name in DIMENSIONS}
    if not all(file.exists() for file in files.values()):
        folder.mkdir(parents=True, exist_ok=True)
        mixture = Mixture(images, seed)
        arrays = {
            name: np.lib.format.open_memmap(files[name], "w+", np.float16, (images, dimension))
            for name, dimension in DIMENSIONS.items()
        }
        for start in range(0, images, ROWS):
            rows = slice(start, min(start + ROWS, images))
            drawn = mixture.draw(rows.stop - start, np.random.default_rng([seed, images, start]))
            for name, values in drawn.vectors.items():
                arrays[name][rows] = unit(values)
    return Vectors(*map(read_array, files.values()))


@contextmanager
def measured(what: str) -> Iterator[None]:
    forget_peak()
    wall, processor = time.perf_counter(), time.process_time()
    yield
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    peak = peak_bytes() / 2**30
    print(f"  {what:32}{wall:9.1f} s{processor:9.1f} s{peak:8.2f} GiB", flush=True)


def timed(function: Callable[[], Any]) -> tuple[Any, float]:
    start = time.process_time()
    return function(), time.process_time() - start


def lists_of(vectors: Vectors, seed: int) -> tuple[np.ndarray, list[CellSearch]]:
    lists = np.full((len(vectors), 3, DEEP), -1, dtype=np.int32)
    every, searches = np.ones(len(vectors), dtype=bool), []
    for name, modality in (("pictures", IMAGE), ("captions", TEXT), ("both", BOTH)):
        with measured(f"cells by {name}"):
            cells = cut(vectors, modality, every, seed)
        with measured(f"neighbours by {name}"):
            search = CellSearch(vectors, modality, cells, every)
            lists[search.asking, modality] = search.lists(search.asking)
        searches.append(search)
    silent = np.isnan(vectors.bert_text[:, 0])
    lists[silent, BOTH] = lists[silent, IMAGE]
    return lists, searches


def against_exact(vectors: Vectors, lists: np.ndarray, searches: list[CellSearch]) -> None:
    for name, search in zip(("pictures", "captions", "both"), searches, strict=True):
        rows = np.random.default_rng(1).permutation(search.asking)[:LOOKED_AT]
        exact, seconds = timed(lambda rows=rows, search=search: search.exact_lists(rows))
        found = lists[rows, search.modality]
        recall = np.mean(
            [np.isin(e[:21], f[:21]).mean() for e, f in zip(exact, found, strict=True)]
        )
        whole = seconds * len(vectors) / len(rows)
        print(
            f"  by {name}: {recall:.2%} of the 21 nearest; {search.searched} of "
            f"{search.cell_of.max() + 1} cells searched; exact lists of all would take "
            f"{whole:.0f} s of the processor"
        )


def against_batches(vectors: Vectors, centroids: np.ndarray, seed: int) -> None:
    some = np.sort(np.random.default_rng(2).permutation(len(vectors))[:50_000])
    points = vectors.side_by_side(some)
    batches = MiniBatchKMeans(
        len(centroids), batch_size=4096, n_init=1, max_iter=8, random_state=seed
    )
    with threadpool_limits(limits=1):
        _, seconds = timed(lambda: batches.fit(points))
    here = fit_centroids(vectors, len(centroids), seed, some)
    ratio = inertia(points, here) / inertia(points, batches.cluster_centers_)
    print(
        f"  inertia of {len(some):,} images: {ratio:.4f} of mini-batches', "
        f"which take {seconds:.0f} s of the processor"
    )


def inertia(points: np.ndarray, centroids: np.ndarray) -> float:
    squares = (points**2).sum(axis=1)[:, None] + (centroids**2).sum(axis=1)
    return float((squares - 2 * points @ centroids.T).min(axis=1).sum())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--images", type=int, default=125_000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    vectors = made(given.folder, given.images, given.seed)
    print(f"{given.images:,} images: seconds, of the processor, peak memory")
    with measured("clusters"):
        number = default_number_of_clusters(len(vectors))
        centroids = fit_centroids(vectors, number, given.seed)
        assign(vectors, centroids)
    lists, searches = lists_of(vectors, given.seed)
    with measured("map"):
        draw_map(vectors, "umap", given.seed, lists[:, BOTH])
    against_exact(vectors, lists, searches)
    against_batches(vectors, centroids, given.seed)


if __name__ == "__main__":
    main()
