"""Neighbour lists from shards are those of the whole collection."""

import numpy as np
import pytest

from mmrec_core.collection.neighbour_shards import ShardedSearch
from mmrec_core.collection.neighbours import NeighbourSearch
from mmrec_core.collection.vectors import Vectors


def copies_and_gaps(images: int, seed: int = 0) -> Vectors:
    """Vectors of length 1, some of them equal, and some images without a caption."""
    generator = np.random.default_rng(seed)
    few = generator.normal(size=(2, images // 3, 24)).astype(np.float32)
    image, text = few[:, generator.integers(images // 3, size=images)]
    text[generator.integers(images, size=images // 8)] = np.nan
    return Vectors(image, text, text).normalised


@pytest.mark.parametrize("size", [7, 64, 240])
def test_lists_from_shards_are_those_of_the_whole_collection(size):
    unit = copies_and_gaps(240)
    rows = list(range(100, 180))
    search = ShardedSearch.of(unit, lambda shard: lambda: shard, 30, size)
    np.testing.assert_array_equal(search(rows), NeighbourSearch(unit).lists(rows, 30))
