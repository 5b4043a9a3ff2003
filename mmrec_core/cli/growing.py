"""The commands that change which images a bundle has: `mmrec add` and `mmrec remove`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mmrec_core.cli.options import (
    AsJson,
    BundleFolder,
    FolderLabels,
    ImageColumn,
    LabelColumn,
    OnlyCaptioned,
    TextColumn,
    as_bad_usage,
    given,
)
from mmrec_core.cli.terminal import print_json, say, say_aside
from mmrec_core.errors import InputError

if TYPE_CHECKING:
    from mmrec_core.bundle.growth import Growth


def add(
    bundle: BundleFolder,
    images: Annotated[
        Path,
        typer.Option(help="folder of the new images; or shards, as of mmrec build"),
    ],
    captions: Annotated[
        Path | None,
        typer.Option(help="CSV, TSV, JSON Lines, JSON or Parquet: image, text, [label]"),
    ] = None,
    image_column: ImageColumn = None,
    text_column: TextColumn = None,
    label_column: LabelColumn = None,
    only_captioned: OnlyCaptioned = None,
    folder_labels: FolderLabels = None,
    as_json: AsJson = False,
) -> None:
    """Add images to a bundle: only they are embedded, and what was fitted stays.

    Verdicts and links stay as they are. Images that the bundle has already are left out. Says by
    how much the new images lie otherwise than the others, and when a refit is due. If it is
    stopped, the bundle is unchanged, and the same command continues.
    """
    options = given(locals(), "bundle", "images", "captions", "as_json")
    from mmrec_core.growing.adding import add_images

    with as_bad_usage():
        growth = add_images(bundle, images, captions, say=say_aside, **options)
    _say_changed(bundle, growth, as_json)


def remove(
    bundle: BundleFolder,
    images: Annotated[
        list[str] | None,
        typer.Argument(metavar="IMAGE", help="names of images, as Browse shows them"),
    ] = None,
    names: Annotated[
        Path | None, typer.Option(help="text file with the name of an image in each line")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take images out of a bundle, with their thumbnails and pairs; what was fitted stays.

    Verdicts on the others stay as they are. If it is stopped, the bundle is unchanged.
    """
    wanted = [*(images or []), *(_lines(names) if names else [])]
    if not wanted:
        raise typer.BadParameter("name images, or give a file of names with --names")
    from mmrec_core.growing.removing import remove_images

    _say_changed(bundle, remove_images(bundle, wanted, say=say_aside), as_json)


def _lines(file: Path) -> list[str]:
    try:
        return [line for line in file.read_text("utf-8-sig").splitlines() if line]
    except (OSError, ValueError) as error:
        raise InputError(
            f"{file} is not a readable text file ({getattr(error, 'strerror', None) or error}): "
            "give a file with the name of an image in each line."
        ) from None


def _say_changed(bundle: Path, growth: Growth | None, as_json: bool) -> None:
    from mmrec_core.bundle import open_bundle
    from mmrec_core.bundle.growth import in_words

    opened = open_bundle(bundle)
    if as_json:
        told = growth and growth.model_dump(mode="json") | {"refit_due": list(growth.reasons)}
        return print_json({"images": opened.manifest.counts.images, "growth": told})
    say(f"{bundle}: {opened.manifest.counts.images:,} images.")
    for line in in_words(growth) if growth else []:
        say(f"  {line}")
