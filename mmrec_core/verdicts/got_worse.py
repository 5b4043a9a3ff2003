"""The queries of a bundle that another bundle ranks better: what got worse, to be graded."""

import pandas as pd

from mmrec_core.verdicts.queue import WORSE


def worse_than(queries: pd.DataFrame, moved: pd.DataFrame, ranker: str) -> pd.DataFrame:
    """Return the queries on which a bundle is worse than another.

    Parameters
    ----------
    queries : DataFrame
        What `mmrec_core.verdicts.queue.all_queries` gives.
    moved : DataFrame
        What `mmrec_core.differences.queries.moved_queries` gives, with the bundle as A.
    ranker : str

    Returns
    -------
    DataFrame
        Those rows, with ``{ranker}_worse``, by how much the other is better.
    """
    worse = queries["query"].map(moved.set_index("query")["difference"])
    return queries.assign(**{f"{ranker}_{WORSE}": worse})[(worse > 0).to_numpy()]
