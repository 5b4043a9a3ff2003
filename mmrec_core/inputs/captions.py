"""What a caption file says of which image."""

import dataclasses
import posixpath
import unicodedata
from collections import Counter
from pathlib import Path

import pandas as pd

from mmrec_core.errors import InputError
from mmrec_core.inputs.caption_formats import listed, read_table
from mmrec_core.inputs.problem import Problem
from mmrec_core.inputs.text import clean

RESERVED_COLUMNS: frozenset[str] = frozenset(
    {
        *("image", "text", "label", "width", "height"),
        *("thumbnail", "thumbnail_sha256", "split", "is_query", "cluster", "x", "y"),
    }
)
"""Columns of the bundle's own; a caption file's columns of these names get a prefix."""

_PREFIX = "caption_"


def read_captions(
    path: Path,
    *,
    image_column: str = "image",
    text_column: str = "text",
    label_column: str = "label",
) -> pd.DataFrame:
    """Read a caption file: CSV, TSV, JSON Lines (or one JSON list) or Parquet, by its ending.

    Parameters
    ----------
    path : Path
        ``.csv``, ``.tsv``, ``.jsonl``, ``.ndjson``, ``.json`` or ``.parquet``; text files in
        UTF-8, or in UTF-16 with a byte order mark.
    image_column, text_column, label_column : str
        The names under which the file holds them. The label's column may be absent while it
        has its default name.

    Returns
    -------
    pandas.DataFrame
        Columns `image` (str), `text` and `label` (str or None), then the file's other columns
        (str or None), prefixed with ``caption_`` where a name is reserved. Texts are stripped;
        blank ones are None. Of several rows for one image the first is kept. What was left out
        is in ``attrs["problems"]``, a list of dictionaries with the fields of `Problem`.

    Raises
    ------
    InputError
        If the file cannot be read, is malformed or empty, or lacks a column.

    Examples
    --------
    >>> from pathlib import Path
    >>> from mmrec_core.inputs.captions import read_captions
    >>> file = Path("captions.csv")
    >>> _ = file.write_text("image,text,year\\na.png,A bird.,1999\\nb.png,,2004\\n")
    >>> captions = read_captions(file)
    >>> captions["text"].tolist(), captions["year"].tolist()
    (['A bird.', None], ['1999', '2004'])
    """
    columns = {clean(name) or "": cells for name, cells in read_table(path).items()}
    wanted = [image_column, text_column]
    if label_column != "label":
        wanted.append(label_column)
    for name in wanted:
        if name not in columns:
            raise InputError(
                f"{path}: no column {name!r}; it has {listed(columns)}: "
                "name the columns of images, texts and labels"
            )
    images = [clean(value) for value in columns[image_column]]
    if not images:
        raise InputError(f"{path} has columns but no rows: add a row for each image")

    problems: list[Problem] = []
    kept: list[int] = []
    rows_of: Counter[str] = Counter()
    shown: dict[str, str] = {}
    for row, image in enumerate(images):
        if image is None:
            problems.append(Problem(f"row {row + 1}", "captions", "no image is named"))
            continue
        key = normal_path(image)
        if key not in rows_of:
            kept.append(row)
            shown[key] = image
        rows_of[key] += 1
    problems += [
        Problem(shown[key], "captions", f"named by {count} rows; the first is kept")
        for key, count in rows_of.items()
        if count > 1
    ]

    def column(name: str) -> pd.Series:
        values = columns[name]
        return pd.Series([clean(values[row]) for row in kept], dtype=object)

    frame = {
        "image": pd.Series([images[row] for row in kept], dtype=object),
        "text": column(text_column),
        "label": column(label_column)
        if label_column in columns
        else pd.Series([None] * len(kept), dtype=object),
    }
    for name in columns:
        if name not in (image_column, text_column, label_column):
            frame[_free_name(name, {*frame, *columns})] = column(name)
    result = pd.DataFrame(frame)
    result.attrs["problems"] = [dataclasses.asdict(problem) for problem in problems]
    return result


def normal_path(name: str) -> str:
    """Return a path with forward slashes, in Unicode's composed form, as paths are compared."""
    return posixpath.normpath(unicodedata.normalize("NFC", name).replace("\\", "/"))


def _free_name(name: str, taken: set[str]) -> str:
    if name not in RESERVED_COLUMNS:
        return name
    name = _PREFIX + name
    while name in taken:
        name = _PREFIX + name
    return name
