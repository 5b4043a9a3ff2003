"""`mmrec import-reference`, `export-candidates`, `compare`: the reference's files and pipeline."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from mmrec_core.cli.terminal import AsJson, BundleFolder, print_json, say
from mmrec_core.errors import InputError, OptionError


def import_reference(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="folder of the reference's files")],
    out: Annotated[Path, typer.Option(help="folder to write the bundle to")],
    name: Annotated[str | None, typer.Option(help="the bundle's name")] = None,
    refit_clusters: Annotated[
        bool,
        typer.Option("--refit-clusters", help="fit new clusters in place of nearest_clusters.json"),
    ] = False,
    use_ranker: Annotated[
        bool, typer.Option("--use-ranker", help="keep catboost_model.bin beside the new ranker")
    ] = False,
    encode_captions: Annotated[
        bool,
        typer.Option(
            "--encode-captions", help="compute CLIP vectors of captions too; needs the model"
        ),
    ] = False,
    encoders: Annotated[
        str | None, typer.Option(help="used where there are no vectors: hub (default) or offline")
    ] = None,
    recipe: Annotated[
        str | None,
        typer.Option(help="default, or reference: the thesis pipeline, with its faults"),
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(help="a fault of the reference to leave out; may be repeated"),
    ] = None,
    trees: Annotated[
        int | None, typer.Option(help="most trees of the reference's ranker; default 2000")
    ] = None,
    clusters: Annotated[
        int | None, typer.Option(help="number of clusters; default √(2 · images)")
    ] = None,
    map: Annotated[
        str | None, typer.Option(help="how the map is drawn: umap (default) or pca")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="random seed; default 0")] = None,
    force: Annotated[bool, typer.Option("--force", help="start from the beginning")] = False,
) -> None:
    """Make a bundle of the reference's files; vectors or photographs are enough.

    An import that was stopped continues where it was when the same command runs again.
    """
    from mmrec_core import recipes

    options = {key: value for key, value in locals().items() if value not in (None, [])}
    for key in ("folder", "out", "force", "recipes"):
        options.pop(key)
    try:
        made = recipes.import_reference(folder, out, say=_to_stderr, force=force, **options)
    except OptionError as error:
        raise typer.BadParameter(str(error)) from None
    _summary(made)


def export_candidates(
    bundle: BundleFolder,
    to: Annotated[Path, typer.Option(help="folder for the five files")],
) -> None:
    """Write clusters, candidates and the best five in the reference's formats."""
    from tqdm import tqdm

    from mmrec_core.bundle import open_bundle
    from mmrec_core.reference.export import export_candidates as export

    opened = open_bundle(bundle)

    def shown(found: Any) -> Any:
        return tqdm(found, "ranked", len(opened.items), leave=False, unit=" images")

    for path in export(opened, to, shown):
        print(path)


def compare(
    bundle: BundleFolder,
    trees: Annotated[int, typer.Option(min=1, help="most trees of the reference's ranker")] = 2000,
    no_encoding: Annotated[
        bool, typer.Option("--no-encoding", help="don't encode captions again for cls_pooling")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="JSON to write; default BUNDLE.comparison.json")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare the reference, with and without each fault, and this bundle's ranker.

    All on the bundle's held-out queries. No ranker was trained on them; the reference's k-means
    sees their images too, as one of its faults.
    """
    from mmrec_core.bundle import open_bundle
    from mmrec_core.files import write_json
    from mmrec_core.reference.comparison import compare_recipes
    from mmrec_core.reference.comparison_record import comparison_path
    from mmrec_core.reference.comparison_table import comparison_lines

    opened = open_bundle(bundle)
    found = compare_recipes(opened, trees=trees, encode=not no_encoding, say=_to_stderr)
    path = out or comparison_path(bundle)
    try:
        write_json(path, found.model_dump())
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror or error}.") from None
    if as_json:
        return print_json(found.model_dump())
    for line in comparison_lines(found):
        say(line)
    print(f"\nWritten to {path}.")


def _to_stderr(line: str) -> None:
    say(line, file=sys.stderr)


def _summary(folder: Path) -> None:
    from mmrec_core.bundle import open_bundle

    counts = open_bundle(folder).manifest.counts
    print(f"{folder}: {counts.images:,} images in {counts.clusters:,} clusters, "
          f"{counts.pairs:,} pairs, {counts.held_out_queries:,} held-out queries.")  # fmt: skip
    if counts.problems:
        print(f"What could not be used, and why ({counts.problems:,} lines): "
              f"{folder / 'report.json'}")  # fmt: skip
