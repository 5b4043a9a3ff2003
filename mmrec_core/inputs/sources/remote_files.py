"""Pictures as files of a store that fsspec reads, such as S3: listed once, read one by one."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mmrec_core.errors import InputError
from mmrec_core.inputs.images import IMAGE_SUFFIXES
from mmrec_core.inputs.problem import Problem, ProblemList
from mmrec_core.inputs.sources.files import PictureFiles
from mmrec_core.inputs.sources.reading import MOST_BYTES
from mmrec_core.inputs.sources.source import safe_name
from mmrec_core.remote import first_line


class RemoteFiles(PictureFiles):
    """A `Source` of picture files by URL.

    What lies beside them, captions and tables, is not read: that would be a request a file.
    """

    reads_beside = False

    def walk(self) -> "RemoteWalk":
        """Return what lists the files."""
        return RemoteWalk(self.root)


class RemoteWalk:
    """The files below a URL, in the order of their names; those that are hidden are skipped.

    Sizes are those of the listing, so a picture that is too large is never fetched.

    Raises
    ------
    InputError
        When it begins, if the store does not answer or there is nothing at the URL.
    """

    def __init__(self, root: Path):
        self._root = root
        self._problems = ProblemList()
        self._hidden = 0

    def __iter__(self) -> Iterator[str]:
        """Yield paths relative to the URL, with forward slashes."""
        for name, size in self._listed():
            if any(part.startswith(".") for part in name.split("/")):
                self._hidden += 1
            elif safe_name(name) != name:
                self._report(name, "the name is no path")
            elif size > MOST_BYTES:
                self._report(name, f"too large ({size:,} bytes; the limit is {MOST_BYTES:,})")
            else:
                yield name

    def problems(self) -> list[Problem]:
        """Return what was not read; what is hidden makes one problem in all."""
        problems = self._problems.listed()
        if self._hidden:
            problems.append(Problem(".*", "catalogue", f"hidden files skipped: {self._hidden}"))
        return problems

    def _listed(self) -> list[tuple[str, int]]:
        root: Any = self._root
        before = root.path.rstrip("/") + "/"
        try:
            files = root.fs.find(root.path, detail=True)
        except Exception as error:  # stores raise what their own libraries do
            raise InputError(
                f"{root} cannot be listed ({first_line(error)}): check the address and the "
                "credentials"
            ) from None
        found = sorted(
            (name.removeprefix(before), int(file.get("size") or 0))
            for name, file in files.items()
            if name.startswith(before) and not name.endswith("/")
        )
        if not found:
            looked_for = ", ".join(sorted(IMAGE_SUFFIXES))
            raise InputError(
                f"no images at {root} (looked for {looked_for}): give the folder that holds them"
            )
        return found

    def _report(self, name: str, reason: str) -> None:
        self._problems.append(Problem(name, "catalogue", reason))
