"""The commands on the reference: `mmrec export-candidates` and `compare`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from mmrec_core.cli.options import AsJson, BundleFolder
from mmrec_core.cli.terminal import print_json, say, say_aside
from mmrec_core.errors import InputError


def export_candidates(
    bundle: BundleFolder,
    to: Annotated[Path, typer.Option(help="folder for the five files")],
) -> None:
    """Write clusters, candidates and the top five in the reference's formats."""
    from tqdm import tqdm

    from mmrec_core.bundle import open_bundle
    from mmrec_core.reference.export import export_candidates as export

    opened = open_bundle(bundle)

    def progress(queries: Any) -> Any:
        return tqdm(queries, "ranked", len(opened.items), leave=False, unit=" images")

    for path in export(opened, to, progress):
        print(path)


def compare(
    bundle: BundleFolder,
    trees: Annotated[
        int, typer.Option(min=1, help="maximum number of trees in the reference's ranker")
    ] = 2000,
    no_encoding: Annotated[
        bool, typer.Option("--no-encoding", help="don't encode captions again for cls_pooling")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="JSON to write; default BUNDLE.comparison.json")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare the reference, with and without each fault, with the bundle's ranker.

    All are measured on the held-out queries of the bundle's own fold, since it keeps the vectors
    of no further one. No ranker was trained on them, but the
    reference's k-means sees their images too: that is one of its faults.
    """
    from mmrec_core.bundle import open_bundle
    from mmrec_core.files import write_json
    from mmrec_core.reference.comparison import compare_recipes
    from mmrec_core.reference.comparison_record import comparison_path
    from mmrec_core.reference.comparison_table import comparison_lines

    opened = open_bundle(bundle)
    comparison = compare_recipes(opened, trees=trees, encode=not no_encoding, say=say_aside)
    path = out or comparison_path(bundle)
    try:
        write_json(path, comparison.model_dump())
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror or error}.") from None
    if as_json:
        return print_json(comparison.model_dump())
    for line in comparison_lines(comparison):
        say(line)
    print(f"\nWritten to {path}.")
