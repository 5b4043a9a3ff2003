"""Pictures as members of tar shards, as WebDataset and img2dataset write them.

Members that follow each other with one name up to the first dot are one sample
(https://github.com/webdataset/webdataset#the-webdataset-format): ``cat.jpg``, ``cat.txt``,
``cat.cls``, ``cat.json``.
"""

import os
import posixpath
import re
import tarfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import BinaryIO, NamedTuple

from mmrec_core.inputs.images import IMAGE_SUFFIXES
from mmrec_core.inputs.problem import Problem, ProblemList
from mmrec_core.inputs.sources import fields
from mmrec_core.inputs.sources.img2dataset import not_fetched
from mmrec_core.inputs.sources.source import (
    Item,
    Place,
    Said,
    SaidColumns,
    counted,
    safe_name,
    stem,
)
from mmrec_core.inputs.text import LONGEST, is_utf8

TAR = ".tar"

_LONGEST_HEADER = 1 << 20
_MAGIC = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
}
_DAMAGES = (tarfile.TarError, ValueError, OverflowError, LookupError, EOFError, RecursionError)
_LONG_HEADERS = frozenset(
    {
        *(tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK),
        *(tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE),
    }
)


class Member(NamedTuple):
    """One regular file of a shard: its path, and its bytes' offset and number."""

    path: str
    start: int
    length: int

    @property
    def key(self) -> str:
        """The path up to the first dot of the file's name."""
        folder, name = posixpath.split(self.path)
        return posixpath.join(folder, name.partition(".")[0])

    @property
    def ending(self) -> str:
        """What follows that dot, in lower case."""
        return posixpath.basename(self.path).partition(".")[2].lower()


class TarShards:
    """A `Source` of pictures in tar files, each named below its shard: ``00000/000000001.jpg``."""

    by_name = False

    def __init__(
        self,
        root: Path,
        files: list[str],
        columns: SaidColumns,
        not_read: Sequence[Problem] = (),
    ):
        self.root = root
        self.tables: list[tuple[Path, str]] = []
        self.captioned = False
        self._files = files
        self._columns = columns
        self._not_read = not_read
        self._not_used = ProblemList()
        self._counts: Counter[str] = Counter()
        self._samples = 0

    @property
    def problems(self) -> list[Problem]:
        """What is not used; members that are no part of a picture are counted by their ending."""
        counts = [
            Problem("*.tar", "catalogue", f"{reason}: {count:,}")
            for reason, count in sorted(self._counts.items())
        ]
        return [*self._not_used.listed(), *counts, *self._not_read]

    def items(self) -> Iterator[Item]:
        """Yield the samples' pictures, shard by shard; only what lies beside them is read."""
        for file in self._files:
            try:
                with (self.root / file).open("rb") as handle:
                    members = self._until_damage(file, handle)
                    for _, sample in groupby(members, key=lambda member: member.key):
                        yield from self._sample(file, sample, handle)
            except OSError as error:
                self._report(file, f"cannot be read on: {error.strerror or error}")
        stats = (self.root / f"{stem(file)}_stats.json" for file in self._files)
        self._not_used.extend(not_fetched(stats))

    def beside(self, names: Iterable[str]) -> Iterator[tuple[str, Said]]:
        """Yield nothing: samples say it all."""
        return iter(())

    def found(self, pictures: int) -> str:
        """Return what was found."""
        parts = (len(self._files), "shard"), (self._samples, "sample"), (pictures, "picture")
        return f"WebDataset: {', '.join(counted(*part) for part in parts)}"

    def _until_damage(self, file: str, handle: BinaryIO) -> Iterator[Member]:
        try:
            yield from self._members(file, handle)
        except _DAMAGES as error:
            first = str(error).splitlines()[0][:120]
            why = "too many headers in a row" if isinstance(error, RecursionError) else first
            self._report(file, f"cannot be read on: {why}")

    def _members(self, file: str, handle: BinaryIO) -> Iterator[Member]:
        """Yield a shard's regular files; links, devices and what is cut off are reported."""
        size = os.fstat(handle.fileno()).st_size
        if algorithm := compression(handle):
            raise ValueError(
                f"compressed with {algorithm}; decompress it, a picture lies at a place"
            )
        before = -1
        # A reader of its own: the other handle reads what lies beside pictures.
        with tarfile.open(self.root / file, "r:", tarinfo=_Header) as shard:
            while (member := shard.next()) is not None:
                shard.members.clear()  # type: ignore[attr-defined]
                if shard.offset <= before:
                    raise ValueError(f"damaged at byte {before:,}")
                before = shard.offset
                trouble = _trouble(member, size)
                if trouble:
                    shown = member.name.encode("utf-8", "backslashreplace").decode()
                    self._report(f"{stem(file)}/{shown}", trouble)
                elif _is_hidden(member.name):
                    self._counts["hidden members skipped"] += 1
                elif not member.isdir():
                    yield Member(member.name, member.offset_data, member.size)
            handle.seek(shard.offset)
            if any(handle.read(tarfile.BLOCKSIZE)):
                self._report(file, f"damaged from byte {shard.offset:,} on: the rest is not read")

    def _sample(self, file: str, members: Iterator[Member], handle: BinaryIO) -> Iterator[Item]:
        """Yield one sample's picture, if it has one: of several the one without a further name."""
        self._samples += 1
        picture: Member | None = None
        contents: dict[str, bytes | str] = {}
        for member in members:
            if posixpath.splitext(member.path)[1].lower() in IMAGE_SUFFIXES:
                if picture is not None:
                    self._counts["further pictures of a sample, left out"] += 1
                if picture is None or ("." in picture.ending and "." not in member.ending):
                    picture = member
            elif member.ending in fields.ENDINGS:
                contents[member.ending] = _content(member, handle)
            else:
                self._counts["members that are neither pictures nor captions"] += 1
        if picture is None:
            self._counts["samples without a picture"] += 1
            return
        name = f"{stem(file)}/{safe_name(picture.path)}"
        said = fields.said_by(contents, self._columns, self._not_used.append, name)
        self.captioned |= bool(contents.keys() - {fields.LABEL_ENDING})
        yield Item(name, Place(file, picture.start, picture.length), said)

    def _report(self, name: str, reason: str) -> None:
        self._not_used.append(Problem(name, "catalogue", reason))


class _Header(tarfile.TarInfo):
    """A header that is not followed by megabytes of names, and not changed by a global one."""

    def _proc_member(self, tar: tarfile.TarFile) -> tarfile.TarInfo:
        if self.size < 0 or (self.type in _LONG_HEADERS and self.size > _LONGEST_HEADER):
            raise ValueError(f"a header gives a size of {self.size:,} bytes")
        if self.type != tarfile.XGLTYPE:
            # All of it would be applied to each member.
            tar.pax_headers.clear()  # type: ignore[attr-defined]
        return super()._proc_member(tar)  # type: ignore[misc]


def compression(handle: BinaryIO) -> str | None:
    """Return what a file is compressed with, None if it is not."""
    head = handle.read(6)
    handle.seek(0)
    return next((name for magic, name in _MAGIC.items() if head.startswith(magic)), None)


def _trouble(member: tarfile.TarInfo, size: int) -> str | None:
    if member.size < 0:
        return "size below 0"
    if not is_utf8(member.name):
        return "name is not valid UTF-8"
    if member.isdir():
        return None
    if member.issym() or member.islnk():
        return "link, not followed"
    if not member.isreg():
        return "not a regular file"
    if member.issparse():
        return "sparse, not read"
    return "truncated" if member.offset_data + member.size > size else None


def _is_hidden(path: str) -> bool:
    """Whether a member is hidden, or about the archive: ``__name__`` is WebDataset's own."""
    parts = [part for part in path.split("/") if part not in (".", "..")]
    about = parts[:1] == ["__MACOSX"] or re.fullmatch(r"__[^/]*__", parts[0] if parts else "")
    return bool(about) or any(part.startswith(".") for part in parts)


def _content(member: Member, handle: BinaryIO) -> bytes | str:
    if member.length > LONGEST:
        return f"{member.length:,} bytes; the limit is {LONGEST:,}"
    handle.seek(member.start)
    return handle.read(member.length)
