"""`make bench`: milliseconds of a recommendation by stage, and the vectorised code against a loop.

Machines are noisy: medians over many queries, and ratios of two ways measured in one run.
"""

import sys
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
from PIL import Image

from mmrec_core.bundle import open_bundle
from mmrec_core.ranker.pair_features import NAMES, pair_features
from mmrec_core.serving.recommender import Query, Recommender

QUERIES = 100


def by_stage(recommender: Recommender) -> None:
    images = recommender.bundle.items["image"].sample(QUERIES, random_state=0)
    print(f"milliseconds by stage, median of {QUERIES} queries of the bundle, k = 5")
    for ranker in recommender.rankers:
        recommender.recommend(Query(images.iloc[0]), ranker=ranker)
        runs = [recommender.recommend(Query(image), ranker=ranker) for image in images]
        stages = {s: median(run.timings_ms[s] for run in runs) for s in runs[0].timings_ms}
        row = "  ".join(f"{stage} {value:.2f}" for stage, value in stages.items())
        print(f"  {ranker:6} {row}  total {sum(stages.values()):.2f}")


def upload(recommender: Recommender) -> None:
    picture = Image.effect_noise((640, 480), 60).convert("RGB")
    recommender.recommend(Query(picture, "a picture"))
    runs = [recommender.recommend(Query(picture, "a picture")).timings_ms for _ in range(10)]
    print(f"a new image of 640×480 with a caption: embed {median(r['embed'] for r in runs):.0f} ms")


def against_a_loop(recommender: Recommender) -> None:
    """Cosines and distances of each pair one by one, as the reference pipeline computes them."""
    collection, bundle = recommender.collection, recommender.bundle
    placed = collection.place_row(0)
    rows = collection.candidates(placed, recommender.settings)
    start = perf_counter()
    for row in rows:
        for vectors in (bundle.clip_image, bundle.bert_text):
            a, b = np.asarray(vectors[0]), np.asarray(vectors[row])
            np.dot(a, b) / (np.linalg.norm(a) * np.linalg.norm(b))
            np.linalg.norm(a - b)
    looped = perf_counter() - start
    times = []
    for _ in range(20):
        start = perf_counter()
        pair_features(collection, placed, rows, rows)
        times.append(perf_counter() - start)
    print(
        f"pair features of {len(rows)} candidates: {median(times) * 1000:.2f} ms for all "
        f"{len(NAMES)}; the 4 similarities alone in a loop over pairs: {looped * 1000:.2f} ms"
    )


def main() -> None:
    bundle = open_bundle(Path(sys.argv[1] if len(sys.argv) > 1 else "artifacts/demo"))
    recommender = Recommender(bundle)
    print(f"{bundle.name}: {len(bundle.items):,} images, {len(bundle.centroids)} clusters")
    by_stage(recommender)
    upload(recommender)
    against_a_loop(recommender)


if __name__ == "__main__":
    main()
