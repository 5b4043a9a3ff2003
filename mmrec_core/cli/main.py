"""The command line: `mmrec build`, `demo`, `recommend`, `evaluate`, `score`, `info`, `verify`, …"""

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from mmrec_core.cli import app as cli_app
from mmrec_core.cli import fetch as cli_fetch
from mmrec_core.cli import reference as cli_reference
from mmrec_core.cli import verdicts as cli_verdicts
from mmrec_core.cli.terminal import AsJson, BundleFolder, print_json, say
from mmrec_core.errors import BundleError, InputError, MmrecError, OptionError

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Build bundles of images and captions, and get explained recommendations from them.",
)

INTERRUPTED = 130  # how Typer ends on Ctrl-C


def main() -> None:
    """Run the command line; errors that a user can mend are one line, exit code 1."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except MmrecError as error:
        print("mmrec: " + " ".join(str(error).split()), file=sys.stderr)
        sys.exit(1)
    except SystemExit as stopped:
        if stopped.code != INTERRUPTED:
            raise
        print("mmrec: stopped. What was done is kept: the same command continues.", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except ModuleNotFoundError as error:
        if os.environ.get("MMREC_TRACEBACK"):
            raise
        print(
            f"mmrec: {error.name} is not installed, only a part of mmrec is: "
            "`pip install mmrec` brings the rest",
            file=sys.stderr,
        )
        sys.exit(1)
    except Exception as error:
        if os.environ.get("MMREC_TRACEBACK"):
            raise
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        print(f"mmrec: unexpected {reason} (MMREC_TRACEBACK=1 shows where)", file=sys.stderr)
        sys.exit(1)


@app.command()
def build(
    config: Annotated[Path | None, typer.Option(help="TOML file that holds these options")] = None,
    images: Annotated[Path | None, typer.Option(help="folder of images")] = None,
    out: Annotated[Path | None, typer.Option(help="folder to write the bundle to")] = None,
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
    captions: Annotated[
        Path | None,
        typer.Option(help="CSV, TSV, JSON Lines, JSON or Parquet: image, text, [label]"),
    ] = None,
    pairs: Annotated[
        Path | None, typer.Option(help="CSV of judged pairs: query, candidate, target")
    ] = None,
    name: Annotated[str | None, typer.Option(help="the bundle's name")] = None,
    image_column: Annotated[
        str | None, typer.Option(help="the captions' column of image names; default image")
    ] = None,
    text_column: Annotated[
        str | None, typer.Option(help="the captions' column of texts; default text")
    ] = None,
    label_column: Annotated[
        str | None, typer.Option(help="the captions' column of labels; default label")
    ] = None,
    only_captioned: Annotated[
        bool | None, typer.Option("--only-captioned", help="leave out images without a caption row")
    ] = None,
    encoders: Annotated[
        str | None, typer.Option(help="hub (default; models of the Hugging Face hub) or offline")
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
    clusters: Annotated[
        int | None, typer.Option(help="number of clusters; default √(2 · images)")
    ] = None,
    candidates: Annotated[
        str | None,
        typer.Option(
            help="from the nearest clusters (clusters, default) or by exact search (exact)"
        ),
    ] = None,
    nearest_clusters: Annotated[
        int | None, typer.Option(help="clusters that give candidates; default 3")
    ] = None,
    exact_size: Annotated[
        int | None,
        typer.Option(help="candidates by exact search; default as many as clusters give"),
    ] = None,
    map: Annotated[
        str | None, typer.Option(help="how the map is drawn: umap (default) or pca")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="random seed; default 0")] = None,
    force: Annotated[bool, typer.Option("--force", help="start from the beginning")] = False,
) -> None:
    """Build a bundle from a folder of images, from options, a TOML file, or both.

    A build that was stopped continues where it was when the same command runs again.
    """
    given = {
        key: value
        for key, value in locals().items()
        if key not in ("config", "force") and value not in (None, [])
    }
    from mmrec_core.recipes import configure

    if config is None and not (images and out):
        raise typer.BadParameter("give --images and --out, or --config")
    try:
        checked = configure(config, **given)
    except OptionError as error:
        raise typer.BadParameter(str(error)) from None
    _build(checked, force)


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="folder to write the bundle to")] = Path(
        "artifacts/demo"
    ),
    force: Annotated[bool, typer.Option("--force", help="build even if there is one")] = False,
) -> None:
    """Build the demo: 538 captioned stamps of Tux Paint, with the offline encoders."""
    from mmrec_core.bundle import open_bundle
    from mmrec_core.datasets.demo import demo_config

    if not force:
        try:
            print(f"{open_bundle(out).path} exists already; --force builds it again.")
            return
        except BundleError:
            pass
    _build(demo_config(out), force)


@app.command()
def recommend(
    bundle: BundleFolder,
    image: Annotated[str | None, typer.Option(help="an image of the bundle, by name")] = None,
    file: Annotated[Path | None, typer.Option(help="any image file")] = None,
    text: Annotated[
        str | None, typer.Option(help="the image's caption; alone, it is the query")
    ] = None,
    k: Annotated[int, typer.Option("-k", min=1, help="number of results")] = 5,
    ranker: Annotated[
        str | None, typer.Option(help="model, clip, bert or fused; default the best available")
    ] = None,
    collapse: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="show pictures with this cosine or more as one"),
    ] = None,
    diversity: Annotated[
        float, typer.Option(min=0, max=1, help="spread similar pictures apart, 0 to 1")
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """Recommend images for one of the bundle's, for any image file, or for a text."""
    file = None if file == Path() else file
    if image and file:
        raise typer.BadParameter("give either --image or --file")
    if not (image or file or text):
        raise typer.BadParameter("give --image, --file or --text")
    _check_choice(ranker, "--ranker")
    from mmrec_core.serving.answer_json import recommendation_as_json
    from mmrec_core.serving.answers import Query
    from mmrec_core.serving.scoring import load_query

    query = load_query(file, text) if file else Query(image or None, text)
    found = _recommender(bundle).recommend(
        query, k=k, ranker=ranker, collapse=collapse, diversity=diversity
    )
    if as_json:
        return print_json(recommendation_as_json(found, str(file) if file else None))
    asked = f"{image or file}: " if image or file else ""
    say(f"{asked}{found.query.text or 'no caption'} (cluster {found.query.cluster})")
    for result in found.results:
        chance = "" if result.probability is None else f"  p {result.probability:.2f}"
        say(f"{result.rank:3}  {result.score:8.3f}{chance}  {result.image}  {result.text or ''}")
        shares = sorted(result.contributions.groups.items(), key=lambda g: -abs(g[1]))
        print("     " + ", ".join(f"{role} {value:+.2f}" for role, value in shares))


@app.command()
def evaluate(
    bundle: BundleFolder,
    k: Annotated[
        int, typer.Option("-k", min=1, help="measure nDCG and recall at this many places too")
    ] = 5,
    as_json: AsJson = False,
) -> None:
    """Measure all rankers and the candidates on held-out queries, with intervals."""
    from mmrec_core.evaluation.evaluate import evaluate_bundle, summary

    found = evaluate_bundle(_recommender(bundle), k)
    if as_json:
        return print_json(found)
    print(summary(found))


@app.command()
def score(
    bundle: BundleFolder,
    pairs: Annotated[Path, typer.Option(help="CSV: query image, candidate image, …")],
    out: Annotated[Path, typer.Option(help="CSV to write")],
) -> None:
    """Write the score and probability of given pairs under each ranker, as CSV."""
    from mmrec_core.inputs.judgements import check_known, read_pair_names
    from mmrec_core.serving.score_table import score_table

    recommender = _recommender(bundle)
    table = read_pair_names(pairs)
    check_known(table, recommender.bundle.items["image"], pairs)
    try:
        score_table(recommender, table).to_csv(out, index=False)
    except OSError as error:
        raise InputError(f"cannot write {out}: {error.strerror or error}.") from None
    print(f"{len(table)} pairs scored, written to {out}.")


@app.command()
def info(bundle: BundleFolder, as_json: AsJson = False) -> None:
    """Say what a bundle is: counts, encoders, recipe, digest."""
    from mmrec_core.bundle import open_bundle
    from mmrec_core.serving.answer_json import bundle_as_json

    opened = open_bundle(bundle)
    content = bundle_as_json(opened)
    if as_json and opened.source:
        content["source"] = opened.source
    if as_json:
        return print_json(content)
    say(f"{opened.name}  ({opened.digest[:12]}, recipe {opened.manifest.recipe})")
    for key, value in content["counts"].items():
        print(f"  {key.replace('_', ' '):18}{value:>9,}")
    for spec in (opened.manifest.encoders.image_text, opened.manifest.encoders.text):
        say(f"  {spec.kind} encoder {spec.name}, {spec.dimension} numbers: {spec.description}")
    if opened.source:
        files = filter(None, opened.source["files"].values())
        say(f"  imported: {', '.join(map(str, files))}")
        for key, value in opened.source.get("pairs", {}).items():
            print(f"    pairs, {key.replace('_', ' '):22}{value:>11,}")
    for note in opened.manifest.notes:
        say(f"  {note}")


@app.command()
def verify(bundle: BundleFolder) -> None:
    """Check every file of a bundle against its checksum."""
    from mmrec_core.bundle import open_bundle, verify_bundle

    faults = list(verify_bundle(bundle))
    for fault in faults[:20]:
        say(fault, file=sys.stderr)
    if faults:
        raise BundleError(
            f"{bundle} is damaged in {len(faults)} places: build it, or copy it, again."
        )
    print(f"{bundle} is sound: {len(open_bundle(bundle).manifest.files)} files and all thumbnails.")


def _build(config: Any, force: bool = False) -> None:
    from mmrec_core.recipes import build as build_bundle

    def say(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    folder = build_bundle(config, say, force)
    from mmrec_core.bundle import open_bundle

    counts = open_bundle(folder).manifest.counts
    print(f"{folder}: {counts.images:,} images in {counts.clusters:,} clusters, "
          f"{counts.held_out_queries:,} held-out queries.")  # fmt: skip
    if counts.problems:
        print(f"What could not be used, and why ({counts.problems:,} lines): "
              f"{folder / 'report.json'}")  # fmt: skip


def _recommender(bundle: Path) -> Any:
    from mmrec_core.bundle import open_bundle
    from mmrec_core.serving.recommender import Recommender

    return Recommender(open_bundle(bundle))


def _check_choice(ranker: str | None, option: str) -> None:
    from mmrec_core.ranker.model import RANKERS

    if ranker is not None and ranker not in RANKERS:
        raise typer.BadParameter(f"{option} is {ranker!r}; expected one of {', '.join(RANKERS)}")


app.command()(cli_reference.import_reference)
app.command()(cli_reference.export_candidates)
app.command()(cli_reference.compare)
app.command()(cli_verdicts.verdicts)
app.command()(cli_verdicts.train)
app.command("app")(cli_app.app)
app.add_typer(cli_fetch.fetching, name="fetch")


if __name__ == "__main__":
    main()
