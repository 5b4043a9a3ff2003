"""Which images a folder holds."""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from mmrec_core.errors import InputError
from mmrec_core.inputs.images import IMAGE_SUFFIXES
from mmrec_core.inputs.problem import Problem, ProblemList
from mmrec_core.inputs.text import is_utf8


class FolderWalk:
    """The files below a folder, one by one, in no order.

    Hidden files and folders are skipped. A link to a file inside the folder counts as a file;
    links that leave the folder, and links to folders, are problems and not followed. So are pipes
    and devices.

    Raises
    ------
    InputError
        When it begins, if the folder cannot be read.
    """

    def __init__(self, folder: Path):
        self._folder = folder
        self._problems = ProblemList()
        self._hidden = 0

    def __iter__(self) -> Iterator[str]:
        """Yield paths relative to the folder, with forward slashes."""
        if not self._folder.is_dir():
            raise InputError(
                f"{self._folder} is not a folder: give the folder that holds the images"
            )
        root = os.path.realpath(self._folder)
        waiting = [""]
        while waiting:
            parent = waiting.pop()
            try:
                with os.scandir(os.path.join(self._folder, parent)) as entries:
                    for entry in entries:
                        path = f"{parent}/{entry.name}" if parent else entry.name
                        if not self._may_be_read(entry, path, root):
                            continue
                        if entry.is_dir(follow_symlinks=False):
                            waiting.append(path)
                        else:
                            yield path
            except OSError as error:
                why = (error.strerror or "error").lower()
                if not parent:
                    raise InputError(
                        f"{self._folder} cannot be read ({why}): check its permissions"
                    ) from None
                self._report(parent, f"folder cannot be read ({why})")

    def problems(self) -> list[Problem]:
        """Return what was not read, sorted by path; what is hidden makes one problem in all."""
        problems = sorted(self._problems.listed(), key=lambda problem: problem.image)
        if self._hidden:
            reason = f"hidden files and folders skipped: {self._hidden}"
            problems.append(Problem(".*", "catalogue", reason))
        return problems

    def _may_be_read(self, entry: "os.DirEntry[str]", path: str, root: str) -> bool:
        if entry.name.startswith("."):
            self._hidden += 1
            return False
        if not is_utf8(entry.name):
            shown = os.fsencode(path).decode("utf-8", "backslashreplace")
            self._report(shown, "name is not valid UTF-8")
            return False
        trouble = _link_trouble(entry, root) if entry.is_symlink() else None
        if not trouble and not (entry.is_file() or entry.is_dir()):
            trouble = "not a regular file"
        if trouble:
            self._report(path, trouble)
        return not trouble

    def _report(self, path: str, reason: str) -> None:
        self._problems.append(Problem(path, "catalogue", reason))


def scan(folder: Path) -> tuple[list[str], list[Problem]]:
    """List the image files below a folder, by their endings; see `FolderWalk`.

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
    images: list[str] = []
    others: Counter[str] = Counter()
    walk = FolderWalk(folder)
    for path in walk:
        if _is_image(path):
            images.append(path)
        else:
            others[_suffix(path)] += 1
    images.sort()
    return images, walk.problems() + [other_files(name, others[name]) for name in sorted(others)]


def _is_image(path: str) -> bool:
    return _suffix(path) in IMAGE_SUFFIXES


def _suffix(path: str) -> str:
    return os.path.splitext(path)[1].lower()


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


def other_files(suffix: str, count: int) -> Problem:
    """Return the problem of files that are no images by their ending."""
    what = "file is not an image" if count == 1 else "files are not images"
    return Problem(
        f"*{suffix}", "catalogue", f"{count} {what} by {'its' if count == 1 else 'their'} ending"
    )
