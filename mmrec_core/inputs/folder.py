"""Which images a folder holds."""

import os
from collections import Counter
from pathlib import Path

from mmrec_core.errors import InputError
from mmrec_core.inputs.images import IMAGE_SUFFIXES
from mmrec_core.inputs.problem import Problem
from mmrec_core.inputs.text import is_utf8


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
            if not is_utf8(entry.name):
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
