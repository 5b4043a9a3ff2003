"""Untrusted archives: looked through whole before anything is written, then unpacked."""

import lzma
import shutil
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from mmrec_core.datasets.fetch.faults import FileFault, writing
from mmrec_core.datasets.fetch.names import relative_path, shown

CHUNK = 1 << 20


@dataclass(frozen=True)
class Limits:
    """What an archive may hold at most.

    Parameters
    ----------
    entries : int
        Files and folders.
    total : int
        Bytes, unpacked.
    ratio : int
        Unpacked bytes to the archive's own; small archives have a `grace` of bytes beside.
    """

    entries: int
    total: int
    ratio: int = 100
    grace: int = 1 << 20


@dataclass(frozen=True)
class Member:
    """A file in an archive: its intended path, its size in bytes, and its record there."""

    path: PurePosixPath
    size: int
    record: zipfile.ZipInfo | tarfile.TarInfo


class Archive:
    """A zip or tar file, opened and checked to be harmless.

    Raises
    ------
    FileFault
        If it is damaged, is no archive, or holds a link, a device, a path that leads out of its
        folder, an encrypted file, or more than the limits allow.
    """

    def __init__(self, file: Path, limits: Limits) -> None:
        self.name = file.name
        self._file = file
        self._limits = limits
        self._size = file.stat().st_size
        self._opened: zipfile.ZipFile | tarfile.TarFile
        with self._faults_described():
            if zipfile.is_zipfile(file):
                self._opened = zipfile.ZipFile(file)
            else:
                self._opened = tarfile.open(file)  # noqa: SIM115
        try:
            with self._faults_described():
                self.members = list(self._checked())
                self._check_end()
        except BaseException:
            self._opened.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._opened.close()

    def unpack(self, member: Member, to: Path) -> None:
        """Write one file; a part of it never stands under its name.

        Raises
        ------
        FileFault
            If it is damaged.
        DiskFull, FetchError
            If it cannot be written.
        """
        part = to.with_name(f"{to.name}.part")
        with writing(to):
            to.parent.mkdir(parents=True, exist_ok=True)
        try:
            with (
                writing(part),
                part.open("wb") as out,
                self._faults_described(),
                self._reader(member) as content,
            ):
                shutil.copyfileobj(content, out, CHUNK)
            if part.stat().st_size != member.size:
                raise self._damaged(f"{shown(str(member.path))} is truncated")
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        with writing(to):
            part.replace(to)

    def _reader(self, member: Member) -> IO[bytes]:
        if isinstance(self._opened, zipfile.ZipFile):
            assert isinstance(member.record, zipfile.ZipInfo)
            return self._opened.open(member.record)
        assert isinstance(member.record, tarfile.TarInfo)
        content = self._opened.extractfile(member.record)
        assert content is not None  # it is a regular file: _checked() saw to that
        return content

    def _checked(self) -> Iterator[Member]:
        total = entries = 0
        most = min(self._limits.total, self._limits.ratio * self._size + self._limits.grace)
        opened = self._opened
        for record in opened.infolist() if isinstance(opened, zipfile.ZipFile) else opened:
            entries += 1
            name, size, kind = _described(record)
            total += size
            if entries > self._limits.entries:
                raise self._refused(f"contains more than {self._limits.entries:,} entries")
            if total > most:
                raise self._refused(f"unpacks to more than {most:,} bytes")
            if kind == "folder":
                continue
            if kind != "file":
                raise self._refused(f"contains {shown(name)}, which is {kind}")
            try:
                yield Member(relative_path(name.removeprefix("./")), size, record)
            except FileFault as fault:
                raise FileFault(f"the archive {self.name} is not safe: {fault}") from None

    def _check_end(self) -> None:
        """Read what follows the last file of a tar: the checksum of all stands at the very end."""
        rest = self._opened.fileobj if isinstance(self._opened, tarfile.TarFile) else None
        if rest is not None and len(rest.read(CHUNK)) == CHUNK:
            raise self._refused("has data after its end")

    def _refused(self, reason: str) -> FileFault:
        return FileFault(f"the archive {self.name} {reason}: nothing of it is unpacked.")

    def _damaged(self, reason: object) -> FileFault:
        return FileFault(
            f"the archive {self._file} cannot be unpacked ({reason}): it is damaged, or of an "
            "unknown kind. Remove it to fetch it again."
        )

    @contextmanager
    def _faults_described(self) -> Iterator[None]:
        try:
            yield
        except (
            zipfile.BadZipFile, tarfile.TarError, lzma.LZMAError, zlib.error, EOFError,
            NotImplementedError, UnicodeError, OSError,
        ) as error:  # fmt: skip
            if isinstance(error, OSError) and error.errno is not None:
                raise  # the disk's trouble: gzip and bz2 name no number
            raise self._damaged(" ".join(str(error).split())) from None


def _described(record: zipfile.ZipInfo | tarfile.TarInfo) -> tuple[str, int, str]:
    """Return name, size in bytes, and ``file``, ``folder`` or what else it is."""
    if isinstance(record, tarfile.TarInfo):
        if record.isdir():
            return record.name, 0, "folder"
        if record.issym() or record.islnk():
            return record.name, 0, "a link"
        plain = record.isreg() and not record.issparse()
        return record.name, record.size, "file" if plain else "no plain file"
    name, mode = record.filename, record.external_attr >> 16
    if stat.S_ISLNK(mode):
        return name, 0, "a link"
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        return name, 0, "no plain file"
    if record.flag_bits & 0x1:
        return name, 0, "encrypted"
    return name, record.file_size, "folder" if record.is_dir() else "file"
