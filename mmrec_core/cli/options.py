"""Options and arguments that several commands have: each is worded once."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from mmrec_core.errors import OptionError

BundleFolder = Annotated[Path, typer.Argument(metavar="BUNDLE", help="the bundle's folder")]
Queries = Annotated[
    str | None, typer.Option(metavar="NAME|FILE", help="only the queries of this query set or file")
]
AsJson = Annotated[bool, typer.Option("--json", help="print JSON instead of text")]

# Of commands that make a bundle. None where nothing was given: the default is the recipe's.
OUT_HELP = "folder to write the bundle to"
Name = Annotated[str | None, typer.Option(help="the bundle's name")]
Recipe = Annotated[
    str | None, typer.Option(help="default, or reference (the thesis pipeline with its faults)")
]
Without = Annotated[
    list[str] | None, typer.Option(help="a fault of the reference to leave out; may be repeated")
]
Trees = Annotated[
    int | None, typer.Option(help="maximum number of trees in the reference's ranker; default 2000")
]
Clusters = Annotated[int | None, typer.Option(help="number of clusters; default √(2 · images)")]
MapMethod = Annotated[str | None, typer.Option(help="how the map is drawn: umap (default) or pca")]
Seed = Annotated[int | None, typer.Option(help="random seed; default 0")]
Force = Annotated[bool, typer.Option("--force", help="start from the beginning")]

# Of commands that read pictures and captions.
ImageColumn = Annotated[
    str | None, typer.Option(help="the captions file's column of image names; default image")
]
TextColumn = Annotated[
    str | None, typer.Option(help="the captions file's column of texts; default text")
]
LabelColumn = Annotated[
    str | None, typer.Option(help="the captions file's column of labels; default label")
]
OnlyCaptioned = Annotated[
    bool | None, typer.Option("--only-captioned", help="leave out images without a caption row")
]
FolderLabels = Annotated[
    bool | None,
    typer.Option(
        "--folder-labels/--no-folder-labels",
        help="whether folders are labels; by default in train/CLASS/ without captions",
    ),
]


def given(options: dict[str, Any], *but: str) -> dict[str, Any]:
    """Return those of a command's options that were given, without the ones named in ``but``."""
    return {
        name: value
        for name, value in options.items()
        if name not in but and value not in (None, [])
    }


@contextmanager
def as_bad_usage() -> Iterator[None]:
    """Report a wrong value of an option as the command line reports its own: exit code 2."""
    try:
        yield
    except OptionError as error:
        raise typer.BadParameter(str(error)) from None
