"""Which image a name of a captions file means."""

import posixpath
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence

from mmrec_core.inputs.captions import normal_path
from mmrec_core.inputs.problem import Problem

AMBIGUOUS = -1

Find = Callable[[str], int | None]
"""From a name to the image that has it: None for no image, `AMBIGUOUS` for several."""


def image_of(name: str, exact: Find, by_path: Find, by_name: Find) -> int | str:
    """Return the image that is meant, or why there is none.

    Parameters
    ----------
    name : str
        A path with either slash and in either Unicode normal form, or a bare file name.
    exact, by_path, by_name : callable
        Find an image by its path as written, by its path in Unicode's composed form, and by its
        bare name in that form.
    """
    image = exact(name)
    if image is None:
        key = normal_path(name)
        if key.startswith("/") or re.match(r"[A-Za-z]:/", key):
            return "absolute path, outside the folder"
        if key == ".." or key.startswith("../"):
            return "path that leaves the folder"
        image = by_path(key)
        if image is None and "/" not in key:
            image = by_name(key)
    if image is None:
        return "no such image in the folder"
    return "several images have this name" if image == AMBIGUOUS else image


def same_image(name: str, first: str) -> Problem:
    """Return the problem of a second name for one image."""
    return Problem(name, "captions", f"same image as {first!r}, which is kept")


def match_names(paths: Sequence[str], named: Sequence[str]) -> tuple[dict[int, int], list[Problem]]:
    """Map the positions in `paths` to those in `named`; report the names that match nothing."""
    exact = {path: i for i, path in enumerate(paths)}
    keys = [unicodedata.normalize("NFC", path) for path in paths]
    by_path = _unique(keys)
    by_name = _unique(posixpath.basename(key) for key in keys)
    row_of: dict[int, int] = {}
    problems: list[Problem] = []
    for row, name in enumerate(named):
        position = image_of(name, exact.get, by_path.get, by_name.get)
        if isinstance(position, str):
            problems.append(Problem(name, "captions", position))
        elif position in row_of:
            problems.append(same_image(name, named[row_of[position]]))
        else:
            row_of[position] = row
    return row_of, problems


def _unique(keys: Iterable[str]) -> dict[str, int]:
    positions: dict[str, int] = {}
    for i, key in enumerate(keys):
        positions[key] = AMBIGUOUS if key in positions else i
    return positions
