"""ROC and precision–recall curves of the rankers."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from mmrec_core.plots.chart import SHARE, band, faint_line, framed, ranker_line

_FIRST_RECALL = 0.01  # before it, precision jumps with every pair


def roc_plot(
    curves: Mapping[str, pd.DataFrame],
    names: Mapping[str, str],
    *,
    band: pd.DataFrame,
    emphasised: str,
    x: str = "false positive rate",
    y: str = "true positive rate",
    height: int = 360,
) -> go.Figure:
    """Draw the share of relevant pairs found against the share of irrelevant ones let in.

    Parameters
    ----------
    curves : mapping of str to DataFrame
        Each ranker's `mmrec_core.evaluation.curves.roc`.
    names : mapping of str to str
        What the rankers are called.
    band : DataFrame
        The 95 % band of ``emphasised``: ``fpr``, ``low``, ``high``.
    emphasised : str
        The ranker drawn thick.
    x, y : str
        The axes' titles.
    height : int
        In pixels.
    """
    return _curves(curves, names, band, emphasised, guessing=(0, 1), x=x, y=y, height=height)


def precision_recall_plot(
    curves: Mapping[str, pd.DataFrame],
    names: Mapping[str, str],
    *,
    band: pd.DataFrame,
    emphasised: str,
    share: float,
    x: str = "recall",
    y: str = "precision",
    height: int = 360,
) -> go.Figure:
    """Draw which share of what is called relevant is so, against the share found, from 1 % on.

    Parameters
    ----------
    curves : mapping of str to DataFrame
        Each ranker's `mmrec_core.evaluation.curves.precision_recall`.
    band : DataFrame
        The 95 % band of ``emphasised``: ``recall``, ``low``, ``high``.
    share : float
        The share of relevant pairs.
    names, emphasised, x, y, height
        As for `roc_plot`.

    Examples
    --------
    >>> import pandas as pd
    >>> from mmrec_core.plots.ranker_curves import precision_recall_plot
    >>> curve = pd.DataFrame({"recall": [0.5, 1.0], "precision": [1.0, 0.67]})
    >>> band = pd.DataFrame({"recall": [0.5, 1.0], "low": [0.8, 0.5], "high": [1.0, 0.8]})
    >>> figure = precision_recall_plot(
    ...     {"clip": curve}, {"clip": "CLIP"}, band=band, emphasised="clip", share=0.5
    ... )
    >>> figure.data[-1].name
    'CLIP'
    """
    from_one_percent = {
        name: curve[curve["recall"] >= _FIRST_RECALL] for name, curve in curves.items()
    }
    guessing = (share, share)
    return _curves(from_one_percent, names, band, emphasised, guessing, x=x, y=y, height=height)


def _curves(
    curves: Mapping[str, pd.DataFrame],
    names: Mapping[str, str],
    around: pd.DataFrame,
    emphasised: str,
    guessing: tuple[float, float],
    *,
    x: str,
    y: str,
    height: int,
) -> go.Figure:
    """Draw curves of two columns each; ``guessing`` is the height of a blind guess at 0 and 1."""
    traces = [faint_line(guessing)]
    hover = f"{x} %{{x:.2f}}<br>{y} %{{y:.2f}}"
    for ranker, curve in curves.items():
        across, up = curve.columns
        if ranker == emphasised:
            traces += band(emphasised, around[across], around["low"], around["high"])
        traces.append(
            ranker_line(
                ranker, names[ranker], curve[across], curve[up], hover, ranker == emphasised
            )
        )
    return framed(traces, x=x, y=y, height=height, xaxis=SHARE, yaxis=SHARE)
