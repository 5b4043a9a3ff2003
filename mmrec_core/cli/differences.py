"""The command that compares two bundles: `mmrec diff`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from mmrec_core.cli.options import AsJson, Queries, as_bad_usage
from mmrec_core.cli.terminal import print_json, say
from mmrec_core.errors import ComparisonError


def diff(
    a: Annotated[Path, typer.Argument(metavar="A", help="the folder of one bundle")],
    b: Annotated[Path, typer.Argument(metavar="B", help="the folder of the other")],
    ranker: Annotated[
        str | None,
        typer.Option(
            help="by which ranker slices and queries are compared: model (default), clip, bert or "
            "fused"
        ),
    ] = None,
    metric: Annotated[
        str, typer.Option(help="and by which metric: ndcg@5, mrr or recall@5")
    ] = "ndcg@5",
    relevance: Annotated[
        Literal["a", "b"], typer.Option(help="whose labels or judged pairs say what is relevant")
    ] = "a",
    top: Annotated[
        int,
        typer.Option(
            min=0,
            help="number of queries to print that got worse most, and as many that got better",
        ),
    ] = 10,
    fail_if_worse: Annotated[
        str | None,
        typer.Option(
            metavar="METRIC",
            help="end with 1 if the interval of B − A lies below 0: ndcg@5, mrr, recall@5 or auc",
        ),
    ] = None,
    queries: Queries = None,
    as_json: AsJson = False,
) -> None:
    """Compare two bundles of the same images on queries that both hold out.

    Images are matched by name. Differences are B less A, paired by query, with 95 % intervals. A
    query set of either bundle narrows all figures, --fail-if-worse included, to its queries.
    """
    from mmrec_core.bundle import open_bundle
    from mmrec_core.differences.as_json import differences_as_json
    from mmrec_core.differences.compare import differences
    from mmrec_core.differences.figures import METRICS
    from mmrec_core.differences.matching import System
    from mmrec_core.differences.text import cell, metric_title, summary
    from mmrec_core.query_sets.choosing import BY_OUTCOME, named
    from mmrec_core.query_sets.members import members_of
    from mmrec_core.query_sets.store import QuerySets
    from mmrec_core.serving.recommender import Recommender
    from mmrec_core.verdicts.places import verdict_place

    if fail_if_worse not in (None, *METRICS):
        raise typer.BadParameter(f"--fail-if-worse takes {', '.join(METRICS)}")
    systems = [System.of(Recommender(open_bundle(folder))) for folder in (a, b)]
    chosen, by_outcome = None, False
    if queries is not None:
        query_set = named(queries, *(QuerySets(verdict_place(folder)) for folder in (a, b)))
        chosen, by_outcome = members_of(query_set, systems[0].bundle), query_set.by_outcome
        systems = [system.on(query_set.images) for system in systems]
    with as_bad_usage():
        compared = differences(*systems, ranker=ranker, metric=metric, relevance=relevance)
    if as_json:
        found = differences_as_json(compared, top)
        if chosen:
            found["query_set"] = chosen.as_json | {"by_outcome": by_outcome}
        if by_outcome:
            found["warnings"].insert(0, BY_OUTCOME)
        print_json(found)
    else:
        if chosen:
            say(f"{chosen.sentence} Counts are of A.")
        if by_outcome:
            say(f"Note: {BY_OUTCOME}")
        for line in summary(compared, top):
            say(line)
    if fail_if_worse is not None and (figure := compared.figure(fail_if_worse)).is_worse:
        raise ComparisonError(
            f"B is worse: {metric_title(figure.metric)} of {figure.ranker} differs by "
            f"{cell(figure.difference, signed=True)}."
        )
