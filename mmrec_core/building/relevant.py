"""Which images are relevant to a query, in the whole collection."""

import numpy as np
import pandas as pd


def relevant_rows(
    table: pd.DataFrame, judged: pd.DataFrame | None, queries: np.ndarray
) -> dict[int, np.ndarray]:
    """Return the rows relevant to each query that has any: as judged, or all others of its label.

    Parameters
    ----------
    table : DataFrame
        The catalogue.
    judged : DataFrame or None
        Judged pairs by row.
    queries : ndarray (q,) int
    """
    if judged is not None:
        relevant = judged[judged["query"].isin(queries) & (judged["relevance"] == 1)]
        return {int(str(q)): g["candidate"].to_numpy() for q, g in relevant.groupby("query")}
    rows_of = table.groupby("label").indices
    same_label = {int(q): np.asarray(rows_of[table["label"].iat[q]]) for q in queries}
    others = {query: rows[rows != query] for query, rows in same_label.items()}
    return {query: rows for query, rows in others.items() if len(rows)}
