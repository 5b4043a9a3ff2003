"""The strengths of several systems from preferences between two at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse.csgraph import connected_components

from mmrec_core.evaluation.bootstrap import Estimate, draws, estimate
from mmrec_core.preferences.judged import wins

_STEPS = 500
_FARTHEST = 10.0  # of a log-odds from the mean: who lost all in a resample has no finite one


@dataclass(frozen=True)
class Strengths:
    """Bradley and Terry's strengths.

    Attributes
    ----------
    queries : int
    systems : tuple of str
        The strongest first.
    left_out : tuple of str
        Systems that were compared too, and won or lost all against these.
    of : dict of str to Estimate
        Log-odds, 0 on average: system a is preferred to b with the probability
        1 / (1 + exp(b - a)).
    """

    queries: int
    systems: tuple[str, ...]
    left_out: tuple[str, ...]
    of: dict[str, Estimate]


def strengths(preferences: pd.DataFrame, systems: Sequence[str], seed: int) -> Strengths | None:
    """Estimate the strengths of systems, with intervals that draw whole queries again.

    Parameters
    ----------
    preferences : DataFrame
        What `mmrec_core.preferences.judged.current` gives, of several comparisons.
    systems : sequence of str
    seed : int

    Returns
    -------
    Strengths or None
        Of the most systems that each won something, directly or indirectly, over each other one:
        without that no finite strengths fit. None where these are fewer than three.
    """
    met = [
        name
        for name in systems
        if ((preferences["left_system"] == name) | (preferences["right_system"] == name)).any()
    ]
    queries, won = wins(preferences, met)
    among = largest_comparable(won.sum(axis=0)) if len(queries) else []
    if len(among) < 3:
        return None
    left_out = tuple(name for i, name in enumerate(met) if i not in among)
    met, won = [met[i] for i in among], won[:, among][:, :, among]
    said = won.any(axis=(1, 2))
    queries, won = queries[said], won[said]
    fitted = log_strengths(won.sum(axis=0))
    resampled = log_strengths(np.einsum("rq,qij->rij", draws(len(queries), seed), won))
    order = np.argsort(-fitted, kind="stable")
    return Strengths(
        len(queries),
        tuple(met[i] for i in order),
        left_out,
        {met[i]: estimate(float(fitted[i]), resampled[:, i]) for i in order},
    )


def largest_comparable(won: np.ndarray) -> list[int]:
    """Return the most systems among which wins lead from each to each other.

    Among these, and no more, finite strengths exist (Ford 1957, "Solution of a ranking problem from
    binary comparisons").

    Examples
    --------
    >>> largest_comparable(np.array([[0, 2, 1], [1, 0, 1], [0, 0, 0]]))
    [0, 1]
    """
    _count, part = connected_components(won > 0, connection="strong")
    return np.flatnonzero(part == np.bincount(part).argmax()).tolist()


def log_strengths(won: np.ndarray) -> np.ndarray:
    """Return the most likely log-strengths, of mean 0.

    Bradley and Terry 1952, "Rank analysis of incomplete block designs", by the iteration of Hunter
    2004, "MM algorithms for generalized Bradley–Terry models".

    Parameters
    ----------
    won : ndarray (..., s, s) float64
        In row i, column j: how often i won over j, a tie as half a win.

    Returns
    -------
    ndarray (..., s) float64

    Examples
    --------
    >>> strengths = log_strengths(np.array([[0.0, 3.0], [1.0, 0.0]]))
    >>> float(np.exp(strengths[0] - strengths[1]).round(6))
    3.0
    """
    met = won + np.swapaxes(won, -1, -2)
    total = won.sum(axis=-1)
    strength = np.ones(total.shape)
    for _step in range(_STEPS):
        together = strength[..., :, None] + strength[..., None, :]
        logs = np.log(np.maximum(total / (met / together).sum(axis=-1).clip(1e-12), 1e-12))
        logs = (logs - logs.mean(axis=-1, keepdims=True)).clip(-_FARTHEST, _FARTHEST)
        before, strength = strength, np.exp(logs)
        if np.allclose(strength, before, rtol=1e-9, atol=0):
            break
    return np.log(strength)
