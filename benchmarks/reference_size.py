"""The Yandex set's size: made files of the reference's formats go through a whole import.

    python -m benchmarks.reference_size FOLDER [--images 125000] [--pairs text_data.csv] [--seed 0]

Prints seconds and peak memory of every stage, the rate of reading JSON Lines, and how many times as
fast candidates and pair features are as loops over rows, on the same rows. Vectors are drawn around
500 centres, so nothing here says anything about quality. Files stay in FOLDER and are used again.
"""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd
from tqdm import tqdm

from mmrec_core.bundle import Bundle, open_bundle
from mmrec_core.ranker.pair_features import NAMES, pair_features
from mmrec_core.recipes import import_reference
from mmrec_core.reference.clustering import ReferenceClusters, nearest_clusters
from mmrec_core.serving.recommender import Recommender

CLIP, BERT, CENTRES, LATENT = 512, 768, 500, 24
LOOPED_IMAGES = 12


def write_files(folder: Path, images: int, pairs: Path | None, seed: int) -> None:
    """Write vectors, texts and judged pairs, unless they are there."""
    folder.mkdir(parents=True, exist_ok=True)
    generator = np.random.default_rng(seed)
    judged = pd.read_csv(pairs) if pairs else _judged(images, generator)
    judged.to_csv(folder / "01_text_data.csv", index=False, float_format="%.5f")
    named = pd.unique(judged.iloc[:, :2].to_numpy().ravel())
    more = (f"img_{row}_9.jpg" for row in range(max(0, images - len(named))))
    names = [*named[:images], *more]
    texts = folder / "01_image_text_dataset.json"
    with texts.open("w", encoding="utf-8") as handle:
        for row, name in enumerate(names):
            line = {"img": name, "txt": f"товар {row % CENTRES} в магазине номер {row % 977}"}
            handle.write(json.dumps(line, ensure_ascii=False) + "\n")
    target = folder / "clip_bert.json"
    if target.exists() and sum(1 for _ in target.open("rb")) == images:
        return
    blocks = [(CLIP, 10.0), (BERT, 15.0)]
    centres = [generator.normal(0, s / np.sqrt(d), (CENTRES, d)) * 0.8 for d, s in blocks]
    mixing = [generator.normal(0, s / np.sqrt(d * LATENT), (LATENT, d)) * 0.4 for d, s in blocks]
    with target.open("w", encoding="utf-8") as handle:
        for row, name in enumerate(tqdm(names, "made vectors", leave=False)):
            latent = generator.normal(size=LATENT)
            clip, bert = (
                (
                    centre[row % CENTRES]
                    + latent @ mix
                    + generator.normal(0, 0.4 * s / np.sqrt(d), d)
                ).astype(np.float32)
                for centre, mix, (d, s) in zip(centres, mixing, blocks, strict=True)
            )
            line = {"img": name, "clip": clip.tolist(), "bert": bert.tolist()}
            handle.write(json.dumps(line) + "\n")


def _judged(images: int, generator: np.random.Generator) -> pd.DataFrame:
    """Return pairs of the real file's shape: a quarter of the images queries, 3.6 pairs each."""
    queries = np.arange(0, images, 4)
    sizes = np.clip(generator.geometric(1 / 3.6, len(queries)), 1, 31)
    rows = np.repeat(queries, sizes)
    near = rows + CENTRES * generator.integers(1, 40, len(rows))
    far = generator.integers(images, size=len(rows))
    relevant = generator.random(len(rows)) < 0.72
    candidates = np.where(relevant, near, far) % images
    kept = candidates != rows
    table = pd.DataFrame(
        {
            "img_bert_1": [f"img_{row}_0.jpg" for row in rows[kept]],
            "img_bert_2": [f"img_{row}_{int(row % 4 > 0)}.jpg" for row in candidates[kept]],
            "target": relevant[kept].astype(float),
        }
    )
    return table.drop_duplicates(["img_bert_1", "img_bert_2"])


class StageMeter:
    """Notes seconds and peak memory between the lines that a build says."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, float, float]] = []
        self._stage, self._start = "", perf_counter()

    def __call__(self, line: str) -> None:
        if self._stage:
            seconds = perf_counter() - self._start
            self.rows.append((self._stage, seconds, _peak_memory()))
            print(f"  {self._stage:20}{seconds:9.1f} s{self.rows[-1][2]:8.2f} GiB", flush=True)
        self._stage, self._start = line.partition("] ")[2], perf_counter()
        _forget_peak()


def _peak_memory() -> float:
    status = Path("/proc/self/status").read_text()
    found = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(found.split()[1]) / 2**20


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def against_loops(bundle: Bundle) -> None:
    """Candidates against a loop over rows, as the reference has them, and pair features."""
    recommender = Recommender(bundle)
    unit = recommender.collection.unit.rows(slice(None))
    points = np.hstack([unit.clip_image, unit.bert_text])
    centres, labels = np.asarray(bundle.centroids), np.asarray(bundle.cluster_of)
    listed = labels.tolist()

    def looped_candidates() -> int:
        found = 0
        for image in range(LOOPED_IMAGES):
            distances = [float(np.linalg.norm(points[image] - centre)) for centre in centres]
            near = sorted(range(len(centres)), key=distances.__getitem__)[:3]
            rows = [row for row, label in enumerate(listed) if label in near and row != image]
            found += len(rows)
        return found

    many = min(4096, len(labels))

    def candidates() -> int:
        squared = (centres**2).sum(axis=1) - 2 * points[:many] @ centres.T
        distances = np.sqrt(np.maximum(squared + (points[:many] ** 2).sum(axis=1)[:, None], 0))
        near = nearest_clusters(distances.argmin(axis=1), distances)
        clusters = ReferenceClusters(labels, near)
        return sum(len(clusters.candidates(row)) for row in range(many))

    loop, fast = _seconds(looped_candidates)[0] / LOOPED_IMAGES, _seconds(candidates)[0] / many
    print(f"candidates of an image: loop {loop * 1e3:.2f} ms, here {fast * 1e3:.4f} ms, "
          f"{loop / fast:,.0f} times as fast")  # fmt: skip

    collection = recommender.collection

    def eighteen() -> int:
        size = 0
        for row in range(0, len(labels), max(1, len(labels) // 50)):
            placed = collection.place_row(row)
            rows = collection.candidates(placed, recommender.settings)
            size += len(pair_features(collection, placed, rows, rows))
        return size

    seconds, size = _seconds(eighteen)
    print(f"all {len(NAMES)} features of the default recipe: {seconds / size * 1e6:.1f} µs a pair")


def _seconds(function: Callable[[], int]) -> tuple[float, int]:
    """Return the shortest of three runs, and what the function returned."""
    runs = []
    for _ in range(3):
        start = perf_counter()
        found = function()
        runs.append(perf_counter() - start)
    return min(runs), found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--images", type=int, default=125_000)
    parser.add_argument("--pairs", type=Path, help="a real file of judged pairs")
    parser.add_argument("--map", choices=("umap", "pca"), default="umap")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    files, out = given.folder / "files", given.folder / "bundle"
    write_files(files, given.images, given.pairs, given.seed)
    size = (files / "clip_bert.json").stat().st_size
    print(f"{given.images:,} images, {size / 2**30:.2f} GiB of vectors as text")
    meter = StageMeter()
    out = import_reference(files, out, say=meter, force=out.exists(), map=given.map)
    meter("")
    reading = meter.rows[0][1]
    print(f"  whole{sum(row[1] for row in meter.rows):24.1f} s; "
          f"the first stage reads {size / reading / 1e6:.0f} MB/s", file=sys.stdout)  # fmt: skip
    against_loops(open_bundle(out))


if __name__ == "__main__":
    main()
