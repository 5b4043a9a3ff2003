"""Scores of given pairs under every ranker, as a table."""

import numpy as np
import pandas as pd

from mmrec_core.errors import InputError
from mmrec_core.serving.recommender import Recommender


def score_table(recommender: Recommender, pairs: pd.DataFrame) -> pd.DataFrame:
    """Score pairs of the bundle's images under every ranker.

    Parameters
    ----------
    recommender : Recommender
    pairs : DataFrame
        ``query`` and ``candidate`` (names in the bundle), and any other columns.

    Returns
    -------
    DataFrame
        ``pairs`` with ``<ranker>_score`` (raw) and ``<ranker>_probability`` (calibrated) of each
        ranker, NaN where a ranker has nothing to compare or nothing was calibrated.

    Examples
    --------
    >>> import pandas as pd
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.serving.recommender import Recommender
    >>> from mmrec_core.serving.score_table import score_table
    >>> birds = ["animals/birds/magpie.png", "animals/amphibians/frog-1.png"]
    >>> pairs = pd.DataFrame({"query": birds, "candidate": birds[::-1]})
    >>> table = score_table(Recommender(open_bundle("artifacts/demo")), pairs)
    >>> table["clip_score"].round(3).nunique()
    1
    """
    index_of, ranker = recommender.bundle.index_of, recommender.ranker
    rows = np.array([index_of(image) for image in pairs["candidate"]], dtype=int)
    columns = {
        f"{name}_{kind}": np.full(len(pairs), np.nan)
        for name in recommender.rankers
        for kind in ("score", "probability")
    }
    taken = [name for name in columns if name in pairs.columns]
    if taken:
        raise InputError(
            f"the pairs already have a column {taken[0]!r}, which is to be written: rename it."
        )
    for query, places in pairs.groupby("query", sort=False).indices.items():
        for name, scores in recommender.score_pairs(index_of(str(query)), rows[places]).items():
            columns[f"{name}_score"][places] = scores
            if ranker:
                probability = ranker.calibration[name].probability(scores)
                columns[f"{name}_probability"][places] = probability
    return pairs.assign(**columns)
