"""A local server that speaks as Yandex Disk's public interface and GitHub do, faults included."""

import hashlib
import json
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, unquote, urlsplit


@dataclass
class Fault:
    """What happens to one request instead of an answer, or to the answer."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"{}"
    breaks_after: int | None = None  # bytes of the file


@dataclass
class Published:
    """What is published, and what is to go wrong with it.

    ``disk`` maps a public link to bytes (a file) or to a folder: names to bytes or folders.
    ``faults`` maps the end of a request's path to faults, used up one a request.
    """

    disk: dict = field(default_factory=dict)
    names: dict = field(default_factory=dict)  # of links that are files
    repository: dict[str, bytes] = field(default_factory=dict)
    faults: dict[str, list[Fault]] = field(default_factory=lambda: defaultdict(list))
    requests: list[tuple[str, str, str | None]] = field(default_factory=list)
    page: int = 1000
    ranges: bool = True
    checksums: dict[str, str] = field(default_factory=dict)  # published instead of the true ones
    kind: str = "sha256"
    expired: set[str] = field(default_factory=set)
    address: str = ""

    @property
    def api(self) -> str:
        return f"{self.address}/api"

    @property
    def raw(self) -> str:
        return f"{self.address}/raw"

    def downloads(self, end: str = "") -> list[tuple[str, str, str | None]]:
        """The requests for contents whose path ends so: method, path, range."""
        contents = [one for one in self.requests if not one[1].startswith("/api")]
        return [one for one in contents if one[0] == "GET" and one[1].endswith(end)]


@contextmanager
def serving(disk: Published) -> Iterator[Published]:
    class Handler(_Handler):
        published = disk

    server = _Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    disk.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield disk
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    def handle_error(self, *args: object) -> None:
        """A client that hangs up is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    published: Published

    def log_message(self, *args: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        path = unquote(url.path)
        self.published.requests.append((self.command, path, self.headers.get("Range")))
        fault = self._fault(path)
        if fault and fault.breaks_after is None:
            return self._answer(fault.status, fault.body, fault.headers)
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        if path == "/api/resources":
            return self._resource(query)
        if path == "/api/resources/download":
            name = query.get("path", "").strip("/")
            return self._json({"href": self._address("new", query["public_key"], name),
                               "method": "GET", "templated": False})  # fmt: skip
        if path.startswith("/raw/"):
            return self._content(self.published.repository.get(path.removeprefix("/raw/")), fault)
        _, age, rest = path.strip("/").split("/", 2)
        if age == "listed" and rest in self.published.expired:
            return self._answer(410, b"")
        link, _, name = rest.partition("!")
        item = self.published.disk.get(link)
        for part in filter(None, name.split("/")):
            item = item.get(part) if isinstance(item, dict) else None
        return self._content(item, fault)

    def _fault(self, path: str) -> Fault | None:
        for end, faults in self.published.faults.items():
            if path.endswith(end) and faults:
                return faults.pop(0)
        return None

    def _address(self, age: str, link: str, name: str) -> str:
        return f"{self.published.address}/files/{age}/{quote(f'{link}!{name}')}"

    def _described(self, link: str, path: str, name: str, content: object) -> dict:
        if isinstance(content, dict):
            return {"type": "dir", "name": name, "path": path}
        assert isinstance(content, bytes)
        kind = self.published.kind
        inner = path.strip("/")
        checksum = self.published.checksums.get(name) or hashlib.new(kind, content).hexdigest()
        return {"type": "file", "name": name, "path": path, "size": len(content), kind: checksum,
                "file": self._address("listed", link, inner)}  # fmt: skip

    def _resource(self, query: dict[str, str]) -> None:
        link, path = query["public_key"], query.get("path", "/")
        item = self.published.disk.get(link)
        for part in filter(None, path.split("/")):
            item = item.get(part) if isinstance(item, dict) else None
        if item is None:
            return self._json({"error": "DiskNotFoundError",
                               "description": "Resource not found."}, 404)  # fmt: skip
        name = path.rsplit("/", 1)[-1] or self.published.names.get(link, "Dataset")
        answer = self._described(link, path, name, item)
        if isinstance(item, dict):
            offset = int(query.get("offset", 0))
            limit = min(int(query.get("limit", 20)), self.published.page)
            names = list(item)[offset : offset + limit]
            answer["_embedded"] = {
                "offset": offset,
                "limit": limit,
                "total": len(item),
                "items": [
                    self._described(link, f"{path.rstrip('/')}/{name}", name, item[name])
                    for name in names
                ],
            }
        return self._json(answer)

    def _content(self, content: object, fault: Fault | None) -> None:
        if not isinstance(content, bytes):
            return self._answer(404, b"<html>Not found</html>", {"Content-Type": "text/html"})
        etag = f'"{hashlib.md5(content).hexdigest()}"'
        headers = {"ETag": etag, "Content-Type": "application/octet-stream"}
        status, begins = 200, 0
        part = self.headers.get("Range")
        if part and self.published.ranges and self.headers.get("If-Range", etag) == etag:
            begins = int(part.removeprefix("bytes=").rstrip("-"))
            if begins >= len(content):
                return self._answer(416, b"")
            status = 206
            headers["Content-Range"] = f"bytes {begins}-{len(content) - 1}/{len(content)}"
        ends = None if fault is None else fault.breaks_after
        self._answer(status, content[begins:], headers, ends)

    def _json(self, content: object, status: int = 200) -> None:
        self._answer(status, json.dumps(content).encode(), {"Content-Type": "application/json"})

    def _answer(
        self,
        status: int,
        body: bytes,
        headers: dict[str, str] | None = None,
        breaks_after: int | None = None,
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body if breaks_after is None else body[:breaks_after])
        if breaks_after is not None:
            self.close_connection = True
