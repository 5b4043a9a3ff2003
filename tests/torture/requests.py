"""Strange requests to every route of a server: none gets a 500, and it answers when all is over."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from urllib.parse import quote

from mmrec_core.bundle import open_bundle
from tests.torture import small
from tests.torture.trials import End, Trial

SECONDS = 20
_START_S = 120
_METHODS = ("GET", "GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW")
_PARTS = (
    *(
        "",
        "0",
        "-1",
        "1e9",
        "9" * 400,
        "9" * 4_301,
        "x" * 300,
        "x" * 9_000,
        "..",
        "%2e%2e",
        "%00",
        "%ff",
    ),
    *(
        "../../etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "\\..\\x",
        "a b",
        "٣",
        "🕊",
        "<script>",
        "{0}",
        "%s",
    ),
)
_PARAMS = (
    "bundle",
    "story",
    "image",
    "text",
    "k",
    "ranker",
    "collapse",
    "diversity",
    "explain",
    "lang",
    "save",
    "kind",
    "view",
    "unknown",
)
_EXPECTED_503 = ("/api/", "/readyz")


def trials(seed: int, count: int, folder: Path) -> Iterator[Trial]:
    """Yield a trial for each request to a server of a small bundle."""
    bundle = small.build(small.write_images(folder / "images"), folder / "bundle")
    digest = open_bundle(bundle).digest
    with served(bundle, folder / "verdicts") as port:
        for number in range(count):
            chance = Random(f"{seed} {number}")
            method, target, headers, body = _request(chance, digest)
            yield _tried(
                f"{seed}/{number} {method} {target[:120]}", port, method, target, headers, body
            )
        yield _tried(f"{seed}, at the end", port, "GET", "/healthz", {}, b"")


def _request(chance: Random, digest: str) -> tuple[str, str, dict[str, str], bytes]:
    part, other = (quote(chance.choice(_PARTS), safe="%/\\") for _ in range(2))
    end = chance.choice(("0", "0.webp", "-1.webp", "points.bin", "rows.bin", "main.js", part))
    routes = (
        *(
            "/",
            f"/{part}",
            "/browse",
            "/recommend",
            "/healthz",
            f"/readyz/{part}",
            "/api",
            "/story",
        ),
        *(f"/api/{part}", "/api/info", f"/api/images/{end}", "/api/recommend", f"/scripts/{part}"),
        *(
            f"/scripts/{part}/{end}",
            f"/thumbnails/{digest}/{end}",
            f"/thumbnails/{part}/{other}.webp",
        ),
        *(f"/map-data/{end}", f"/map-data/{digest}/{end}", f"/map-data/{part}/{other}.bin"),
        *("/_stcore/health", "/_stcore/stream", "/_stcore/host-config", f"/media/{part}"),
        *(f"/static/{part}", f"/_stcore/upload_file/{part}/{other}", f"/component/{part}/{other}"),
    )
    target = chance.choice(routes)
    if chance.random() < 0.6:
        values = (
            *_PARTS,
            "red/circle.png",
            "0.5",
            "5",
            "regions,words",
            "clip",
            "nan",
            "inf",
            "1e400",
        )
        pairs = (
            f"{chance.choice(_PARAMS)}={quote(chance.choice(values), safe='%')}"
            for _ in range(chance.choice((1, 2, 6)))
        )
        target += "?" + "&".join(pairs)
    headers = {}
    if chance.random() < 0.3:
        odd = (
            ("Host", "evil.example"),
            ("Origin", "https://evil.example"),
            ("Range", "bytes=5-1"),
            ("Range", "bytes=0-9999999999"),
            ("If-None-Match", '"x"'),
            ("Accept-Encoding", "br;q=nan"),
            ("Cookie", "mmrec_reviewer=" + "%ff" * 500),
            ("Content-Length", "-1"),
            ("Expect", "100-continue"),
            ("Transfer-Encoding", "chunked"),
            ("X", "y" * 20_000),
            ("Upgrade", "websocket"),
        )
        headers = dict([chance.choice(odd)])
    method = chance.choice(_METHODS)
    return (
        method,
        target,
        headers,
        chance.choice((b"", b"{}", b"\xff" * 5_000)) if method[0] == "P" else b"",
    )


def _tried(
    what: str, port: int, method: str, target: str, headers: dict[str, str], body: bytes
) -> Trial:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.putrequest(method, target, skip_host="Host" in headers)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        status, content = answer.status, answer.read(100_000)
        kind = answer.getheader("Content-Type") or ""
    except TimeoutError:
        if {"Transfer-Encoding", "Expect"} & set(headers):
            return Trial(what, End.REPORTED, "it waits for a body that does not come")
        return Trial(what, End.HUNG, f"no answer in {SECONDS} s")
    except (ConnectionRefusedError, FileNotFoundError) as error:
        return Trial(what, End.CRASHED, str(error))
    except (http.client.HTTPException, OSError) as error:  # no HTTP: the server closed
        return Trial(what, End.REPORTED, type(error).__name__)
    finally:
        connection.close()
    path = target.partition("?")[0]
    if status >= 500 and not (status == 503 and path.startswith(_EXPECTED_503)) and status != 501:
        return Trial(what, End.CRASHED, f"{status}: {content[:200]!r}")
    if path.startswith("/api/") and method != "HEAD" and not _is_json(content):
        malformed = status in (400, 431) and not kind.startswith("text/html")
        if not malformed:
            return Trial(what, End.WRONG, f"{status} {kind} is no JSON: {content[:100]!r}")
    return Trial(what, End.RIGHT if status < 400 else End.REPORTED, str(status))


def _is_json(content: bytes) -> bool:
    try:
        json.loads(content)
    except ValueError:
        return len(content) >= 100_000
    return True


@contextmanager
def served(bundle: Path, verdicts: Path) -> Iterator[int]:
    """Serve a bundle from this tree on a free port of this machine, and yield the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "mmrec_core.cli.main", "app", "--bundles", str(bundle)]
    environment = os.environ | {
        "MMREC_VERDICTS": str(verdicts),
        "STREAMLIT_SERVER_ADDRESS": "127.0.0.1",
        "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
    }
    with (verdicts.with_suffix(".log")).open("wb") as log:
        process = subprocess.Popen(
            [*command, "--port", str(port)], env=environment, stdout=log, stderr=log
        )
        try:
            _await(port, process)
            yield port
        finally:
            process.terminate()
            process.wait(20)


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _START_S
    while time.monotonic() < until and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
        finally:
            connection.close()
    raise RuntimeError("the server did not start")
