"""Which pairs a ranker gets wrong."""

import numpy as np
import pandas as pd

from mmrec_core.evaluation.curves import at_thresholds
from mmrec_core.evaluation.wrong_pairs import CELLS, pairs_of_kind


def test_selected_pairs_are_on_the_wrong_side_of_the_threshold() -> None:
    table = pd.DataFrame(
        {"relevance": [0, 0, 1, 1, 1], "clip_probability": [0.9, 0.5, 0.5, 0.1, np.nan]}
    )
    assert pairs_of_kind(table, "negatives", "clip", 0.5).tolist() == [0, 1]
    assert pairs_of_kind(table, "positives", "clip", 0.5).tolist() == [3, 4]
    assert pairs_of_kind(table, "all", "clip", 0.5).tolist() == [0, 3, 1, 2, 4]


def test_each_cell_of_the_confusion_matrix_has_its_pairs() -> None:
    generator = np.random.default_rng(0)
    relevance = generator.integers(0, 2, 200)
    probability = generator.choice([0.1, 0.3, 0.5, 0.7, np.nan], 200)
    table = pd.DataFrame({"relevance": relevance, "clip_probability": probability})
    for threshold in (0.0, 0.3, 0.5, 1.0):
        counts = at_thresholds(relevance, probability, np.array([threshold])).iloc[0]
        for cell, kind in CELLS.items():
            assert len(pairs_of_kind(table, kind, "clip", threshold)) == counts[cell]
