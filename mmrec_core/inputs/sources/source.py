"""What every layout of pictures gives: items in a stable order, each with its place."""

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from mmrec_core.inputs.problem import Problem
from mmrec_core.inputs.text import clean

TEXT_COLUMNS = ("text", "caption", "txt")
LABEL_COLUMNS = ("label",)
_BOOKKEEPING = frozenset(
    {
        *("key", "status", "error_message", "exif", "md5", "sha256", "sha512"),
        *("width", "height", "original_width", "original_height"),
    }
)

Said = dict[str, str | None]
"""What is said of a picture: `text` and `label` where they are known, then further columns."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a picture's bytes lie.

    Attributes
    ----------
    file : str
        Path below the source's root, with forward slashes.
    start, length : int or None
        In a tar shard the offset of the bytes and their number; in Parquet the row group and the
        row in it. None where the file is the picture.
    """

    file: str
    start: int | None = None
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One picture of a source.

    Attributes
    ----------
    name : str
        What the bundle calls it: a path without ``..`` and without a leading slash.
    place : Place
    said : dict
    otherwise : str or None
        The name that it gets where another picture has the first one.
    """

    name: str
    place: Place
    said: Said = field(default_factory=dict)
    otherwise: str | None = None


@dataclass(frozen=True)
class SaidColumns:
    """The names under which a source holds texts and labels; by default the customary ones.

    Attributes
    ----------
    text, label : str or None
    seen : set of str
        All names that records had so far.
    """

    text: str | None = None
    label: str | None = None
    seen: set[str] = field(default_factory=set)

    def of(self, record: Mapping[str, Any]) -> Said:
        """Return what a record says, without what img2dataset writes for its own use."""
        self.seen.update(record)
        text = self.column(self.text, TEXT_COLUMNS, record)
        label = self.column(self.label, LABEL_COLUMNS, record)
        left_out = {text, label}
        if {"key", "status", "error_message"} <= record.keys():
            left_out |= _BOOKKEEPING | set(TEXT_COLUMNS)
        said = {"text": clean(record[text])} if text else {}
        if label:
            said["label"] = clean(record[label])
        for name in record:
            if name not in left_out:
                said[column_name(name)] = clean(record[name])
        return said

    @staticmethod
    def column(chosen: str | None, customary: Iterable[str], names: Iterable[str]) -> str | None:
        """Return the column that was chosen, or the first customary one, of those that exist."""
        known = set(names)
        return next((name for name in ([chosen] if chosen else customary) if name in known), None)


class Source(Protocol):
    """Pictures in one layout, listed one by one and never unpacked.

    Attributes
    ----------
    root : Path
        The folder that places start from.
    by_name : bool
        Whether the catalogue is sorted by name; otherwise the order is the source's own.
    problems : list of Problem
        What could not be used; complete once `items` has ended.
    tables : list of (Path, str)
        Tables of captions that lie among the pictures, with the folder that their names start from;
        complete once `items` has ended.
    captioned : bool
        Whether the source holds captions of its own; known once `items` has ended.
    """

    root: Path
    by_name: bool
    tables: list[tuple[Path, str]]

    @property
    def problems(self) -> list[Problem]: ...  # noqa: D102

    @property
    def captioned(self) -> bool: ...  # noqa: D102

    def items(self) -> Iterator[Item]:
        """Yield the pictures, always in the same order."""

    def beside(self, names: Iterable[str]) -> Iterator[tuple[str, Said]]:
        """Yield what lies beside the pictures, once `items` has ended, where that was not said."""

    def found(self, pictures: int) -> str:
        """Return what was found in one phrase, once `items` has ended; empty for files alone."""


def safe_name(name: str) -> str:
    """Return a path as a bundle may show it: no leading slash, drive, ``..`` or NUL.

    Examples
    --------
    >>> from mmrec_core.inputs.sources.source import safe_name
    >>> safe_name("../../etc/./cat.png"), safe_name("C:\\\\pictures\\\\cat.png")
    ('etc/cat.png', 'pictures/cat.png')
    """
    parts = name.replace("\0", "").replace("\\", "/").split("/")
    if len(parts[0]) == 2 and parts[0][1] == ":":
        parts = parts[1:]
    return "/".join(part for part in parts if part not in ("", ".", ".."))


def column_name(name: Any) -> str:
    """Return a further column's name: text that is not empty, and neither `text` nor `label`."""
    name = clean(name) or "column"
    return f"caption_{name}" if name in ("text", "label") else name


def counted(number: int, what: str) -> str:
    """Return a number with its noun: ``1 shard``, ``2 shards``."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def stem(path: str) -> str:
    """Return a path without its last ending."""
    return posixpath.splitext(path)[0]
