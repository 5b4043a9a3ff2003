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
    of : dict of str to Estimate
        Log-odds, 0 on average: system a is preferred to b with the probability
        1 / (1 + exp(b - a)).
    """

    queries: int
    systems: tuple[str, ...]
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
        None unless there are three systems or more, and each won something directly or indirectly
        over each other one: without that no finite strengths fit.
    """
    met = [
        name
        for name in systems
        if ((preferences["left_system"] == name) | (preferences["right_system"] == name)).any()
    ]
    queries, won = wins(preferences, met)
    if len(met) < 3 or not len(queries) or not comparable(won.sum(axis=0)):
        return None
    fitted = log_strengths(won.sum(axis=0))
    resampled = log_strengths(np.einsum("rq,qij->rij", draws(len(queries), seed), won))
    order = np.argsort(-fitted, kind="stable")
    return Strengths(
        len(queries),
        tuple(met[i] for i in order),
        {met[i]: estimate(float(fitted[i]), resampled[:, i]) for i in order},
    )


def comparable(won: np.ndarray) -> bool:
    """Say whether finite strengths exist: wins lead from each system to each other (Ford 1957)."""
    return connected_components(won > 0, connection="strong")[0] == 1


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
