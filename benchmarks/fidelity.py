"""What half precision and the shortlist change: `python -m benchmarks.fidelity BUNDLE`.

The same ranker answers by vectors of single precision, all of them compared, and as the app does:
how many lists of ten are the same, and by how much the features of the same pairs differ.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from mmrec_core.bundle import open_bundle
from mmrec_core.collection.prepared import Prepared
from mmrec_core.ranker.pair_features import NAMES, pair_features
from mmrec_core.serving.answers import Query
from mmrec_core.serving.recommender import Recommender

SHOWN = 10


def main() -> None:
    """Print how many lists agree, and the largest difference of each feature."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--queries", type=int, default=1000)
    told = parser.parse_args()
    bundle = open_bundle(told.bundle)
    as_served, single = Recommender(bundle), Recommender(bundle)
    vectors = single.collection.vectors
    prepared = Prepared(vectors.normalised, single.collection.lengths)
    single.collection = replace(single.collection, prepared=prepared)
    drawn = np.random.default_rng(0).permutation(len(bundle.items))[: told.queries]
    same, shared, off = 0, [], np.zeros(len(NAMES))
    for row in tqdm(drawn, "queries", leave=False):
        query = Query(bundle.image(int(row)))
        lists = []
        for recommender in (as_served, single):
            ordered = recommender.ordered(recommender.score(query))
            lists.append(ordered.scored.candidates[ordered.order[:SHOWN]])
        same += bool(np.array_equal(*lists))
        shared.append(len(np.intersect1d(*lists)) / len(lists[0]))
        rows = single.collection.candidates(single.collection.place_row(row), single.settings)
        both = [
            pair_features(one.collection, one.collection.place_row(row), rows, rows)
            for one in (as_served, single)
        ]
        off = np.fmax(off, np.nanmax(np.abs(both[0] - both[1]), axis=0, initial=0))
    print(f"{bundle.name}: {len(drawn)} queries")
    print(f"the same first {SHOWN} in the same order: {same / len(drawn):.1%}")
    print(f"images shared by both lists of {SHOWN}: {np.mean(shared):.2%}")
    for name, largest in zip(NAMES, off, strict=True):
        print(f"  {name:28} differs by at most {largest:.5f}")


if __name__ == "__main__":
    main()
