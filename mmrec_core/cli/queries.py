"""The commands on query sets: `mmrec queries list`, `add`, `show`, `history` and so on."""

import getpass
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mmrec_core.cli.options import AsJson, BundleFolder, Queries, as_bad_usage
from mmrec_core.cli.terminal import print_json, say
from mmrec_core.errors import ComparisonError

if TYPE_CHECKING:
    from mmrec_core.query_sets.store import QuerySets

_Name = Annotated[str, typer.Argument(metavar="NAME", help="the query set's name")]

querying = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Keep lists of queries under a name, and follow their figures over builds.",
)


@querying.command("list")
def list_sets(bundle: BundleFolder, as_json: AsJson = False) -> None:
    """List a bundle's query sets: name, number of queries, how each was made and by whom."""
    sets = _sets(bundle).all()
    if as_json:
        return print_json(
            [
                {
                    "name": each.name,
                    "queries": len(each.images),
                    "origin": each.origin,
                    "reviewer": each.reviewer,
                    "digest": each.digest,
                }
                for each in sets
            ]
        )
    if not sets:
        say("No query sets: `mmrec queries add` makes one, and so does the app's Evaluation page.")
    for each in sets:
        say(f"{each.name}: {len(each.images):,} queries, {each.origin}  ({each.reviewer})")


@querying.command()
def add(
    bundle: BundleFolder,
    name: _Name,
    from_file: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="FILE", help="text with a name a line, or a table with a column image"
        ),
    ] = None,
    worse_than: Annotated[
        Path | None,
        typer.Option(
            metavar="A", help="queries that this bundle ranks worse than the bundle A does"
        ),
    ] = None,
    ranker: Annotated[
        str | None, typer.Option(help="of --worse-than: model (default), clip, bert or fused")
    ] = None,
    metric: Annotated[
        str, typer.Option(help="of --worse-than: ndcg@5, mrr or recall@5")
    ] = "ndcg@5",
    label: Annotated[str | None, typer.Option(help="only those of this label")] = None,
    search: Annotated[
        str | None, typer.Option(help="only those with these words in a caption or the name")
    ] = None,
    sample: Annotated[int | None, typer.Option(min=1, help="draw this many at random")] = None,
    seed: Annotated[int, typer.Option(min=0, help="of --sample")] = 0,
    reviewer: Annotated[
        str | None, typer.Option(help="who makes it; default: the user's name")
    ] = None,
) -> None:
    """Make a query set: of a file, of what got worse, or of all held-out queries.

    --label and --search narrow them; --sample draws from what is left.
    """
    if from_file is not None and worse_than is not None:
        raise typer.BadParameter("give either --from or --worse-than")
    import numpy as np

    from mmrec_core.bundle import open_bundle
    from mmrec_core.collection.filtering import Filter, passing, searchable
    from mmrec_core.collection.numbers import numbers_of
    from mmrec_core.evaluation.scored_pairs import held_out_pairs
    from mmrec_core.query_sets.choosing import drawn
    from mmrec_core.query_sets.files import read_queries
    from mmrec_core.query_sets.members import members_of
    from mmrec_core.query_sets.store import QuerySet
    from mmrec_core.verdicts.places import verdict_place
    from mmrec_core.verdicts.store import VerdictStore

    opened, origin = open_bundle(bundle), []
    names = opened.items["image"].to_numpy()
    images: Sequence[str]
    if from_file is not None:
        images = read_queries(from_file)
        origin.append(f"from {from_file.name}")
    elif worse_than is not None:
        images = _worse(worse_than, bundle, ranker, metric)
        origin.append(f"worse than {worse_than.resolve().name} by {metric}")
    else:
        pairs = held_out_pairs(opened.pairs, opened.cross_fitted)
        images = [str(name) for name in names[np.unique(pairs["query"])]]
        origin.append("held-out queries")
    if label is not None or search:
        store = VerdictStore(verdict_place(bundle))
        rows = passing(
            opened,
            Filter(q=search or "", label=label),
            lambda: searchable(opened.items),
            store.verdicts,
            store.tags,
            partial(numbers_of, opened.items),
        )
        kept = set(names[rows])
        images = [image for image in images if image in kept]
        origin += [f"label {label}"] if label is not None else []
        origin += [f"with “{search}”"] if search else []
    if sample is not None:
        images = drawn(images, sample, seed)
        origin.append(f"{sample:,} drawn at random, seed {seed}")
    made = QuerySet(name, tuple(images), ", ".join(origin), reviewer or _user(), opened.digest)
    made = replace(made, name=_sets(bundle).add(made))
    say(members_of(made, opened).sentence)


@querying.command()
def show(
    bundle: BundleFolder,
    name: Annotated[str, typer.Argument(metavar="NAME|FILE", help="a query set, or a file")],
    out: Annotated[
        Path | None, typer.Option(help="write the names to a .txt, .csv or .jsonl file")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print the names of a set's queries, one a line, or write them to a file."""
    from mmrec_core.bundle import open_bundle
    from mmrec_core.query_sets.choosing import named
    from mmrec_core.query_sets.files import write_queries
    from mmrec_core.query_sets.members import members_of

    queries = named(name, _sets(bundle))
    if out is not None:
        write_queries(queries.images, out)
    if as_json:
        found = members_of(queries, open_bundle(bundle))
        return print_json(
            found.as_json | {"origin": queries.origin, "images": list(queries.images)}
        )
    if out is not None:
        return say(f"{len(queries.images):,} names written to {out}.")
    for image in queries.images:
        say(image)


@querying.command()
def rename(
    bundle: BundleFolder,
    name: _Name,
    to: Annotated[str, typer.Argument(metavar="NEW", help="its new name")],
) -> None:
    """Give a query set another name."""
    _sets(bundle).rename(name, to)


@querying.command()
def remove(bundle: BundleFolder, name: _Name) -> None:
    """Remove a query set."""
    _sets(bundle).remove(name)


@querying.command()
def history(
    bundle: BundleFolder,
    queries: Queries = None,
    ranker: Annotated[str | None, typer.Option(help="model (default), clip, bert or fused")] = None,
    metric: Annotated[str, typer.Option(help="ndcg@5, mrr or recall@5")] = "ndcg@5",
    fail_if_worse: Annotated[
        bool,
        typer.Option(
            "--fail-if-worse", help="end with 1 if the newest build is worse than the one before"
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show a set's figure in each build of the bundle, and where it got worse.

    Builds are recorded by `mmrec build`, `train` and `evaluate`, and by the app's Evaluation page.
    """
    from mmrec_core.query_sets.builds import BuildRecords
    from mmrec_core.query_sets.choosing import named
    from mmrec_core.query_sets.history import history_lines, over_builds
    from mmrec_core.ranker.model import FUSED, MODEL
    from mmrec_core.verdicts.places import verdict_place

    chosen = None if queries is None else named(queries, _sets(bundle))
    builds = BuildRecords(verdict_place(bundle)).newest()
    if ranker is None:
        ranker = MODEL if any(MODEL in build.rankers for build in builds) else FUSED
    with as_bad_usage():
        table = over_builds(builds, ranker, metric, chosen.images if chosen else None)
    if as_json:
        print_json(
            {
                "query_set": chosen.name if chosen else None,
                "ranker": ranker,
                "metric": metric,
                "builds": table.to_dict("records"),
            }
        )
    else:
        for line in history_lines(table, metric, ranker):
            say(line)
    if fail_if_worse and len(table) and table["worse"].iloc[-1]:
        raise ComparisonError(
            f"the newest build is worse than the one before by {metric} of {ranker}: the interval "
            "of the change lies below 0."
        )


def _sets(bundle: Path) -> "QuerySets":
    from mmrec_core.query_sets.store import QuerySets
    from mmrec_core.verdicts.places import verdict_place

    return QuerySets(verdict_place(bundle))


def _worse(a: Path, b: Path, ranker: str | None, metric: str) -> Sequence[str]:
    from mmrec_core.bundle import open_bundle
    from mmrec_core.differences.compare import differences
    from mmrec_core.differences.matching import System
    from mmrec_core.query_sets.choosing import got_worse
    from mmrec_core.serving.recommender import Recommender

    systems = [System.of(Recommender(open_bundle(folder))) for folder in (a, b)]
    with as_bad_usage():
        return got_worse(differences(*systems, ranker=ranker, metric=metric))


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "mmrec"
