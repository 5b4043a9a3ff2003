"""What a public link of Yandex Disk holds, from its REST interface, which needs no token.

Documentation: https://yandex.com/dev/disk/api/reference/public.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from mmrec_core.datasets.fetch.download import Checksum, Remote
from mmrec_core.datasets.fetch.names import child
from mmrec_core.datasets.fetch.transport import Web
from mmrec_core.errors import FetchError

PAGE = 1000

_OF_FILE = ("type", "name", "path", "size", "md5", "sha256", "file")
_FIELDS = ",".join(
    [*_OF_FILE, "_embedded.total", *(f"_embedded.items.{name}" for name in _OF_FILE)]
)


class Resource(BaseModel):
    """A file or a folder; a folder that was requested itself has a page of its contents."""

    type: Literal["file", "dir"]
    name: str
    path: str = "/"
    size: int | None = Field(None, ge=0)
    md5: Annotated[str, StringConstraints(pattern="^[0-9a-fA-F]{32}$")] | None = None
    sha256: Annotated[str, StringConstraints(pattern="^[0-9a-fA-F]{64}$")] | None = None
    file: str | None = None
    embedded: Listing | None = Field(None, alias="_embedded")


class Listing(BaseModel):
    """A page of a folder."""

    items: list[Resource]
    total: int | None = Field(None, ge=0)


class Link(BaseModel):
    """Where a file is for the next while."""

    href: str


@dataclass(frozen=True)
class Published:
    """A file behind a public link: its path from there, and what it is fetched by."""

    path: PurePosixPath
    remote: Remote


@dataclass(frozen=True)
class PublicDisk:
    """The public part of the REST interface, at the address ``api``."""

    web: Web
    api: str

    def pages(self, link: str, most_files: int) -> Iterator[list[Published]]:
        """Walk the file or folder of a public link, folders within it too, in order of names.

        Yields
        ------
        list of Published
            The files of one page of a listing, with addresses that are fresh now.

        Raises
        ------
        FetchError
            If the link is gone or refused, a name is not fit for a file, there are more than
            ``most_files``, or a listing does not hold as many as it claims.
        """
        first = self._page(link, "/", 0)
        if first.type == "file":
            yield [self._published(link, PurePosixPath(), first)]
            return
        folders = [(first.path, PurePosixPath())]
        files = 0
        while folders:
            path, place = folders.pop()
            for page in self._folder(link, path):
                entries = []
                for item in page:
                    if item.type == "dir":
                        folders.append((item.path, child(place, item.name)))
                    else:
                        entries.append(self._published(link, place, item))
                files += len(entries)
                if files + len(folders) > most_files:
                    raise FetchError(
                        f"{link} has over {most_files:,} files, too many to fetch here."
                    )
                yield entries

    def _folder(self, link: str, path: str) -> Iterator[list[Resource]]:
        """Yield the pages of one folder, without what a shift between two pages repeats."""
        seen: set[str] = set()
        offset = 0
        while True:
            listing = self._page(link, path, offset).embedded
            if listing is None:
                raise FetchError(
                    f"{link} contains a folder that it does not list: run the same command later."
                )
            new = [item for item in listing.items if item.name not in seen]
            seen.update(item.name for item in new)
            offset += len(listing.items)
            if new:
                yield new
            if not new or offset == listing.total:
                break
        if listing.total is not None and len(seen) < listing.total:
            raise FetchError(
                f"{link} lists {len(seen):,} of {listing.total:,} entries: it may be changing; run "
                "the same command later."
            )

    def _page(self, link: str, path: str, offset: int) -> Resource:
        page = {"offset": offset, "limit": PAGE, "sort": "name", "fields": _FIELDS}
        return self.web.json(Resource, f"{self.api}/resources", _parameters(link, path) | page)

    def _published(self, link: str, place: PurePosixPath, item: Resource) -> Published:
        path = child(place, item.name)

        def address() -> str:
            parameters = _parameters(link, item.path)
            return self.web.json(Link, f"{self.api}/resources/download", parameters).href

        checksum = None
        if item.sha256:
            checksum = Checksum("sha256", item.sha256.lower())
        elif item.md5:
            checksum = Checksum("md5", item.md5.lower())
        return Published(path, Remote(str(path), item.size, checksum, item.file, address))


def _parameters(link: str, path: str) -> dict[str, Any]:
    """Name a resource; a link that is a file has no path within."""
    return {"public_key": link} | ({} if path == "/" else {"path": path})
