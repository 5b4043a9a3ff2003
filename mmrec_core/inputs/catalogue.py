"""The catalogue: the images of a source, joined with what is written about each."""

import errno
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from mmrec_core.inputs.catalogue_rows import Catalogue, CatalogueOptions
from mmrec_core.inputs.catalogue_store import CatalogueStore
from mmrec_core.inputs.problem import Problem


@contextmanager
def open_catalogue(
    images: Path,
    captions: Path | None,
    options: CatalogueOptions | None = None,
    aside: Path | None = None,
) -> Iterator[Catalogue]:
    """Join images with captions, in memory that does not grow with their number.

    Parameters
    ----------
    images, captions
        See `build_catalogue`.
    options : CatalogueOptions, optional
    aside : Path, optional
        Where a temporary file may lie that is as large as the captions; by default the system's
        folder for such files.

    Raises
    ------
    InputError
        If there are no images, or the captions cannot be used.
    OSError
        If the temporary file cannot be written.
    """
    try:
        with CatalogueStore(aside) as store:
            yield Catalogue(images, captions, options or CatalogueOptions(), store)
    except sqlite3.OperationalError as error:
        raise OSError(errno.EIO, str(error), str(aside or tempfile.gettempdir())) from None


def build_catalogue(
    images: Path,
    captions: Path | None,
    *,
    image_column: str = "image",
    text_column: str = "text",
    label_column: str = "label",
    only_captioned: bool = False,
    folder_labels: bool | None = None,
) -> tuple[pd.DataFrame, list[Problem]]:
    """Join the images of a folder or of shards with their captions, as a table in memory.

    A caption names its image by the path below the folder, with either slash and in either
    Unicode normal form; the bare file name does where only one image has it. Where a captions
    file says nothing of an image, what the source itself says of it is taken.

    Parameters
    ----------
    images : Path
        A folder, searched with its subfolders, or one shard: see
        `mmrec_core.inputs.sources.detection.open_source`.
    captions : Path or None
        See `read_captions`. With None, captions and labels are those of the source, and without
        such no image is reported for it.
    image_column, text_column, label_column : str
        Columns of the caption file; without one, of what the source holds.
    only_captioned : bool
        Take only the images that the captions name, and leave the folder's other files
        unmentioned. Without a captions file, those of which the source has a caption.
    folder_labels : bool, optional
        Whether the folder that a picture lies in is its label; see
        `mmrec_core.inputs.sources.files.PictureFiles`. With captions it is not by default.

    Returns
    -------
    catalogue : pandas.DataFrame
        One row an image, of a folder sorted by path, of shards in their order: `image` (str),
        `text` and `label` (str or None), the caption file's other columns, and the source's.
    problems : list of Problem

    Raises
    ------
    InputError
        If there are no images, or the captions cannot be used.

    Examples
    --------
    >>> from pathlib import Path
    >>> from mmrec_core.inputs.catalogue import build_catalogue
    >>> catalogue, problems = build_catalogue(Path("artifacts/demo/thumbnails"), None)
    >>> len(catalogue), problems
    (538, [])
    """
    options = CatalogueOptions(
        image_column, text_column, label_column, only_captioned, folder_labels
    )
    with open_catalogue(images, captions, options) as catalogue:
        rows = [{"image": entry.image, **entry.cells} for entry in catalogue.entries()]
        frame = {
            name: pd.Series([row.get(name) for row in rows], dtype=object)
            for name in catalogue.columns
        }
        return pd.DataFrame(frame), catalogue.problems
