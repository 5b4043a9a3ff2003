"""The catalogue: which images there are, and what is written about each."""

import dataclasses
import json
import os
import posixpath
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from mmrec_core.errors import InputError
from mmrec_core.inputs.caption_files import listed, read_table
from mmrec_core.inputs.images import IMAGE_SUFFIXES

RESERVED_COLUMNS: frozenset[str] = frozenset(
    {
        *("image", "text", "label", "width", "height"),
        *("thumbnail", "thumbnail_sha256", "split", "is_query", "cluster", "x", "y"),
    }
)
"""Columns of the bundle's own; a caption file's columns of these names get a prefix."""

_PREFIX = "caption_"
_AMBIGUOUS = -1


@dataclass(frozen=True)
class Problem:
    """Something that was left out or is missing, and why; the build goes on without it.

    Attributes
    ----------
    image : str
        The image's path as the user knows it, ``*.txt`` for all files of an ending, or
        ``row 7`` for a caption without an image.
    stage : str
        Where it was noticed: ``catalogue``, ``captions``, ``thumbnails`` and so on.
    reason : str
        One short phrase.
    """

    image: str
    stage: str
    reason: str


def scan(folder: Path) -> tuple[list[str], list[Problem]]:
    """List the image files below a folder, by their endings.

    Hidden files and folders are skipped. A link to an image inside the folder counts as an
    image; links that leave the folder, and links to folders, are problems and not followed.

    Returns
    -------
    images : list of str
        Paths relative to `folder`, with forward slashes, sorted.
    problems : list of Problem
        Files with other endings make one problem an ending, hidden ones one in all, with a count.

    Raises
    ------
    InputError
        If `folder` is not a folder that can be read.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder: give the folder that holds the images")
    images: list[str] = []
    problems: list[Problem] = []
    others: Counter[str] = Counter()
    hidden = 0
    root = os.path.realpath(folder)
    waiting = [""]
    while waiting:
        parent = waiting.pop()
        try:
            with os.scandir(os.path.join(folder, parent)) as entries:
                children = list(entries)
        except OSError as error:
            why = (error.strerror or "error").lower()
            if not parent:
                raise InputError(
                    f"{folder} cannot be read ({why}): check its permissions"
                ) from None
            problems.append(Problem(parent, "catalogue", f"folder cannot be read ({why})"))
            continue
        for entry in children:
            if entry.name.startswith("."):
                hidden += 1
                continue
            path = f"{parent}/{entry.name}" if parent else entry.name
            if not _is_utf8(entry.name):
                shown = os.fsencode(path).decode("utf-8", "backslashreplace")
                problems.append(Problem(shown, "catalogue", "name is not valid UTF-8"))
                continue
            if entry.is_symlink():
                trouble = _link_trouble(entry, root)
                if trouble:
                    problems.append(Problem(path, "catalogue", trouble))
                    continue
            elif entry.is_dir(follow_symlinks=False):
                waiting.append(path)
                continue
            suffix = os.path.splitext(entry.name)[1].lower()
            if suffix not in IMAGE_SUFFIXES:
                others[suffix] += 1
            elif entry.is_file():
                images.append(path)
            else:
                problems.append(Problem(path, "catalogue", "not a regular file"))
    images.sort()
    problems.sort(key=lambda problem: problem.image)
    if hidden:
        problems.append(Problem(".*", "catalogue", f"hidden files and folders skipped: {hidden}"))
    return images, problems + [_other_files(suffix, others[suffix]) for suffix in sorted(others)]


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
        key = _normal(image)
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


def build_catalogue(
    images: Path,
    captions: Path | None,
    *,
    image_column: str = "image",
    text_column: str = "text",
    label_column: str = "label",
    only_captioned: bool = False,
) -> tuple[pd.DataFrame, list[Problem]]:
    """Join the images of a folder with their captions.

    A caption names its image by the path below the folder, with either slash and in either
    Unicode normal form; the bare file name does where only one image has it.

    Parameters
    ----------
    images : Path
        The folder, searched with its subfolders.
    captions : Path or None
        See `read_captions`. With None, every text is None, and no image is reported for it.
    image_column, text_column, label_column : str
        Columns of the caption file.
    only_captioned : bool
        Take only the images that the captions name, and leave the folder's other files
        unmentioned.

    Returns
    -------
    catalogue : pandas.DataFrame
        One row an image, sorted by path: `image` (str), `text` and `label` (str or None), and
        the caption file's other columns.
    problems : list of Problem

    Raises
    ------
    InputError
        If there are no images, or the captions cannot be used.
    """
    if only_captioned and captions is None:
        raise InputError("--only-captioned needs a caption file: give it with --captions")
    paths, problems = scan(images)
    if not paths:
        raise InputError(
            f"no images in {images} or its subfolders "
            f"(looked for {', '.join(sorted(IMAGE_SUFFIXES))}): give the folder that holds them"
        )
    if captions is None:
        blank = [None] * len(paths)
        columns = {"image": paths, "text": blank, "label": blank}
        return pd.DataFrame(columns, dtype=object), problems

    table = read_captions(
        captions, image_column=image_column, text_column=text_column, label_column=label_column
    )
    named = table["image"].tolist()
    row_of, unmatched = _match(paths, named)
    if only_captioned:
        if not row_of:
            raise InputError(
                f"none of the {len(named)} images that {captions} names is in {images} "
                f"(the first is {named[0]!r}): give the folder that these paths start from"
            )
        problems = [problem for problem in problems if not problem.image.startswith("*")]
        paths = [path for i, path in enumerate(paths) if i in row_of]
        row_of = dict(enumerate(row_of[i] for i in sorted(row_of)))

    rows = [row_of.get(i) for i in range(len(paths))]
    joined = {"image": pd.Series(paths, dtype=object)}
    for name in table.columns.drop("image"):
        values = table[name].tolist()
        joined[name] = pd.Series(
            [None if row is None else values[row] for row in rows], dtype=object
        )
    catalogue = pd.DataFrame(joined)
    problems += [Problem(**fields) for fields in table.attrs["problems"]]
    problems += unmatched
    problems += [
        Problem(path, "captions", "no caption")
        for path, text in zip(paths, catalogue["text"], strict=True)
        if text is None
    ]
    return catalogue, problems


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _link_trouble(entry: "os.DirEntry[str]", root: str) -> str | None:
    try:
        target = os.path.realpath(entry.path, strict=True)
    except OSError:
        return "broken link"
    if os.path.commonpath([root, target]) != root:
        return "link that leaves the folder"
    if os.path.isdir(target):
        return "link to a folder, not followed"
    return None


def _other_files(suffix: str, count: int) -> Problem:
    what = "file is not an image" if count == 1 else "files are not images"
    return Problem(
        f"*{suffix}", "catalogue", f"{count} {what} by {'its' if count == 1 else 'their'} ending"
    )


def _match(paths: Sequence[str], named: Sequence[str]) -> tuple[dict[int, int], list[Problem]]:
    """Map the positions in `paths` to those in `named`; report the names that match nothing."""
    exact = {path: i for i, path in enumerate(paths)}
    keys = [unicodedata.normalize("NFC", path) for path in paths]
    by_path = _unique(keys)
    by_name = _unique(posixpath.basename(key) for key in keys)
    row_of: dict[int, int] = {}
    problems: list[Problem] = []
    for row, name in enumerate(named):
        found = exact.get(name)
        if found is None:
            key = _normal(name)
            if key.startswith("/") or re.match(r"[A-Za-z]:/", key):
                problems.append(Problem(name, "captions", "absolute path, outside the folder"))
                continue
            if key == ".." or key.startswith("../"):
                problems.append(Problem(name, "captions", "path that leaves the folder"))
                continue
            found = by_path.get(key)
            if found is None and "/" not in key:
                found = by_name.get(key)
        if found is None:
            problems.append(Problem(name, "captions", "no such image in the folder"))
        elif found == _AMBIGUOUS:
            problems.append(Problem(name, "captions", "several images have this name"))
        elif found in row_of:
            first = named[row_of[found]]
            problems.append(Problem(name, "captions", f"same image as {first!r}, which is kept"))
        else:
            row_of[found] = row
    return row_of, problems


def _unique(keys: Iterable[str]) -> dict[str, int]:
    positions: dict[str, int] = {}
    for i, key in enumerate(keys):
        positions[key] = _AMBIGUOUS if key in positions else i
    return positions


def _normal(name: str) -> str:
    return posixpath.normpath(unicodedata.normalize("NFC", name).replace("\\", "/"))


def _free_name(name: str, taken: set[str]) -> str:
    if name not in RESERVED_COLUMNS:
        return name
    name = _PREFIX + name
    while name in taken:
        name = _PREFIX + name
    return name


def clean(value: Any) -> str | None:
    """Return a cell as stripped text that UTF-8 can hold, or None where it is blank."""
    if value is None or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, dict | list | bool):
        value = json.dumps(value, ensure_ascii=False, default=str)
    text = str(value).strip()
    if text and not _is_utf8(text):
        text = text.encode("utf-8", "replace").decode()
    return text or None
