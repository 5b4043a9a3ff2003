"""The catalogue: the images of a folder, joined with what is written about each."""

import posixpath
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from mmrec_core.errors import InputError
from mmrec_core.inputs.captions import normal_path, read_captions
from mmrec_core.inputs.folder import scan
from mmrec_core.inputs.images import IMAGE_SUFFIXES
from mmrec_core.inputs.problem import Problem

_AMBIGUOUS = -1


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

    Examples
    --------
    >>> from pathlib import Path
    >>> from mmrec_core.inputs.catalogue import build_catalogue
    >>> catalogue, problems = build_catalogue(Path("artifacts/demo/thumbnails"), None)
    >>> len(catalogue), problems
    (538, [])
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
    row_of, unmatched = match_names(paths, named)
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


def match_names(paths: Sequence[str], named: Sequence[str]) -> tuple[dict[int, int], list[Problem]]:
    """Map the positions in `paths` to those in `named`; report the names that match nothing."""
    exact = {path: i for i, path in enumerate(paths)}
    keys = [unicodedata.normalize("NFC", path) for path in paths]
    by_path = _unique(keys)
    by_name = _unique(posixpath.basename(key) for key in keys)
    row_of: dict[int, int] = {}
    problems: list[Problem] = []
    for row, name in enumerate(named):
        position = exact.get(name)
        if position is None:
            key = normal_path(name)
            if key.startswith("/") or re.match(r"[A-Za-z]:/", key):
                problems.append(Problem(name, "captions", "absolute path, outside the folder"))
                continue
            if key == ".." or key.startswith("../"):
                problems.append(Problem(name, "captions", "path that leaves the folder"))
                continue
            position = by_path.get(key)
            if position is None and "/" not in key:
                position = by_name.get(key)
        if position is None:
            problems.append(Problem(name, "captions", "no such image in the folder"))
        elif position == _AMBIGUOUS:
            problems.append(Problem(name, "captions", "several images have this name"))
        elif position in row_of:
            first = named[row_of[position]]
            problems.append(Problem(name, "captions", f"same image as {first!r}, which is kept"))
        else:
            row_of[position] = row
    return row_of, problems


def _unique(keys: Iterable[str]) -> dict[str, int]:
    positions: dict[str, int] = {}
    for i, key in enumerate(keys):
        positions[key] = _AMBIGUOUS if key in positions else i
    return positions
