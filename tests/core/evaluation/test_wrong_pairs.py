"""Which pairs a ranker gets wrong."""

import numpy as np
import pandas as pd

from mmrec_core.evaluation.wrong_pairs import pairs_of_kind


def test_selected_pairs_are_on_the_wrong_side_of_the_threshold() -> None:
    table = pd.DataFrame(
        {"relevance": [0, 0, 1, 1, 1], "clip_probability": [0.9, 0.5, 0.5, 0.1, np.nan]}
    )
    assert pairs_of_kind(table, "negatives", "clip", 0.5).tolist() == [0, 1]
    assert pairs_of_kind(table, "positives", "clip", 0.5).tolist() == [3, 4]
    assert pairs_of_kind(table, "all", "clip", 0.5).tolist() == [0, 3, 1, 2, 4]
