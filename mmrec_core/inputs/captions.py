"""What a caption file says of which image."""

import dataclasses
import posixpath
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from mmrec_core.errors import InputError
from mmrec_core.inputs.caption_formats import left_out, listed, read_chunks, refuse_repeated
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
        blank ones are None, and one of more than 1,048,576 characters is cut. Of several rows for
        one image the first is kept. What was left out is in ``attrs["problems"]``, a list of
        dictionaries with the fields of `Problem`.

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
    problems: list[Problem] = []
    kept: dict[str, CaptionRow] = {}
    rows_of: Counter[str] = Counter()
    reader = CaptionReader(path, image_column, named_columns(text_column, label_column))
    for row in reader:
        if row.image is None:
            problems.append(row.unnamed())
            continue
        key = normal_path(row.image)
        kept.setdefault(key, row)
        rows_of[key] += 1
    problems += [
        named_often(str(kept[key].image), count) for key, count in rows_of.items() if count > 1
    ]
    names = output_names(text_column, label_column, reader.columns)
    frame = {"image": pd.Series([row.image for row in kept.values()], dtype=object)}
    for name, column in names.items():
        cells = [row.cells.get(column) for row in kept.values()]
        frame[name] = pd.Series(cells, dtype=object)
    result = pd.DataFrame(frame)
    result.attrs["problems"] = [dataclasses.asdict(problem) for problem in problems]
    return result


class CaptionRow(NamedTuple):
    """One row of a caption file: its number from 1, the image that it names, its other cells."""

    number: int
    image: str | None
    cells: dict[str, str]

    def unnamed(self) -> Problem:
        """Return the problem of a row that names no image."""
        return Problem(f"row {self.number}", "captions", "no image is named")


class CaptionReader:
    """A caption file's rows, a chunk of which is in memory at a time.

    Attributes
    ----------
    columns : list of str
        The other columns' names, complete once the rows have been read.

    Raises
    ------
    InputError
        While it is read: if the file cannot be read, is malformed or empty, or lacks a column.
    """

    def __init__(self, path: Path, image_column: str, wanted: Sequence[str] = ()):
        self._path = path
        self._image_column = image_column
        self._wanted = [image_column, *wanted]
        self.columns: list[str] = []

    def __iter__(self) -> Iterator[CaptionRow]:
        """Yield the rows; blank cells are left out of them."""
        known: dict[str, None] = {}
        written: dict[str, None] = {}
        number = 0
        for chunk in read_chunks(self._path):
            if not chunk.keys() <= written.keys():
                written |= dict.fromkeys(chunk)
                refuse_repeated(self._path, [clean(name) or "" for name in written])
            columns = {clean(name) or "": cells for name, cells in chunk.items()}
            known |= dict.fromkeys(columns)
            names = columns.pop(self._image_column, None)
            for i in range(len(next(iter(chunk.values()), []))):
                number += 1
                cells = {name: value for name, value in
                         ((name, clean(column[i])) for name, column in columns.items())
                         if value is not None}  # fmt: skip
                yield CaptionRow(number, clean(names[i]) if names else None, cells)
        for name in self._wanted:
            if name not in known:
                if kind := left_out(self._path).get(name):
                    raise InputError(
                        f"{self._path}: column {name!r} holds {kind}: convert it to text"
                    )
                raise InputError(
                    f"{self._path}: no column {name!r}; it has {listed(known)}: "
                    "name the columns of images, texts and labels"
                )
        if not number:
            raise InputError(f"{self._path} has columns but no rows: add a row for each image")
        self.columns = [name for name in known if name != self._image_column]


def named_columns(text_column: str, label_column: str) -> list[str]:
    """Return the columns that a caption file must have: a label may be missing by default."""
    return [text_column] + ([label_column] if label_column != "label" else [])


def named_often(image: str, count: int) -> Problem:
    """Return the problem of an image that several rows name."""
    return Problem(image, "captions", f"named by {count} rows; the first is kept")


def output_names(text_column: str, label_column: str, columns: Sequence[str]) -> dict[str, str]:
    """Map the catalogue's columns, but for the image, to a caption file's."""
    names = {"text": text_column, "label": label_column}
    for name in columns:
        if name not in (text_column, label_column):
            names[_free_name(name, {"image", *names, *columns})] = name
    return names


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
