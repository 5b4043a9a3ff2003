"""Measured figures as a table."""

from typing import Any

import pandas as pd


def metrics_table(metrics: dict[str, Any]) -> pd.DataFrame:
    """Return the figures of every ranker with their 95 % intervals.

    Parameters
    ----------
    metrics : dict
        What `mmrec_core.evaluation.evaluate.evaluate_bundle` gives, or ``bundle.metrics``.

    Returns
    -------
    DataFrame
        One row a ranker; columns of two levels: the metric, and ``value``, ``low``, ``high``. NaN
        where a metric is not defined; empty for a bundle without held-out pairs.

    Examples
    --------
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.evaluation.metrics_table import metrics_table
    >>> table = metrics_table(open_bundle("artifacts/demo").metrics)
    >>> list(table.index)
    ['model', 'clip', 'bert', 'fused']
    >>> bool(table.loc["model", ("auc", "value")] > table.loc["fused", ("auc", "value")])
    True
    """
    return pd.DataFrame.from_dict(
        {
            ranker: {
                (metric, bound): estimate[bound]
                for metric, estimate in row.items()
                if isinstance(estimate, dict) and "value" in estimate
                for bound in ("value", "low", "high")
            }
            for ranker, row in metrics["rankers"].items()
        },
        orient="index",
        dtype=float,
    )
