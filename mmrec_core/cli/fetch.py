"""The command that fetches the Yandex image set: `mmrec fetch yandex`."""

from pathlib import Path
from typing import Annotated

import typer

from mmrec_core.cli.terminal import say

fetching = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Fetch a published collection.",
)


@fetching.callback()
def _group() -> None:
    """Fetch a published collection."""


@fetching.command()
def yandex(
    to: Annotated[Path, typer.Option(help="folder to fetch into")],
    only: Annotated[
        str | None,
        typer.Option(
            help="parts, separated by commas: images,texts,vectors,pairs,candidates,ranker "
            "(default: these six), training, results"
        ),
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, max=32, help="files to fetch at a time")] = 8,
    attempts: Annotated[int, typer.Option(min=1, help="attempts for each file")] = 6,
    disk_api: Annotated[str | None, typer.Option(hidden=True)] = None,
    repository: Annotated[str | None, typer.Option(hidden=True)] = None,
) -> None:
    """Fetch the Yandex image set with its texts, vectors, judged pairs and ranker.

    What was fetched is kept: after an interruption, the same command continues.
    """
    from mmrec_core.datasets.fetch import PARTS, Addresses, Web, fetch
    from mmrec_core.datasets.fetch.delivery import sources_of

    parts = PARTS if only is None else tuple(part.strip() for part in only.split(","))
    try:
        sources_of(parts)
    except ValueError as error:
        raise typer.BadParameter(f"--only: {error}") from None
    given = {"disk_api": disk_api, "repository": repository}
    addresses = Addresses(**{name: value for name, value in given.items() if value})
    fetch(to, parts, web=Web(attempts, jobs), addresses=addresses, say=say)
    say(f"Next: mmrec import-reference {to} --out BUNDLE")
