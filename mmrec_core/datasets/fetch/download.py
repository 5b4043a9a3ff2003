"""One file over HTTP: resumed where it broke, checked, and put in place when it is whole."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import requests

from mmrec_core.datasets.fetch.faults import FileFault, Passing, writing
from mmrec_core.datasets.fetch.meter import Meter
from mmrec_core.datasets.fetch.transport import Web, host_of, web_page_instead
from mmrec_core.errors import FetchError

PROGRESS = 1 << 20  # bytes: a connection that brought so many before it broke was worth making

_WEB_PAGE = re.compile(rb"\s*<(!doctype html|html)", re.IGNORECASE)


@dataclass(frozen=True)
class Checksum:
    """A checksum of a whole file: ``kind`` is a name that hashlib knows."""

    kind: str
    value: str

    def __str__(self) -> str:  # noqa: D105
        return f"{self.kind}:{self.value}"


@dataclass(frozen=True)
class Remote:
    """A published file, as far as its publisher tells.

    Parameters
    ----------
    name : str
        What messages call it.
    size : int or None
        Bytes.
    checksum : Checksum or None
        Of the whole file.
    address : str or None
        Where it is; it may hold for a while only.
    renew : callable, optional
        Gives an address.
    etag : str, optional
        A strong validator of the content (RFC 9110, 8.8.3).
    most_bytes : int, optional
        More are refused, where `size` is unknown.
    """

    name: str
    size: int | None
    checksum: Checksum | None
    address: str | None
    renew: Callable[[], str] | None = None
    etag: str | None = None
    most_bytes: int | None = None

    @property
    def identity(self) -> str:
        """What tells this content from another under the same name."""
        return f"{self.checksum or self.etag or self.address}, {self.size} bytes"


def part_of(remote: Remote, to: Path) -> Path:
    """Return where a download grows: the name changes with the published content."""
    digest = hashlib.sha256(remote.identity.encode()).hexdigest()
    return to.with_name(f"{to.name}.{digest[:8]}.part")


def checksum_of(file: Path, kind: str) -> Checksum:
    """Return the checksum of a file on this disk."""
    with file.open("rb") as content:
        return Checksum(kind, hashlib.file_digest(content, kind).hexdigest())


def download(web: Web, remote: Remote, to: Path, meter: Meter) -> Checksum:
    """Fetch a file to ``to``, going on with what an earlier try left, and return its checksum.

    Raises
    ------
    FileFault
        If it is gone, refused, larger than it should be, or has another checksum twice.
    DiskFull, FetchError
        If nothing more can be fetched, from there or at all.
    """
    transfer = _Transfer(web, remote, part_of(remote, to), meter)
    kind = remote.checksum.kind if remote.checksum else "sha256"
    with writing(to):
        to.parent.mkdir(parents=True, exist_ok=True)
    for again in (True, False):
        while not web.patiently(transfer.goes_on):
            pass
        actual = checksum_of(transfer.part, kind)
        if remote.checksum in (None, actual):
            break
        transfer.drop()
        if not again:
            raise FileFault(
                f"{remote.name} has {actual}, expected the published {remote.checksum}: it was "
                "changed, or damaged in transit. Run the same command later."
            )
    with writing(to):
        transfer.part.replace(to)
    return actual


@dataclass
class _Transfer:
    """The state of one download between its tries."""

    web: Web
    remote: Remote
    part: Path
    meter: Meter
    renewed: bool = False
    address: str | None = None

    def goes_on(self) -> bool:
        """Ask for what is missing; True when the part is whole, False to go on at once."""
        here = self._here()
        if here and self.remote.size is not None and here >= self.remote.size:
            if here == self.remote.size:
                return True
            self.drop()
            here = 0
        try:
            self._ask(here)
        except Passing:
            if self._here() - here >= PROGRESS:
                self.renewed = False
                return False
            raise
        except FileFault:
            # The address that a listing gave may have run out.
            if self.renewed or not self.remote.renew:
                raise
            self.address, self.renewed = None, True
            return False
        return True

    def drop(self) -> None:
        """Delete what was received: it is of no use."""
        self.meter.more(self._here())
        self.part.unlink(missing_ok=True)

    def _here(self) -> int:
        return self.part.stat().st_size if self.part.exists() else 0

    def _ask(self, here: int) -> None:
        remote = self.remote
        if self.address is None:
            self.address = None if self.renewed else remote.address
            if self.address is None:
                if remote.renew is None:
                    raise FileFault(f"{remote.name} has no download address: fetch it by hand.")
                self.address, self.renewed = remote.renew(), True
        if here and remote.checksum is None and remote.etag is None:
            self.drop()  # nothing would tell whether the rest belongs to it
            here = 0
        headers = {}
        if here:
            headers["Range"] = f"bytes={here}-"
            if remote.etag:
                headers["If-Range"] = remote.etag
        with self.web.open("GET", self.address, (416,), headers=headers) as response:
            resumed = response.status_code == 206
            begins = f"bytes {here}-"
            if response.status_code == 416 or (
                resumed and not response.headers.get("Content-Range", "").startswith(begins)
            ):
                self.drop()
                raise Passing(
                    f"{host_of(response.url)} does not resume {remote.name} where it broke off"
                )
            if here and not resumed:
                self.drop()
                here = 0
            self._read(response, here)

    def _read(self, response: requests.Response, here: int) -> None:
        remote = self.remote
        most = remote.most_bytes if remote.size is None else remote.size
        with writing(self.part), self.part.open("ab") as out:
            for chunk in self.web.chunks(response):
                if here == 0 and _WEB_PAGE.match(chunk):
                    raise web_page_instead(host_of(response.url))
                here += len(chunk)
                if most is not None and here > most:
                    raise FetchError(
                        f"{remote.name} is larger than the expected {most:,} bytes: it may be "
                        "changing; run the same command later."
                    )
                out.write(chunk)
                self.meter.received(len(chunk))
        if remote.size is not None and here < remote.size:
            raise Passing(f"{remote.name} ends after {here:,} of {remote.size:,} bytes")
