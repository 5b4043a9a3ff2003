"""A query set's figure in successive builds, and where it got worse."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from mmrec_core.errors import OptionError
from mmrec_core.evaluation.bootstrap import Estimate, draws, mean
from mmrec_core.evaluation.query_figures import RECALL
from mmrec_core.query_sets.builds import METRICS, RecordedBuild

_NONE = Estimate(value=None, low=None, high=None)


def over_builds(
    builds: Sequence[RecordedBuild],
    ranker: str,
    metric: str,
    images: Sequence[str] | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Return one ranker's figure in each build, with its change against the build before.

    Parameters
    ----------
    builds : sequence of RecordedBuild
        The oldest first.
    ranker : str
        Builds without it are left out.
    metric : str
        One of `mmrec_core.query_sets.builds.METRICS`.
    images : sequence of str, optional
        Names of the queries that count; all without it.
    seed : int
        Seed of the bootstrap over queries.

    Returns
    -------
    DataFrame
        ``digest``, ``built``, ``queries`` (that have the figure), ``value``, ``low``, ``high``
        (mean over these with its 95 % interval), ``candidate_recall`` (mean), and against the build
        in the row before, paired over the queries of both: ``shared`` (their number),
        ``difference``, ``difference_low``, ``difference_high``, and ``worse``, whether that
        interval lies below 0. NaN where there is nothing to compare.
    """
    if metric not in METRICS:
        raise OptionError(f"metric must be one of {', '.join(METRICS)}, got {metric!r}")
    chosen = None if images is None else set(images)
    drawn: dict[int, np.ndarray] = {}

    def interval(values: pd.Series) -> Estimate:
        n = len(values)
        if not n:
            return _NONE
        if n not in drawn:
            drawn[n] = draws(n, seed)
        return mean(values.to_numpy(float), drawn[n])

    rows: list[dict[str, Any]] = []
    before: pd.Series | None = None
    for build in builds:
        if ranker not in build.rankers:
            continue
        table = build.figures
        if chosen is not None:
            table = table[table["image"].isin(chosen)]
        table = table.set_index("image")
        values = table[f"{ranker}_{METRICS[metric]}"]
        figure, change, shared = interval(values), _NONE, 0
        if before is not None:
            moved = values - before if values.index.equals(before.index) else _moved(values, before)
            change, shared = interval(moved), int(moved.notna().sum())
        rows.append(
            {
                "digest": build.digest,
                "built": build.built,
                "queries": int(values.notna().sum()),
                **figure,
                "candidate_recall": float(table[RECALL].mean()),
                "shared": shared,
                "difference": change["value"],
                "difference_low": change["low"],
                "difference_high": change["high"],
                "worse": change["high"] is not None and change["high"] < 0,
            }
        )
        before = values
    numbers = ("value", "low", "high", "difference", "difference_low", "difference_high")
    columns = (
        "digest", "built", "queries", "value", "low", "high", "candidate_recall", "shared",
        "difference", "difference_low", "difference_high", "worse",
    )  # fmt: skip
    return pd.DataFrame(rows, columns=list(columns)).astype(dict.fromkeys(numbers, float))


def _moved(values: pd.Series, before: pd.Series) -> pd.Series:
    both = values.index.intersection(before.index)
    return values[both] - before[both]


def history_lines(table: pd.DataFrame, metric: str, ranker: str) -> list[str]:
    """Return what `over_builds` gives as lines for the terminal."""
    if not len(table):
        return [
            f"No build with the ranker {ranker} is recorded: `mmrec build`, `train` and `evaluate` "
            "record one."
        ]
    lines = [
        f"{metric} of {ranker} over {len(table)} builds, on queries with a relevant candidate of "
        "that build; each is compared with the one before on the queries of both:",
        f"  {'built (UTC)':20} {'digest':12} {'queries':>7}  {metric:22} {'change':25} "
        "recall of candidates",
    ]
    for row in table.to_dict("records"):
        figure = _cell(row["value"], row["low"], row["high"])
        change = _cell(row["difference"], row["difference_low"], row["difference_high"], "+")
        lines.append(
            f"  {row['built'][:19]:20} {row['digest'][:12]:12} {row['queries']:>7,}  {figure:22} "
            f"{change:25} {row['candidate_recall']:.3f}{'  worse' if row['worse'] else ''}"
        )
    return lines


def _cell(value: float, low: float, high: float, sign: str = "") -> str:
    if np.isnan(value):
        return "–"
    return f"{value:{sign}.3f} [{low:{sign}.3f}, {high:{sign}.3f}]"
