"""The commands on verdicts: `mmrec verdicts` and `mmrec train`."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from mmrec_core.cli.options import AsJson, BundleFolder, Queries
from mmrec_core.cli.terminal import print_json, say, say_aside


def verdicts(
    bundle: BundleFolder,
    out: Annotated[
        Path | None,
        typer.Option(help="write them as judged pairs to a .csv, .jsonl or .parquet file"),
    ] = None,
    take_over: Annotated[
        str | None,
        typer.Option(
            metavar="PLACE",
            help="first add what lies in another folder or PostgreSQL database",
        ),
    ] = None,
    queries: Queries = None,
    as_json: AsJson = False,
) -> None:
    """Summarise the verdicts on a bundle, and write them as judged pairs.

    `mmrec build --pairs` reads the CSV. With --take-over, verdicts, tags, query sets, stories and
    all else that lies beside the bundle in another place are added first.
    """
    from mmrec_core.bundle import open_bundle
    from mmrec_core.query_sets.choosing import named
    from mmrec_core.query_sets.store import QuerySets
    from mmrec_core.serving.recommender import Recommender
    from mmrec_core.verdicts.judged_pairs import pairs_of_verdicts, write_pairs
    from mmrec_core.verdicts.places import named_place, verdict_place
    from mmrec_core.verdicts.store import VerdictStore
    from mmrec_core.verdicts.summary import summary, verdict_figures
    from mmrec_core.verdicts.taking_over import take_over as taken_over

    opened = open_bundle(bundle)
    store = VerdictStore(verdict_place(opened.path))
    if take_over is not None:
        gained = taken_over(named_place(opened.path, take_over), store.path)
        rows = ", ".join(f"{table.replace('_', ' ')}: {n:,}" for table, n in gained.items())
        say_aside(f"taken over into {store.path}: {rows or 'nothing new'}")
    given, tags = store.verdicts(), store.tags()
    if queries is not None:
        given = given[given["query"].isin(named(queries, QuerySets(store.path)).images)]
    pairs = pairs_of_verdicts(given, tags)
    if out is not None:
        write_pairs(pairs, out)
    report = verdict_figures(Recommender(opened), given, tags, store.path)
    if as_json:
        print_json(report)
        return
    for line in summary(report):
        say(line)
    if out is not None:
        say(f"{len(pairs)} pairs written to {out}.")


def train(
    bundle: BundleFolder,
    with_verdicts: Annotated[
        bool, typer.Option("--with-verdicts", help="train with the reviewers' verdicts")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="compare, but change nothing")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="replace the ranker even if the comparison refuses")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Train a ranker with the verdicts, and compare it with the build's own ranker.

    The new ranker replaces the bundle's if, on queries that neither was trained on, its nDCG@5 is
    not below the build's and the 95 % interval of the difference rules out a loss of 0.02. These
    are the queries of the further folds where the build cross-fitted: then a ranker is trained
    without each of these folds, which takes as long as in the build. The best of clip, bert and
    fused is named beside both.
    """
    if not with_verdicts:
        raise typer.BadParameter(
            "give --with-verdicts: without them, the ranker is the one that the build trained"
        )
    from mmrec_core.errors import VerdictError
    from mmrec_core.query_sets.builds import record_if_possible
    from mmrec_core.stories.bundled import renew_introduction
    from mmrec_core.verdicts.places import verdict_place
    from mmrec_core.verdicts.retraining import summary
    from mmrec_core.verdicts.store import VerdictStore
    from mmrec_core.verdicts.training import retrain

    retraining = retrain(
        bundle,
        VerdictStore(verdict_place(bundle)),
        dry_run=dry_run,
        force=force,
        say=say_aside,
    )
    if retraining.replaced:
        renew_introduction(bundle)
        record_if_possible(bundle)
    refusal = retraining.gate.refusal
    if as_json:
        print_json(_as_json(retraining))
    else:
        print(summary(retraining))
        print()
        if retraining.replaced:
            say(f"{bundle} has the new ranker.")
        elif dry_run:
            would = (
                f"only --force would replace the ranker: {refusal}"
                if refusal
                else "the new ranker passes"
            )
            say(f"A dry run: {bundle} is unchanged; {would}.")
    if refusal and not (retraining.replaced or dry_run):
        raise VerdictError(
            f"the new ranker does not replace the build's: {refusal}. {bundle} is unchanged; "
            "--force replaces it anyway."
        )


def _as_json(retraining: Any) -> dict[str, Any]:
    content = asdict(retraining)
    del content["folded"]["pairs"]
    return content
