"""Limits of what one visitor may ask for and send; connections that ask for nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from mmrec_app.served import connections
from mmrec_app.served.connections import Connection
from mmrec_app.served.limits import LARGEST_BODY, Limits
from mmrec_app.served.scripts import module_address


class Clock:
    time = 0.0

    def __call__(self) -> float:
        return self.time


async def _answer(request: Request) -> JSONResponse:
    body = await request.body()
    client = request.client.host if request.client else ""
    return JSONResponse({"bytes": len(body), "client": client})


async def _stream(socket: WebSocket) -> None:
    await socket.accept()
    await socket.close()


def app(per_second: float, clock: Clock, prefix: str = "") -> Starlette:
    routes = [Route("/{path:path}", _answer, methods=["GET", "POST", "PUT"])]
    wraps = [Middleware(Limits, per_second=per_second, prefix=prefix, now=clock)]
    return Starlette(routes=[*routes, WebSocketRoute("/_stcore/stream", _stream)], middleware=wraps)


def visitor(served: Starlette, address: str) -> TestClient:
    return TestClient(served, client=(address, 50000))


def answered(client: TestClient, path: str, most: int = 10_000) -> int:
    """Return how many requests are answered before one is refused."""
    for n in range(most):
        if client.get(path).status_code == 429:
            return n
    return most


def test_who_asks_too_often_waits_and_nobody_else() -> None:
    clock = Clock()
    served = app(2, clock)
    one, other = visitor(served, "203.0.113.5"), visitor(served, "203.0.113.6")
    assert answered(one, "/api/info") == 20
    refused = one.get("/api/info")
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "1"
    assert "too many requests" in refused.json()["error"]
    assert other.get("/api/info").status_code == 200
    clock.time += 1
    assert answered(one, "/api/info") == 2
    clock.time += 3600
    assert answered(one, "/api/info") == 20


def test_pictures_cost_little_sessions_much_and_health_nothing() -> None:
    served = app(2, Clock())
    assert answered(visitor(served, "203.0.113.1"), "/thumbnails/a/1.webp") == 400
    assert answered(visitor(served, "203.0.113.2"), "/healthz", 500) == 500
    client = visitor(served, "203.0.113.3")
    for _session in range(4):
        with client.websocket_connect("/_stcore/stream"):
            pass
    with pytest.raises(WebSocketDisconnect):
        client.websocket_connect("/_stcore/stream").__enter__()


@pytest.mark.parametrize("prefix", ["", "/tools/mmrec", "/api/mmrec"])
def test_who_used_up_their_bucket_still_gets_scripts_and_nothing_else(prefix: str) -> None:
    client = visitor(app(2, Clock(), prefix), "203.0.113.5")
    assert answered(client, f"{prefix}/api/info") == 20
    for path in ("static/js/index.js", module_address("map/main.js"), "readyz"):
        assert client.get(f"{prefix}/{path}").status_code == 200
    for path in (
        *("", "thumbnails/a/1.webp", "thumbnails/static/1.webp", "api/static/info"),
        *("_stcore/upload_file/static/b", "scripts/1/map/main.js", "api/healthz"),
    ):
        assert client.get(f"{prefix}/{path}").status_code == 429, path


@pytest.mark.parametrize(
    ("first", "second", "one"),
    [
        ("2001:db8:1:2::3", "2001:db8:1:2:ffff::4", True),
        ("2001:db8:1:2::3", "2001:db8:1:3::3", False),
        ("203.0.113.5", "::ffff:203.0.113.5", True),
    ],
)
def test_a_visitor_is_an_address_or_a_network_of_ipv6(first: str, second: str, one: bool) -> None:
    served = app(1, Clock())
    assert answered(visitor(served, first), "/api/info") == 10
    assert (visitor(served, second).get("/api/info").status_code == 429) == one


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "testclient"])
def test_this_machine_has_no_limit(address: str) -> None:
    assert answered(visitor(app(1, Clock()), address), "/api/info", 50) == 50


def test_no_limit_is_one_too() -> None:
    assert answered(visitor(app(0, Clock()), "203.0.113.5"), "/api/info", 50) == 50


def test_bodies_are_small_but_for_files() -> None:
    client = visitor(app(0, Clock()), "203.0.113.5")
    assert client.post("/api/info", content=b"x" * LARGEST_BODY).json()["bytes"] == LARGEST_BODY
    for content in (b"x" * (LARGEST_BODY + 1), iter([b"x", b"x"])):  # the latter says no length
        refused = client.post("/api/info", content=content)
        assert refused.status_code == 413
        assert "too large" in refused.json()["error"]
    upload = client.put("/_stcore/upload_file/a/b", content=b"x" * 2 * LARGEST_BODY)
    assert upload.json()["bytes"] == 2 * LARGEST_BODY


@asynccontextmanager
async def listening(served: Starlette, **options: object) -> AsyncIterator[int]:
    """Serve on a port of this machine as the app does."""
    config = uvicorn.Config(
        served, port=0, http=Connection, log_level="critical", lifespan="off", **options
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await task


async def _said(port: int, *parts: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for part in parts:
        writer.write(part)
        await writer.drain()
    answer = await reader.read()  # until the server closes
    writer.close()
    return answer


def test_connections_that_ask_for_nothing_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(connections, "SILENT_SECONDS", 0.3)
    ask = b"GET /api/info HTTP/1.1\r\nHost: a\r\n"
    unfinished = b"PUT /_stcore/upload_file/a/b HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx"

    async def run() -> list[bytes]:
        async with listening(app(0, Clock())) as port:
            cases = [_said(port) for _ in range(50)]
            cases += [_said(port, ask), _said(port, unfinished), _said(port, b"\r\n")]
            cases += [_said(port, ask + b"Connection: close\r\n\r\n")]
            return await asyncio.wait_for(asyncio.gather(*cases), 20)

    *half_open, whole = asyncio.run(run())
    assert set(half_open) == {b""}
    assert whole.startswith(b"HTTP/1.1 200")


def test_a_head_that_does_not_end_is_refused() -> None:
    async def run() -> None:
        async with listening(app(0, Clock())) as port:
            _reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET / HTTP/1.1\r\nX-Long: ")
            for _ in range(1000):
                writer.write(b"x" * connections.LARGEST_HEAD)
                await writer.drain()

    with pytest.raises(ConnectionError):
        asyncio.run(run())


@pytest.mark.parametrize("trusted", ["", "192.0.2.1", "127.0.0.1"])
def test_a_proxy_names_the_visitor_only_where_it_is_trusted(trusted: str) -> None:
    async def run() -> bytes:
        async with listening(app(0, Clock()), forwarded_allow_ips=trusted) as port:
            head = b"GET /api/info HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
            return await _said(port, head + b"X-Forwarded-For: 203.0.113.9\r\n\r\n")

    told = trusted == "127.0.0.1"
    assert (b"203.0.113.9" in asyncio.run(run())) == told
