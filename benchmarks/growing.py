"""Grown bundles against builds from scratch: ``python -m benchmarks.growing [--labels no]``.

Nine tenths of the demo's stamps are built, the others are added in ten times one hundredth. Printed
is which share of each image's first ten recommendations is the same as in other bundles of the same
images:

- the fitted parts of the grown bundle with all else computed anew over all images, which says what
  adding itself loses;
- a build from scratch over all images, by the ranker and by the mean of both cosines;
- a build from scratch of the very vectors of the grown bundle, as encoders give them that are not
  fitted to the collection;
- and, as a measure for these, two builds from scratch of which one lacks a hundredth of the
  images, over those of both: what a refit moves by itself.

``--images DIR --captions FILE`` takes another collection, ``--labels no`` leaves its labels out, so
that there is no ranker.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
import pandas as pd

from mmrec_core.building.stages import cross_fitting
from mmrec_core.bundle import open_bundle
from mmrec_core.bundle.growth import growth_of, in_words
from mmrec_core.collection.candidates import Collection
from mmrec_core.collection.clusters import assign
from mmrec_core.collection.learned_space import LearnedSpace
from mmrec_core.collection.neighbours import all_neighbours
from mmrec_core.config import BuildConfig, make_config
from mmrec_core.datasets.demo import demo_config
from mmrec_core.exporting.formats import export_bundle
from mmrec_core.exporting.images import Export
from mmrec_core.growing.adding import add_images
from mmrec_core.recipes import build, import_vectors
from mmrec_core.serving.answers import Query
from mmrec_core.serving.recommender import Recommender

FIRST = 10
TIMES = 10


def first_ones(
    recommender: Recommender, images: Sequence[str], ranker: str, among: set[str]
) -> list[list[str]]:
    """Return the names of each image's first ten recommendations among some images."""
    lists = []
    for image in images:
        scored = recommender.score(Query(image))
        ordered = recommender.ordered(scored, ranker=ranker)
        names = (recommender.bundle.image(int(scored.candidates[p])) for p in ordered.order)
        lists.append([name for name in names if name in among][:FIRST])
    return lists


def agreement(first: Recommender, second: Recommender, ranker: str) -> str:
    """Return which share of the first ten two bundles have in common, over images of both."""
    common = [image for image in first.bundle.items["image"] if image in second.bundle]
    lists = [first_ones(each, common, ranker, set(common)) for each in (first, second)]
    shares = [len({*a} & {*b}) / max(len(a), len(b), 1) for a, b in zip(*lists, strict=True)]
    same = np.mean([a == b for a, b in zip(*lists, strict=True)])
    return f"{np.mean(shares):.1%} of the first {FIRST} ({same:.1%} of the lists the same)"


def computed_anew(grown: Recommender) -> Recommender:
    """Return a recommender of the same fitted parts, all else computed over all images at once."""
    anew, own = Recommender(grown.bundle), grown.collection
    unit = own.unit
    anew.collection = Collection.of(
        own.vectors,
        assign(unit, own.centroids),
        own.centroids,
        all_neighbours(unit),
        grown.bundle.pairs,
        learned=LearnedSpace.of(own.learned.metric, unit, own.training_relevance)
        if own.learned and own.training_relevance
        else None,
    )
    return anew


def main() -> None:
    """Build, add, compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=Path)
    parser.add_argument("--captions", type=Path)
    parser.add_argument("--labels", choices=("yes", "no"), default="yes")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    cross_fitting.MOST_QUERIES = 0  # no recommendation comes of the further folds
    with TemporaryDirectory() as made:
        folder = Path(made)
        demo = demo_config(folder / "demo") if given.images is None else None
        images = demo.images if demo else given.images
        table = pd.read_csv(demo.captions if demo and demo.captions else given.captions, dtype=str)
        if given.labels == "no":
            table = table.drop(columns="label")
        order = np.random.default_rng(given.seed).permutation(len(table))
        hundredth = max(1, round(len(table) / 100))

        def captions(rows: np.ndarray, name: str) -> Path:
            table.iloc[np.sort(rows)].to_csv(folder / f"{name}.csv", index=False)
            return folder / f"{name}.csv"

        def built(rows: np.ndarray, name: str) -> Path:
            config: BuildConfig = make_config(
                images=images, captions=captions(rows, name), only_captioned=True,
                encoders="offline", map="pca", out=folder / name,
            )  # fmt: skip
            start = perf_counter()
            build(config, say=lambda line: None)
            print(f"built {name}: {len(rows)} images, {perf_counter() - start:.0f} s", flush=True)
            return config.out

        old, new = order[TIMES * hundredth :], order[: TIMES * hundredth]
        grown = built(old, "grown")
        times = []
        for number, rows in enumerate(np.array_split(new, TIMES)):
            start = perf_counter()
            add_images(
                grown, images, captions(rows, f"added-{number}"), only_captioned=True,
                say=lambda line: None,
            )  # fmt: skip
            times.append(perf_counter() - start)
        print(f"added {TIMES} times {hundredth}: {np.median(times):.1f} s at the median")
        growth = growth_of(open_bundle(grown))
        print("\n".join(f"  {line}" for line in in_words(growth))) if growth else None
        scratch, less = built(order, "scratch"), built(order[hundredth:], "less")
        by_name = {name: Recommender(open_bundle(folder / name)) for name in ("grown", "scratch")}
        by_name |= {"less": Recommender(open_bundle(less)), "anew": computed_anew(by_name["grown"])}
        assert scratch == folder / "scratch"
        tables = export_bundle(Export(open_bundle(grown)), "parquet", folder / "tables")
        vectors = import_vectors([tables], folder / "vectors", map="pca", say=lambda line: None)
        by_name["vectors"] = Recommender(open_bundle(vectors))
        for ranker in by_name["grown"].rankers:
            print(f"{ranker}:")
            for what, first, second in (
                ("grown, and the rest computed anew", "grown", "anew"),
                ("grown, and built from scratch", "grown", "scratch"),
                ("grown, and built from scratch of its vectors", "grown", "vectors"),
                ("built from scratch twice, one without a hundredth", "scratch", "less"),
            ):
                print(f"  {what}: {agreement(by_name[first], by_name[second], ranker)}", flush=True)


if __name__ == "__main__":
    main()
