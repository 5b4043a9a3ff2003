"""The commands that make a bundle: `mmrec build`, `demo`, `import-reference`, `import-vectors`."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from mmrec_core.cli.options import (
    OUT_HELP,
    Clusters,
    FolderLabels,
    Force,
    ImageColumn,
    LabelColumn,
    MapMethod,
    Name,
    OnlyCaptioned,
    Recipe,
    Seed,
    TextColumn,
    Trees,
    Without,
    as_bad_usage,
    given,
)
from mmrec_core.cli.terminal import say_aside
from mmrec_core.errors import BundleError


def build(
    config: Annotated[Path | None, typer.Option(help="TOML file with these options")] = None,
    images: Annotated[
        str | None,
        typer.Option(
            metavar="PATH|URL",
            help="folder of images; or tar shards or Parquet with pictures, a file or a folder; or "
            "a URL such as s3://bucket/photos",
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(help=OUT_HELP)] = None,
    recipe: Recipe = None,
    without: Without = None,
    trees: Trees = None,
    captions: Annotated[
        str | None,
        typer.Option(
            metavar="PATH|URL", help="CSV, TSV, JSON Lines, JSON or Parquet: image, text, [label]"
        ),
    ] = None,
    pairs: Annotated[
        Path | None, typer.Option(help="CSV of judged pairs: query, candidate, target")
    ] = None,
    twins: Annotated[
        Path | None,
        typer.Option(help="CSV of near-duplicates, as the app exports it: image, other, target"),
    ] = None,
    name: Name = None,
    image_column: ImageColumn = None,
    text_column: TextColumn = None,
    label_column: LabelColumn = None,
    only_captioned: OnlyCaptioned = None,
    folder_labels: FolderLabels = None,
    encoders: Annotated[
        str | None,
        typer.Option(
            help="hub (default) or multilingual, both from the Hugging Face hub, or offline"
        ),
    ] = None,
    image_encoder: Annotated[
        str | None, typer.Option(help="open_clip MODEL/PRETRAINED, hf-hub:NAME, or a folder")
    ] = None,
    text_encoder: Annotated[
        str | None, typer.Option(help="name on the Hugging Face hub, or a folder")
    ] = None,
    text_pooling: Annotated[
        str | None, typer.Option(help="pooling of a caption's tokens: mean (default) or cls")
    ] = None,
    clusters: Clusters = None,
    candidates: Annotated[
        str | None,
        typer.Option(help="exact (nearest images, default) or clusters (images of the nearest)"),
    ] = None,
    nearest_clusters: Annotated[
        int | None,
        typer.Option(help="clusters that candidates come from, or as many as they hold; default 3"),
    ] = None,
    exact_size: Annotated[
        int | None,
        typer.Option(help="number of candidates by exact search; default: as from clusters"),
    ] = None,
    map: MapMethod = None,
    seed: Seed = None,
    engine: Annotated[
        str | None, typer.Option(help="where the long work runs: local (default) or ray")
    ] = None,
    address: Annotated[
        str | None,
        typer.Option(
            help="of the Ray cluster: HOST:PORT of its head node, or ray://HOST:PORT; by default "
            "RAY_ADDRESS, or this machine alone"
        ),
    ] = None,
    copy_to: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="also copy the bundle to a store, such as s3://bucket/bundles/photos",
        ),
    ] = None,
    force: Force = False,
) -> None:
    """Build a bundle from a folder of images, with options, a TOML file, or both.

    If a build is stopped, the same command continues where it left off.
    """
    options = given(locals(), "config", "force", "copy_to")
    if config is None and not (images and out):
        raise typer.BadParameter("give --images and --out, or --config")
    from mmrec_core import recipes

    with as_bad_usage():
        configured = recipes.configure(config, **options)
    made = recipes.build(configured, say_aside, force)
    _say_built(made)
    if copy_to:
        from tqdm import tqdm

        from mmrec_core.bundle.layout import MANIFEST
        from mmrec_core.remote import copy_there

        copy_there(made, copy_to, MANIFEST, partial(tqdm, desc="  copying", leave=False))
        print(f"copied to {copy_to}")


def demo(
    out: Annotated[Path, typer.Option(help=OUT_HELP)] = Path("artifacts/demo"),
    force: Annotated[
        bool, typer.Option("--force", help="build again even if there is one")
    ] = False,
    encoders: Annotated[
        str,
        typer.Option(help="offline; with a network also hub or multilingual, for a real CLIP"),
    ] = "offline",
) -> None:
    """Build the demo: 538 captioned stamps from Tux Paint, offline encoders.

    It brings a story that explains the recommender with the demo's own findings. One that another
    version built, and this one cannot use, is built again.
    """
    from mmrec_core.bundle import open_bundle
    from mmrec_core.bundle.layout import MANIFEST
    from mmrec_core.serving.recommender import Recommender

    if not force:
        try:
            if Recommender(open_bundle(out)).ranker:
                print(f"{out} exists already; --force builds it again.")
                return
        except BundleError as error:
            if (out / MANIFEST).is_file():
                say_aside(f"{error} This is done now.")
    from mmrec_core.datasets.demo import demo_config
    from mmrec_core.demo import build_demo

    with as_bad_usage():
        config = demo_config(out, encoders)
    _say_built(build_demo(config, say_aside, force))


def import_reference(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="folder of the reference's files")],
    out: Annotated[Path, typer.Option(help=OUT_HELP)],
    name: Name = None,
    refit_clusters: Annotated[
        bool,
        typer.Option(
            "--refit-clusters", help="fit new clusters instead of using nearest_clusters.json"
        ),
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
        str | None,
        typer.Option(help="used where vectors are missing: hub (default), multilingual or offline"),
    ] = None,
    recipe: Recipe = None,
    without: Without = None,
    trees: Trees = None,
    clusters: Clusters = None,
    map: MapMethod = None,
    seed: Seed = None,
    force: Force = False,
) -> None:
    """Make a bundle from the reference's files; vectors or photographs are enough.

    If an import is stopped, the same command continues where it left off.
    """
    options = given(locals(), "folder", "out", "force")
    from mmrec_core import recipes

    with as_bad_usage():
        made = recipes.import_reference(folder, out, say=say_aside, force=force, **options)
    _say_built(made)


def import_vectors(
    out: Annotated[Path, typer.Option(help=OUT_HELP)],
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FILE",
            help="image vectors: .npy files, Parquet files, or the folder of clip-retrieval or of "
            "mmrec export --to parquet or embedding-atlas",
        ),
    ] = None,
    text_vectors: Annotated[
        list[Path] | None,
        typer.Option(help=".npy of text vectors, row by row; may be repeated"),
    ] = None,
    names: Annotated[
        Path | None,
        typer.Option(help="table with a row for each .npy vector: image, [text], [label]"),
    ] = None,
    images: Annotated[Path | None, typer.Option(help="folder of the pictures")] = None,
    pairs: Annotated[
        Path | None, typer.Option(help="CSV of judged pairs: query, candidate, target")
    ] = None,
    vector_column: Annotated[
        str | None, typer.Option(help="Parquet's column of image vectors; default: the only one")
    ] = None,
    text_vector_column: Annotated[
        str | None, typer.Option(help="Parquet's column of text vectors")
    ] = None,
    own_text_space: Annotated[
        bool,
        typer.Option(
            "--own-text-space",
            help="text vectors as long as those of images are of another space all the same",
        ),
    ] = False,
    image_column: Annotated[
        str | None, typer.Option(help="column of image names; default image, image_path and such")
    ] = None,
    text_column: Annotated[
        str | None, typer.Option(help="column of texts; default text, caption or txt")
    ] = None,
    label_column: Annotated[
        str | None, typer.Option(help="column of labels; default label")
    ] = None,
    image_encoder: Annotated[
        str | None, typer.Option(help="what made the image vectors, for queries of one's own")
    ] = None,
    text_encoder: Annotated[
        str | None, typer.Option(help="what made the text vectors, for queries of one's own")
    ] = None,
    name: Name = None,
    clusters: Clusters = None,
    map: MapMethod = None,
    seed: Seed = None,
    force: Force = False,
) -> None:
    """Make a bundle from ready-made vectors of images, texts or both, with or without pictures.

    What is missing is said in the report: without text vectors captions are not compared, and
    without the encoders' names queries are images of the bundle. Text vectors without image
    vectors stand in their place. Without --map, places on the plane in the files are kept.
    """
    options = given(locals(), "files", "out", "force")
    from mmrec_core import recipes

    with as_bad_usage():
        made = recipes.import_vectors(files or [], out, say=say_aside, force=force, **options)
    _say_built(made)


def _say_built(folder: Path) -> None:
    from mmrec_core.bundle import open_bundle
    from mmrec_core.query_sets.builds import record_if_possible

    record_if_possible(folder)
    counts = open_bundle(folder).manifest.counts
    print(
        f"{folder}: {counts.images:,} images in {counts.clusters:,} clusters, "
        f"{counts.pairs:,} pairs, {counts.held_out_queries:,} held-out queries."
    )
    if counts.problems:
        report = folder / "report.json"
        print(f"What could not be used, and why ({counts.problems:,} lines): {report}")
