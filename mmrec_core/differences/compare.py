"""Two systems over the same queries: all that is said of how they differ."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from mmrec_core.bundle import Bundle
from mmrec_core.differences.figures import BY_QUERY, NDCG, PairedFigure, paired_figures
from mmrec_core.differences.matching import FEWEST_QUERIES, Matching, System, too_few_chosen
from mmrec_core.differences.pools import (
    Pools,
    Side,
    pools_of,
    scoring_rankers,
    shared_rankers,
    union_of_pools,
)
from mmrec_core.differences.queries import moved_queries
from mmrec_core.differences.slices import SliceDifferences, slice_differences
from mmrec_core.errors import ComparisonError, OptionError
from mmrec_core.ranker.model import FUSED, MODEL


@dataclass(frozen=True, eq=False)
class Differences:
    """How B differs from A, on queries that both hold out.

    Attributes
    ----------
    a, b : Bundle
    matching : Matching
    pools : Pools
    relevance : {"a", "b"}
        Whose relevance counts.
    pairs : int
        Candidates of either system over all queries.
    queries_with_relevant : int
        Queries with a relevant candidate in either system, over which means are taken.
    rankers : tuple of str
        Those that both have.
    rankers_only_a, rankers_only_b : tuple of str
        Those that one of them alone has.
    figures : tuple of PairedFigure
        Of each ranker and metric.
    ranker, metric : str
        What ``slices`` and ``queries`` are by.
    slices : SliceDifferences
    queries : DataFrame
        What `mmrec_core.differences.queries.moved_queries` gives.
    """

    a: Bundle
    b: Bundle
    matching: Matching
    pools: Pools
    relevance: Side
    pairs: int
    queries_with_relevant: int
    rankers: tuple[str, ...]
    rankers_only_a: tuple[str, ...]
    rankers_only_b: tuple[str, ...]
    figures: tuple[PairedFigure, ...]
    ranker: str
    metric: str
    slices: SliceDifferences
    queries: pd.DataFrame

    def figure(self, metric: str) -> PairedFigure:
        """Return a figure of the main ranker."""
        return next(
            each for each in self.figures if (each.ranker, each.metric) == (self.ranker, metric)
        )


def differences(
    a: System,
    b: System,
    *,
    ranker: str | None = None,
    metric: str = NDCG,
    relevance: Side = "a",
) -> Differences:
    """Compare two systems of the same images, matched by name.

    Parameters
    ----------
    a, b : System
    ranker : str, optional
        The ranker that slices and queries are compared by; `main_ranker` without it.
    metric : str
        By which; one of `mmrec_core.differences.figures.BY_QUERY`.
    relevance : {"a", "b"}
        Whose relevance counts for both.

    Raises
    ------
    ComparisonError
        If they share too few queries, or no candidate whose relevance both know.
    OptionError
        If one has no such ranker, or there is no such metric.

    Examples
    --------
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.differences.compare import differences
    >>> from mmrec_core.differences.matching import System
    >>> from mmrec_core.serving.recommender import Recommender
    >>> system = System.of(Recommender(open_bundle("artifacts/demo")))
    >>> compared = differences(system, system)
    >>> compared.figure("ndcg@5").difference
    {'value': 0.0, 'low': 0.0, 'high': 0.0}
    """
    matching = Matching.of(a, b)
    rankers = shared_rankers(a, b)
    chosen = ranker or main_ranker(rankers)
    if chosen not in rankers:
        raise OptionError(
            f"ranker must be one that both bundles have, got {chosen!r}: {', '.join(rankers)}"
        )
    if metric not in BY_QUERY:
        raise OptionError(f"metric must be {', '.join(BY_QUERY[:-1])} or {BY_QUERY[-1]}")
    pairs = union_of_pools(a, b, matching, relevance)
    queries = moved_queries(pairs, matching, a.bundle, chosen, metric)
    known = int((queries["relevant"] > 0).sum())
    if known < FEWEST_QUERIES and a.chosen is not None:
        raise too_few_chosen(f"{known} of the chosen queries have a relevant candidate in A or B")
    if known < FEWEST_QUERIES:
        raise ComparisonError(
            f"{known} of the queries that both bundles hold out have a relevant candidate, and at "
            f"least {FEWEST_QUERIES} are needed: compare bundles of more labelled images or "
            "judged pairs."
        )
    seed = a.bundle.manifest.seed
    return Differences(
        a=a.bundle,
        b=b.bundle,
        matching=matching,
        pools=pools_of(pairs),
        relevance=relevance,
        pairs=len(pairs),
        queries_with_relevant=known,
        rankers=rankers,
        rankers_only_a=tuple(name for name in scoring_rankers(a) if name not in rankers),
        rankers_only_b=tuple(name for name in scoring_rankers(b) if name not in rankers),
        figures=tuple(figure for name in rankers for figure in paired_figures(pairs, name, seed)),
        ranker=chosen,
        metric=metric,
        slices=slice_differences(a.bundle, queries, seed),
        queries=queries,
    )


def main_ranker(rankers: Sequence[str]) -> str:
    """Return the trained ranker, or else the mean of both cosines."""
    return MODEL if MODEL in rankers else FUSED
