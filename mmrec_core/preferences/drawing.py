"""Which queries are shown, in what order, and which system stands on which side.

A reviewer's time is best spent where the two lists differ, yet figures must hold for all queries.
So queries are drawn with a probability that grows with how much their lists differ, and figures
weight each answer by the inverse of that probability (Horvitz and Thompson 1952, "A generalization
of sampling without replacement from a finite universe"). Lists that are the same need no reviewer:
they are ties.

Each query has a permanent random number u, made of its name, and a size, how much its lists
differ. Queries come in ascending order of u / size. The first n of this order are a sample in which
a query's probability is nearly proportional to its size, for every n (sequential Poisson sampling;
Ohlsson 1998, "Sequential Poisson sampling", Journal of Official Statistics 14). So reviewers may
stop after any number that they decided on beforehand, and all reviewers come upon the same queries
first, which tells how far they agree. The queries of a query set alone come in the same order, so
that what was judged of all queries is a sample of the set's as well.
"""

from dataclasses import dataclass

import numpy as np

from mmrec_core.preferences.query_lists import QueryLists, permanent_random

LEAST_SIZE = 0.1
"""Size of the queries whose lists differ least: a tenth of the chance of those that differ most."""


@dataclass(frozen=True, eq=False)
class Drawing:
    """The queries of a comparison in the order in which they are shown.

    Attributes
    ----------
    lists : QueryLists
    sizes : ndarray (n,) float64
        From `LEAST_SIZE` to 1 for each query of ``lists``; 0 where both lists are the same.
    order : ndarray (m,) int64
        Places in ``lists`` of the queries whose lists differ, in the order of their drawing.
    """

    lists: QueryLists
    sizes: np.ndarray
    order: np.ndarray

    def inclusion(self, judged: np.ndarray) -> np.ndarray:
        """Return the probability with which each judged query was drawn.

        Parameters
        ----------
        judged : ndarray (j,) int
            Places in ``lists`` of the queries that somebody judged: the first of ``order``, or
            nearly so.

        Returns
        -------
        ndarray (j,) float64
            In (0, 1].
        """
        return inclusion(self.sizes[self.order], len(judged), self.sizes[judged])

    def in_order(self, judged: np.ndarray) -> float:
        """Return the share of the judged queries that are among as many first ones of the order.

        It is 1, or nearly so, where these were drawn of all queries. It is less where a query set
        alone was judged too, or where lists changed: they are then no fair sample of all.

        Examples
        --------
        >>> import numpy as np
        >>> from mmrec_core.preferences.drawing import draw
        >>> from mmrec_core.preferences.query_lists import QueryLists
        >>> names = np.array(["a", "b", "c"])
        >>> first, second = np.array([[0], [1], [2]]), np.array([[1], [2], [0]])
        >>> lists = QueryLists(("clip", "bert"), np.arange(3), names, first, second, names)
        >>> drawing = draw(lists, seed=0)
        >>> drawing.in_order(drawing.order[:2]), drawing.in_order(drawing.order[1:])
        (1.0, 0.5)
        """
        return float(np.isin(judged, self.order[: len(judged)]).mean()) if len(judged) else 1.0


def draw(lists: QueryLists, seed: int) -> Drawing:
    """Put the queries of a comparison in the order of their drawing."""
    differing = np.flatnonzero(~lists.identical)
    sizes = np.zeros(len(lists.queries))
    sizes[differing] = np.maximum(
        difference(lists.first[differing], lists.second[differing]), LEAST_SIZE
    )
    number = permanent_random(f"{seed} {' '.join(sorted(lists.systems))}", lists.names)
    ahead = np.argsort(number[differing] / sizes[differing], kind="stable")
    return Drawing(lists, sizes, differing[ahead])


def difference(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return how much two lists differ: 1 less the mean overlap of their first 1, 2, … k places.

    Average overlap (Fagin, Kumar and Sivakumar 2003, "Comparing top k lists") weighs the first
    places most, as people do.

    Parameters
    ----------
    first, second : ndarray (n, k) int
        Items of each list, best first; -1 stands for none.

    Returns
    -------
    ndarray (n,) float64
        From 0, the same, to 1, nothing in common.

    Examples
    --------
    >>> difference(np.array([[1, 2], [1, 2]]), np.array([[2, 1], [3, 4]])).tolist()
    [0.5, 1.0]
    """
    k = first.shape[1]
    same = (first[:, :, None] == second[:, None, :]) & (first[:, :, None] >= 0)
    overlaps = [
        same[:, :depth, :depth].sum(axis=(1, 2))
        / np.maximum(
            1,
            np.maximum((first[:, :depth] >= 0).sum(axis=1), (second[:, :depth] >= 0).sum(axis=1)),
        )
        for depth in range(1, k + 1)
    ]
    return 1 - np.mean(overlaps, axis=0)


def inclusion(sizes: np.ndarray, n: int, of: np.ndarray) -> np.ndarray:
    """Return the probability of being among n that are drawn in proportion to size.

    It is min(1, c · size), with c such that the probabilities of all add up to n.

    Parameters
    ----------
    sizes : ndarray (m,) float
        Of all that can be drawn, above 0.
    n : int
        From 1 to m.
    of : ndarray (j,) float
        Sizes whose probability is wanted.

    Examples
    --------
    >>> inclusion(np.array([1.0, 0.5, 0.5]), 2, np.array([1.0, 0.5])).tolist()
    [1.0, 0.5]
    """
    ascending = np.sort(sizes)
    if n >= len(ascending):
        return np.ones(len(of))
    below = np.concatenate([[0.0], np.cumsum(ascending)])
    for certain in range(n + 1):
        free = len(ascending) - certain
        factor = (n - certain) / below[free]
        if factor * ascending[free - 1] <= 1:
            break
    return np.minimum(1, factor * of)


def left_system(systems: tuple[str, str], reviewer: str, query: str, seed: int) -> str:
    """Return which system stands on the left: as a coin would, always the same for a reviewer."""
    ordered = sorted(systems)
    number = permanent_random(f"{seed} {' '.join(ordered)} {reviewer}", np.array([query]))[0]
    return ordered[int(number < 0.5)]
