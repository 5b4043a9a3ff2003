"""The command that measures speed and size: `mmrec bench`."""

from pathlib import Path
from typing import Annotated

import typer

from mmrec_core.cli.terminal import say, say_aside


def bench(
    images: Annotated[int, typer.Option(min=100, max=10_000_000, help="how many images")],
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="random seed")] = 0,
    folder: Annotated[
        Path, typer.Option(help="where made collections and their bundles are kept")
    ] = Path(".bench"),
    map: Annotated[
        str, typer.Option(help="how the map is drawn: umap, or pca, which is no fair figure")
    ] = "umap",
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LINES",
            help="cold, query, contributions, upload, search, store, memory or build; may be "
            "repeated",
        ),
    ] = None,
    json: Annotated[Path | None, typer.Option(help="file to write the results to")] = None,
    force: Annotated[
        bool, typer.Option("--force", help="build again even if there is such a bundle")
    ] = False,
) -> None:
    """Measure speed and memory on a made collection, against stated bounds.

    The collection is drawn by the seed: vectors in overlapping groups of uneven sizes, captions,
    near-duplicates, judged pairs. Its bundle is imported from these vectors, kept, and used again.
    Bounds are stated for 125,000 and 1,000,000 images and two cores; the nearer ones are printed.
    """
    from mmrec_core.files import write_json
    from mmrec_core.measuring.built import built
    from mmrec_core.measuring.machine import this_machine
    from mmrec_core.measuring.measure import GROUPS, Measurements
    from mmrec_core.measuring.report import as_json, table

    if map not in ("umap", "pca"):
        raise typer.BadParameter("--map is umap or pca")
    if unknown := [name for name in only or () if name not in GROUPS]:
        raise typer.BadParameter(f"--only {unknown[0]}: expected one of {', '.join(GROUPS)}")
    bundle = built(folder, images, seed, map, force, say_aside)
    machine = this_machine()
    figures = []
    for figure in Measurements(bundle, machine, seed, say_aside).figures(only or ()):
        figures.append(figure)
        say_aside(f"measured: {figure.line.title}")
        if json:
            write_json(json, as_json(figures, images, seed, map, machine))
    say(f"{images:,} made images, seed {seed}. {machine}")
    for line in table(figures, images):
        say(line)
    say(f"Clicks, the map and sessions: python -m benchmarks.pages {bundle.bundle}")
