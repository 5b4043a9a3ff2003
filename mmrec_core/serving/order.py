"""The order of a list: by score, near-duplicates as one, similar pictures spread out."""

from dataclasses import dataclass

import numpy as np

POOL = 200  # how far down a list is diversified
ROUNDED = 3e-4  # how far half precision takes the cosine of equal pictures from 1
_COLLAPSING_POOL = 500  # how far down near-duplicates are looked for


@dataclass(frozen=True, eq=False)
class Ranking:
    """Candidates in their final order; all numbers are places in the candidate list.

    Attributes
    ----------
    order : ndarray (m,) int64
        Best first, without what was collapsed.
    ranks : ndarray (n,) float64
        See `mmrec_core.serving.answers.Recommendation`.
    collapsed : dict
        What was collapsed into a place, in order of score.
    """

    order: np.ndarray
    ranks: np.ndarray
    collapsed: dict[int, list[int]]


def ranking(
    scores: np.ndarray,
    pictures: np.ndarray,
    rows: np.ndarray,
    *,
    hidden: np.ndarray | None = None,
    collapse: float | None = None,
    diversity: float = 0,
    relevance: np.ndarray | None = None,
) -> Ranking:
    """Put candidates in order.

    Parameters
    ----------
    scores : ndarray (n,) float
        Higher is better; NaN has no place in the list.
    pictures : ndarray (collection, d) float16
        CLIP vectors of all pictures, of length 1.
    rows : ndarray (n,) int
        The candidates' rows in ``pictures``.
    hidden : ndarray (n,) bool, optional
        Candidates to leave out.
    collapse : float, optional
        Cosine of pictures from which on two are one, the better scored of them.
    diversity : float
        0 to 1, see `diversified`.
    relevance : ndarray (n,) float, optional
        In 0 to 1, for `diversified`; without it the scores, scaled to that range.
    """
    order = np.argsort(-np.where(np.isnan(scores), -np.inf, scores), kind="stable")
    order = order[~np.isnan(scores[order])]
    if hidden is not None:
        order = order[~hidden[order]]
    ranks = np.full(len(scores), np.nan)
    collapsed: dict[int, list[int]] = {}
    if len(order) and (collapse is not None or diversity > 0):
        head, tail = order[:_COLLAPSING_POOL], order[_COLLAPSING_POOL:]
        # Sums of products of halves are exact in double precision: the same on every machine.
        shown = pictures[rows[head]].astype(np.float64)
        cosines = shown @ shown.T
        leaders = _leaders(cosines, collapse)
        own = np.arange(len(head))
        for place in np.flatnonzero(leaders != own):
            collapsed.setdefault(int(head[leaders[place]]), []).append(int(head[place]))
        kept = np.flatnonzero(leaders == own)
        if diversity > 0:
            pool = kept[:POOL]
            values = _scaled(scores[head[pool]]) if relevance is None else relevance[head[pool]]
            spread = pool[diversified(values, cosines[np.ix_(pool, pool)], diversity)]
            kept = np.concatenate([spread, kept[POOL:]])
        order = np.concatenate([head[kept], tail])
    ranks[order] = np.arange(1, len(order) + 1)
    for leader, places in collapsed.items():
        ranks[places] = ranks[leader]
    return Ranking(order, ranks, collapsed)


def diversified(relevance: np.ndarray, cosines: np.ndarray, diversity: float) -> np.ndarray:
    """Return an order in which each next item is relevant, and unlike those before it.

    Maximal marginal relevance (Carbonell and Goldstein 1998, "The use of MMR, diversity-based
    reranking"): each step takes the item of the highest
    ``(1 - diversity) · relevance - diversity · (highest cosine with an item taken before)``.

    Parameters
    ----------
    relevance : ndarray (n,) float
        In 0 to 1, in the order of a list: among equals the former is taken.
    cosines : ndarray (n, n) float
        Of the items with each other.
    diversity : float
        0 keeps the order of relevance, 1 heeds only how unlike the items are.

    Returns
    -------
    ndarray (n,) int64
        Places in ``relevance``.
    """
    left = np.ones(len(relevance), dtype=bool)
    nearest = np.zeros(len(relevance))
    order = np.empty(len(relevance), dtype=np.int64)
    for step in range(len(order)):
        worth = np.where(left, (1 - diversity) * relevance - diversity * nearest, -np.inf)
        order[step] = chosen = relevance.argmax() if step == 0 else worth.argmax()
        left[chosen] = False
        nearest = np.maximum(nearest, cosines[chosen]) if step else cosines[chosen]
    return order


def _leaders(cosines: np.ndarray, threshold: float | None) -> np.ndarray:
    """Return the place that stands for each place: itself, or the one it is collapsed into."""
    leaders = np.arange(len(cosines))
    if threshold is None:
        return leaders
    alike = np.tril(cosines >= threshold - ROUNDED, -1)
    for place in np.flatnonzero(alike.any(axis=1)):
        before = np.flatnonzero(alike[place])
        before = before[leaders[before] == before]
        if len(before):
            leaders[place] = before[cosines[place, before].argmax()]
    return leaders


def _scaled(scores: np.ndarray) -> np.ndarray:
    reach = scores.max() - scores.min()
    return (scores - scores.min()) / reach if reach > 0 else np.ones(len(scores))
