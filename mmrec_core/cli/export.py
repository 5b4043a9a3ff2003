"""The command that takes a bundle to other tools: `mmrec export`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from mmrec_core.cli.options import BundleFolder, as_bad_usage
from mmrec_core.cli.terminal import say


def export(
    bundle: BundleFolder,
    to: Annotated[str, typer.Option(help="parquet, datasets, embedding-atlas or fiftyone")],
    out: Annotated[Path, typer.Option(help="new folder to write to")],
    recommendations: Annotated[
        int, typer.Option(min=0, help="first results of every image to write; default none")
    ] = 0,
) -> None:
    """Write a bundle for other tools: catalogue, vectors, clusters, map, verdicts.

    Pictures are the bundle's thumbnails. Clusters, verdicts and recommendations are Parquet files
    of their own in every format. `mmrec import-vectors` reads what parquet and embedding-atlas
    write.
    """
    from mmrec_core.bundle import open_bundle
    from mmrec_core.exporting.formats import export_bundle, reading_line
    from mmrec_core.exporting.images import Export

    opened = open_bundle(bundle)
    with _bars(opened.manifest.counts.images) as advance, as_bad_usage():
        export_bundle(Export(opened, recommendations, advance), to, out)
    for path in sorted(out.rglob("*.parquet")) or [out]:
        say(str(path))
    say(f"Read it by: {reading_line(to, out)}")


@contextmanager
def _bars(images: int) -> Iterator[Any]:
    """Show how far each part is, one bar after the other."""
    from tqdm import tqdm

    bars: dict[str, Any] = {}

    def advance(what: str, done: int) -> None:
        if what not in bars:
            for bar in bars.values():
                bar.close()
            bars[what] = tqdm(total=images, desc=f"  {what}", unit=" images", leave=False)
        bars[what].update(done)

    try:
        yield advance
    finally:
        for bar in bars.values():
            bar.close()
