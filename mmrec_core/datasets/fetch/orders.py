"""What becomes of one source: looked up, fetched, unpacked, entered as finished."""

import hashlib
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mmrec_core.datasets.fetch.download import Remote, checksum_of, download, part_of
from mmrec_core.datasets.fetch.faults import FileFault, writing
from mmrec_core.datasets.fetch.ledger import Ledger
from mmrec_core.datasets.fetch.meter import Meter
from mmrec_core.datasets.fetch.names import is_archive, is_other_archive, shown
from mmrec_core.datasets.fetch.placing import Placing
from mmrec_core.datasets.fetch.sources import RepositoryFile, Source
from mmrec_core.datasets.fetch.transport import Web
from mmrec_core.datasets.fetch.unpacking import unpack_wanted
from mmrec_core.datasets.fetch.yandex_disk import PAGE, PublicDisk, Published
from mmrec_core.errors import FetchError

ARCHIVES = "archives"  # where they wait to be unpacked
MOST_FAULTS = 100  # files at fault; more are the source's fault

_LEFT_OVER = re.compile(r"\.[0-9a-f]{8}\.part")


@dataclass(frozen=True)
class Tools:
    """What orders work with, the same for all of a fetch."""

    web: Web
    disk: PublicDisk
    repository: str
    to: Path
    ledger: Ledger


@dataclass(frozen=True)
class Item:
    """A published file: its place under the folder of the fetch, and what it is there."""

    place: str
    remote: Remote
    archive: bool = False


class Order:
    """One source, to be fetched into a folder.

    Attributes
    ----------
    to_come, room : int
        Bytes over the network, and bytes on the disk, that are missing; known after `survey`.
    """

    def __init__(self, source: Source, tools: Tools) -> None:
        self.source = source
        self.to_come = self.room = 0
        self._tools = tools
        self._placing = Placing(source)
        self._files = 0
        self._whole = True
        self._locked: str | None = None  # an archive that cannot be unpacked here
        self._single: Item | None = None

    def survey(self, meter: Meter) -> None:
        """Find out what is published and how much of it is missing.

        A folder is listed once here, for its size, and once while it is fetched: the addresses
        in a listing don't last as long as the fetch may.

        Raises
        ------
        FetchError
            If it cannot be looked up, or holds nothing that is wanted.
        """
        meter.named(self.source.place)
        for page in self._pages():
            for item in page:
                try:
                    self._count(item)
                except FileFault:  # said when its turn comes
                    self._whole = False
            meter.named(f"{self.source.place}, {self._files:,} looked up")
        if self._locked and not self._files:
            raise FetchError(
                f"{self._placing.where} has {self._locked}, an archive of a kind that is not "
                f"unpacked here: fetch it by hand, unpack it to "
                f"{self._tools.to / self.source.place}."
            )
        if not self._files:
            raise FetchError(
                f"{self._placing.where} has no file that ends in "
                f"{', '.join(self.source.suffixes)}: fetch it by hand."
            )

    def carry_out(self, meter: Meter) -> None:
        """Fetch what is missing, several files at a time.

        Raises
        ------
        FetchError
            If not all came; what did is kept.
        """
        if self._whole:
            return
        faults: dict[str, str] = {}
        self._files = 0

        def deliver(item: Item) -> int | FileFault:
            try:
                return self._deliver(item, meter)
            except FileFault as fault:
                return fault

        with self._tools.web.crew() as pool:
            for page in self._pages():
                for item, outcome in zip(page, pool.map(deliver, page), strict=True):
                    if isinstance(outcome, FileFault):
                        faults[item.place] = str(outcome)
                    else:
                        self._files += outcome
                if len(faults) > MOST_FAULTS:
                    break
        if faults:
            place, fault = next(iter(faults.items()))
            if self.source.most_files == 1:
                raise FetchError(fault)
            raise FetchError(
                f"{self._files:,} files were fetched and {len(faults):,} failed; {place}: {fault}"
            )
        self._tidy()

    def summary(self) -> str:
        """Return a line on what is there now."""
        files = f", {self._files:,} files" if self.source.most_files > 1 and self._files > 1 else ""
        locked = f", without the archive {self._locked}" if self._locked else ""
        return f"{self.source.part}: {self._tools.to / self.source.place}{files}{locked}"

    def _pages(self) -> Iterator[list[Item]]:
        source = self.source
        if source.most_files > 1:
            for page in self._published():
                yield [item for item in map(self._item, page) if item]
            return
        if self._single is None:
            if isinstance(source.published, RepositoryFile):
                self._single = self._in_repository(source.published)
            else:
                files = [file for page in self._published() for file in page]
                chosen = self._placing.choose([file.path for file in files], archives=True)
                self._single = self._item(next(file for file in files if file.path == chosen))
        yield [self._single] if self._single else []

    def _published(self) -> Iterator[list[Published]]:
        assert not isinstance(self.source.published, RepositoryFile)
        link = self.source.published.url
        return self._tools.disk.pages(link, max(self.source.most_files, PAGE))

    def _item(self, file: Published) -> Item | None:
        if is_other_archive(file.path.name):
            self._locked = shown(str(file.path))
            return None
        if is_archive(file.path.name):
            # A folder of its own keeps its name, and no import takes the folder for a picture's.
            named = hashlib.sha256(f"{self.source.place}/{file.path}".encode()).hexdigest()[:8]
            place = f"{ARCHIVES}/{named}/{file.path.name}"
            return Item(place, file.remote, archive=True)
        wanted = self._placing.place(file.path)
        return Item(wanted, file.remote) if wanted else None

    def _in_repository(self, file: RepositoryFile) -> Item:
        address = f"{self._tools.repository}/{file.path}"

        def ask() -> Remote:
            with self._tools.web.open("HEAD", address) as response:
                size = response.headers.get("Content-Length", "")
                etag = response.headers.get("ETag", "")
                return Remote(
                    self.source.place,
                    int(size) if size.isdigit() else None,
                    None,
                    address,
                    etag=etag if etag.startswith('"') else None,
                    most_bytes=self.source.most_bytes,
                )

        return Item(self.source.place, self._tools.web.patiently(ask))

    def _count(self, item: Item) -> None:
        unpacked = item.archive and self._tools.ledger.files_of(item.remote.identity)
        self._files += unpacked or 1
        stands = not unpacked and self._stands(item)
        self._whole &= bool(unpacked) or (stands and not item.archive)
        if unpacked or stands:
            return
        size = item.remote.size or 0
        part = part_of(item.remote, self._tools.to / item.place)
        missing = size - (part.stat().st_size if part.exists() else 0)
        self.to_come += max(missing, 0)
        self.room += max(missing, 0) + (size if item.archive else 0)
        if self.room > 2 * self.source.most_bytes:
            raise FetchError(
                f"{self._placing.where} has more than {self.source.most_bytes:,} bytes, the most "
                "that is accepted: fetch it by hand."
            )

    def _stands(self, item: Item) -> bool:
        """Tell whether the published file is here; raise FileFault where another one is."""
        place, remote, ledger = item.place, item.remote, self._tools.ledger
        file = self._tools.to / place
        if not file.exists():
            return False
        known = ledger.intact(place)
        if known and remote.checksum is None and remote.size in (None, known.size):
            return True
        if known and known.checksum == str(remote.checksum):
            return True
        if not file.is_file():
            raise FileFault(f"{file} is not a file: move it elsewhere.")
        if remote.checksum is None:
            same = remote.size == file.stat().st_size
        else:
            same = checksum_of(file, remote.checksum.kind) == remote.checksum
        if same:
            ledger.finished(place, str(remote.checksum) if remote.checksum else None)
            return True
        then = "has changed since it was fetched" if known else "is not what is here"
        raise FileFault(
            f"what is published as {place} {then}; {file} is left as it is: move it elsewhere to "
            "fetch the published one."
        )

    def _deliver(self, item: Item, meter: Meter) -> int:
        """Fetch, and unpack where need be; return how many files are there of it."""
        ledger = self._tools.ledger
        if item.archive and (unpacked := ledger.files_of(item.remote.identity)):
            return unpacked
        file = self._tools.to / item.place
        if not self._stands(item):
            ledger.finished(item.place, str(download(self._tools.web, item.remote, file, meter)))
        if not item.archive:
            return 1
        files = unpack_wanted(
            file, item.remote.identity, self._placing, self._tools.to, ledger, meter
        )
        with writing(file):
            shutil.rmtree(file.parent)
        with suppress(OSError):  # other archives may wait there
            file.parent.parent.rmdir()
        return files

    def _tidy(self) -> None:
        """Remove parts of what was published before."""
        place = self._tools.to / self.source.place
        if self.source.most_files > 1:
            parts = place.rglob("*.part")
        else:
            parts = place.parent.glob(f"{place.name}.*.part")
        for part in list(parts):
            if _LEFT_OVER.fullmatch("".join(part.suffixes[-2:])):
                part.unlink()
