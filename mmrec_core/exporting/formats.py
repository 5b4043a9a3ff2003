"""The formats by name, and writing a bundle in one of them."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from mmrec_core.bundle import Bundle
from mmrec_core.errors import InputError, OptionError
from mmrec_core.exporting.embedding_atlas import write_embedding_atlas
from mmrec_core.exporting.fiftyone import write_fiftyone
from mmrec_core.exporting.huggingface import write_datasets
from mmrec_core.exporting.images import Export
from mmrec_core.exporting.parquet import write_parquet
from mmrec_core.exporting.side_tables import write_side_tables
from mmrec_core.files import is_empty_folder


class Format(NamedTuple):
    """How a format is written, and a line that reads it; ``{out}`` in it is the folder."""

    write: Callable[[Export, Path], None]
    read: str


FORMATS = {
    "parquet": Format(write_parquet, "pandas.read_parquet({images!r})"),
    "datasets": Format(
        write_datasets, 'datasets.load_dataset("parquet", data_files={data!r}, split="train")'
    ),
    "embedding-atlas": Format(
        write_embedding_atlas,
        "embedding-atlas {atlas} --text text --image picture --x projection_x --y projection_y "
        "--neighbors neighbors",
    ),
    "fiftyone": Format(
        write_fiftyone,
        "fiftyone.Dataset.from_dir({out!r}, dataset_type=fiftyone.types.FiftyOneDataset)",
    ),
}


def export_bundle(export: Export, to: str, out: Path) -> Path:
    """Write a bundle into a new folder, in one of `FORMATS`.

    Parameters
    ----------
    export : Export
    to : str
        The format's name.
    out : Path
        The folder; it may be there if it is empty. It appears when all is written.

    Raises
    ------
    OptionError
        If there is no such format.
    InputError
        If the folder is not empty or lies in the bundle, or cannot be written.

    Examples
    --------
    >>> from pathlib import Path
    >>> import pandas as pd
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.exporting.formats import export_bundle
    >>> from mmrec_core.exporting.images import Export
    >>> folder = export_bundle(Export(open_bundle("artifacts/demo")), "parquet", Path("tables"))
    >>> images = pd.read_parquet(folder / "images.parquet")
    >>> len(images), images["clip_image"][0].dtype
    (538, dtype('float32'))
    """
    if to not in FORMATS:
        raise OptionError(f"--to is {to!r}; expected one of {', '.join(FORMATS)}.")
    _check_free(export.bundle, out)
    aside = out.resolve().with_name(f".{out.resolve().name}.part")
    try:
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        write_side_tables(export, aside)
        FORMATS[to].write(export, aside)
        aside.replace(out.resolve())
    except OSError as error:
        raise InputError(
            f"cannot write to {out} ({error.strerror or error}): choose another place for --out."
        ) from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return out


def reading_line(to: str, out: Path) -> str:
    """Return a line that reads an export with the tool that it was written for."""
    files = {"images": "images.parquet", "data": "data/*.parquet", "atlas": "atlas.parquet"}
    paths = {name: str(out / file) for name, file in files.items()}
    return FORMATS[to].read.format(out=str(out), **paths)


def _check_free(bundle: Bundle, out: Path) -> None:
    if out.resolve().is_relative_to(bundle.path.resolve()):
        raise InputError(f"{out} lies in the bundle, which never changes: choose another --out.")
    if out.exists() and not is_empty_folder(out):
        raise InputError(f"{out} exists and is not an empty folder: choose another --out.")
