"""Untrusted JSON Lines: numbered, of bounded length, the damaged ones noted and not fatal."""

from collections.abc import Iterator
from pathlib import Path

from mmrec_core.errors import InputError
from mmrec_core.inputs.problem import Problem

LONGEST_LINE = 1 << 20  # bytes; a line of 1,280 numbers has some 27,000
_BUFFER = 1 << 20
_DAMAGES_LISTED = 1000


class Damages:
    """The damaged lines of one file: the first thousand with their reasons, the rest counted."""

    def __init__(self, file: str):
        self.file = file
        self.count = 0
        self.listed: list[tuple[int, str]] = []

    def add(self, line: int, reason: str) -> None:
        """Note a line by its number."""
        self.count += 1
        if len(self.listed) < _DAMAGES_LISTED:
            self.listed.append((line, reason))

    @property
    def first(self) -> str:
        """The first damaged line in brackets, nothing without one."""
        return f" (line {self.listed[0][0]}: {self.listed[0][1]})" if self.listed else ""

    def problems(self, stage: str) -> list[Problem]:
        """Return what to report."""
        problems = [Problem(f"{self.file}, line {n}", stage, reason) for n, reason in self.listed]
        if self.count > len(self.listed):
            rest = f"{self.count - len(self.listed)} more lines are left out"
            problems.append(Problem(self.file, stage, rest))
        return problems


def numbered_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that are not blank with their numbers; none is longer than the limit."""
    try:
        with path.open("rb", buffering=_BUFFER) as handle:
            number = 0
            while line := handle.readline(LONGEST_LINE):
                number += 1
                if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
                    while (rest := handle.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                        pass
                    line = b"longer than any line of these files"
                if line := line.strip():
                    yield number, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
    except OSError as error:
        raise InputError(
            f"{path} cannot be read ({error.strerror or error}): check the path."
        ) from None
