"""The demo's scored pairs: made once for all tests of the package."""

import pandas as pd
import pytest

from mmrec_core.evaluation.scored_pairs import scored_pairs
from mmrec_core.serving.recommender import Recommender


@pytest.fixture(scope="package")
def scored(recommender: Recommender) -> pd.DataFrame:
    return scored_pairs(recommender)
