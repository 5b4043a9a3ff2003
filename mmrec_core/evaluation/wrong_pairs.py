"""The pairs that a ranker gets wrong or right at a threshold: the cells of a confusion matrix."""

import numpy as np
import pandas as pd

NEGATIVES, POSITIVES, FOUND, REJECTED, ALL = KINDS = (
    "negatives", "positives", "found", "rejected", "all",
)  # fmt: skip
CELLS = {"fp": NEGATIVES, "fn": POSITIVES, "tp": FOUND, "tn": REJECTED}
"""The kind of the pairs that `mmrec_core.evaluation.curves.at_thresholds` counts in a column."""


def pairs_of_kind(
    scored: pd.DataFrame, kind: str, ranker: str, threshold: float, once: bool = False
) -> np.ndarray:
    """Return where the pairs of a kind stand in the table, the worst first, (n,) int64.

    Parameters
    ----------
    scored : DataFrame
        What `mmrec_core.evaluation.scored_pairs.scored_pairs` gives.
    kind : str
        ``negatives``: irrelevant, of a probability at or above the threshold, highest first;
        ``positives``: relevant, below it, lowest first; ``found`` and ``rejected``: relevant at or
        above it, and irrelevant below it, the least certain first; ``all``: by how far the
        probability is from the relevance. A pair without a probability is never called relevant,
        as in `mmrec_core.evaluation.curves.at_thresholds`, and comes last.
    ranker : str
    threshold : float
        Probability from which on a pair is called relevant.
    once : bool
        Whether to keep only the worst pair of each query.
    """
    probability = scored[f"{ranker}_probability"].to_numpy()
    relevant = scored["relevance"].to_numpy() == 1
    called = probability >= threshold
    keep = {
        NEGATIVES: ~relevant & called,
        POSITIVES: relevant & ~called,
        FOUND: relevant & called,
        REJECTED: ~relevant & ~called,
        ALL: np.ones(len(scored), dtype=bool),
    }[kind]
    places = np.flatnonzero(keep)
    places = places[np.argsort(-np.abs(probability - relevant)[places], kind="stable")]
    if once:
        _, first = np.unique(scored["query"].to_numpy()[places], return_index=True)
        places = places[np.sort(first)]
    return places
