"""Requests for names that are not the server's, and from pages of other origins, are refused."""

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit import config
from streamlit.runtime.secrets import Secrets

from mmrec_app.served import middleware as wraps
from mmrec_app.served.hosts import Hosts
from mmrec_app.served.limits import Limits
from mmrec_app.served.middleware import middleware
from mmrec_app.served.routes import routes
from mmrec_core.bundle import Bundle


async def _page(_request: object) -> PlainTextResponse:
    return PlainTextResponse("private")


async def _stream(socket: WebSocket) -> None:
    await socket.accept()
    await socket.close()


def client(*names: str, origins: tuple[str, ...] = ()) -> TestClient:
    routes = [
        Route("/", _page, methods=["GET", "PUT"]),
        WebSocketRoute("/_stcore/stream", _stream),
    ]
    wraps = [Middleware(Hosts, names=names, origins=origins)]
    return TestClient(Starlette(routes=routes, middleware=wraps))


def opens(client: TestClient, host: str, origin: str | None) -> bool:
    headers = {"host": host} | ({} if origin is None else {"origin": origin})
    try:
        with client.websocket_connect("/_stcore/stream", headers=headers):
            return True
    except WebSocketDisconnect:
        return False


@pytest.mark.parametrize(
    "host",
    [
        *("mmrec.example.org", "MMREC.example.org.", "mmrec.example.org:8501", "a.b.example.com"),
        *("localhost:8501", "127.0.0.1", "[::1]:8501", "192.0.2.7:8501", "app.localhost"),
    ],
)
def test_its_own_names_and_numbers_are_served(host: str) -> None:
    own = client("mmrec.example.org", "*.example.com")
    assert own.get("/", headers={"host": host}).text == "private"
    assert opens(own, host, f"http://{host}")


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "example.com", "notexample.com", "mmrec.example.org.evil.example"),
        *("", "evil.example:8501", "127.0.0.1.evil.example", "a b", "mmrec.example.org:port"),
    ],
)
def test_a_foreign_name_is_refused_with_its_own_origin_too(host: str) -> None:
    own = client("mmrec.example.org", "*.example.com")
    answer = own.get("/", headers={"host": host})
    assert answer.status_code == 421
    assert "--host-name" in answer.json()["error"]
    assert not opens(own, host, f"http://{host}")


def test_any_name_is_served_where_none_or_all_are_named() -> None:
    for names in ((), ("*",)):
        assert client(*names).get("/", headers={"host": "any.example"}).text == "private"


@pytest.mark.parametrize(
    ("origin", "same"),
    [
        ("https://mmrec.example.org", True),
        ("https://mmrec.example.org:443", True),
        ("https://trusted.example", True),
        (None, True),  # no browser
        ("https://evil.example", False),
        ("http://localhost:3000", False),
        ("https://mmrec.example.org.evil.example", False),
        ("https://mmrec.example.org:8443", False),
        ("null", False),
        ("", False),
    ],
)
def test_pages_of_other_origins_open_no_websocket_and_send_nothing(
    origin: str | None, same: bool
) -> None:
    own = client("mmrec.example.org", origins=("https://trusted.example",))
    assert opens(own, "mmrec.example.org", origin) == same
    headers = {"host": "mmrec.example.org"} | ({} if origin is None else {"origin": origin})
    assert own.put("/", headers=headers).status_code == (200 if same else 403)
    assert own.get("/", headers=headers).status_code == 200


def test_the_environment_and_streamlit_s_option_name_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MMREC_HOST_NAMES", "one.example, two.example")
    hosts = next(each for each in middleware() if each.cls is Hosts)
    assert hosts.kwargs["names"] == ["one.example", "two.example"]
    assert "*" not in hosts.kwargs["origins"]


@pytest.mark.parametrize("base", ["", "tools/mmrec"])
@pytest.mark.parametrize("host", ["", "10-0-0-7.pods.example"])
def test_health_checks_need_no_name_and_all_else_does(
    base: str, host: str, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MMREC_HOST_NAMES", "mmrec.example.org")
    kept = config.get_option("server.baseUrlPath")
    config.set_option("server.baseUrlPath", base)
    try:
        served = TestClient(Starlette(routes=routes(), middleware=middleware()))
    finally:
        config.set_option("server.baseUrlPath", kept)
    prefix = f"/{base}" if base else ""
    for path, status in (("healthz", 200), ("readyz", 200), ("api/info", 421), ("x/healthz", 421)):
        answer = served.get(f"{prefix}/{path}", headers={"host": host})
        assert answer.status_code == status, path


def test_variables_may_stand_in_the_file_of_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secrets.toml").write_text("MMREC_REQUESTS_PER_SECOND = 0")
    monkeypatch.setenv("MMREC_REQUESTS_PER_SECOND", "5")  # and afterwards as it was
    monkeypatch.setattr(wraps, "secrets_singleton", Secrets())
    kept = config.get_option("secrets.files")
    config.set_option("secrets.files", [str(tmp_path / "secrets.toml")])
    try:
        limits = next(each for each in middleware() if each.cls is Limits)
    finally:
        config.set_option("secrets.files", kept)
    assert limits.kwargs["per_second"] == 0
