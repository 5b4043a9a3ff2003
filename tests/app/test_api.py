"""The JSON interface: the command line's answers over HTTP, and refusals that strangers get."""

import asyncio
import json
import os
import shutil
import signal
from itertools import islice
from pathlib import Path
from urllib.parse import quote

import pytest
from httpx import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from mmrec_app.served import workers
from mmrec_app.served.api import MOST_WAITING
from mmrec_app.served.headers import Headers
from mmrec_app.served.routes import routes
from mmrec_core.bundle import Bundle, layout
from tests.app.pages import page

PICTURE = "animals/birds/magpie.png"


@pytest.fixture
def client(bundle: Bundle) -> TestClient:
    return TestClient(Starlette(routes=routes()))


def test_recommend_gives_the_stable_form_with_pictures(client: TestClient) -> None:
    response = client.get("/api/recommend", params={"image": PICTURE, "k": 3, "collapse": 0.98})
    answer = response.json()
    assert response.status_code == 200
    assert answer["query"].keys() == {"image", "text", "cluster"}
    assert [result["rank"] for result in answer["results"]] == [1, 2, 3]
    for result in answer["results"]:
        shares = result["contributions"]
        total = shares["base"] + sum(shares["groups"].values())
        assert total == pytest.approx(result["score"], abs=1e-6)
        assert client.get(f"/{result['thumbnail']}").headers["content-type"] == "image/webp"


def test_a_text_is_a_query_and_missing_numbers_are_null(client: TestClient) -> None:
    answer = client.get("/api/recommend?text=a%20cake&ranker=clip&diversity=0.2").json()
    assert "cake" in answer["results"][0]["image"]
    assert answer["results"][0]["probability"] is None
    assert answer["results"][0]["features"]["clip_cosine"] is None


@pytest.mark.parametrize("kinds", ["regions", "words", "regions,words"])
def test_regions_and_words_are_given_when_asked(client: TestClient, kinds: str) -> None:
    query = {"image": PICTURE, "k": 2, "explain": kinds}
    for result in client.get("/api/recommend", params=query).json()["results"]:
        for side in (result["parts"]["query"], result["parts"]["candidate"]):
            assert ("regions" in side["picture"]) == ("regions" in kinds)
            assert ("words" in side["text"]) == ("words" in kinds)


def test_without_the_encoders_regions_are_refused_and_answers_are_not(
    demo_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = shutil.copytree(demo_bundle, tmp_path / "bundle")
    manifest = json.loads((copy / layout.MANIFEST).read_text())
    manifest["encoders"]["image_text"]["revision"] = "another"
    (copy / layout.MANIFEST).write_text(json.dumps(manifest))
    monkeypatch.setenv("MMREC_BUNDLE", str(copy))
    client = TestClient(Starlette(routes=routes()))
    assert client.get(f"/api/recommend?image={PICTURE}").status_code == 200
    refused = client.get(f"/api/recommend?image={PICTURE}&explain=words")
    assert refused.status_code == 503
    assert "was built with" in refused.json()["error"]


def test_who_waits_for_the_encoders_keeps_nobody_else_waiting(bundle: Bundle) -> None:
    n, most = 45, MOST_WAITING + 4
    queries = [{"text": f"cake number {i}", "ranker": "clip", "k": "1"} for i in range(n)]

    async def run() -> list[Response]:
        transport = ASGITransport(Starlette(routes=routes()))
        async with AsyncClient(transport=transport, base_url="http://localhost") as client:
            assert (await client.get("/api/recommend", params=queries[0])).status_code == 200
            process = workers.encoding.process
            assert process is not None
            os.kill(process, signal.SIGSTOP)
            try:
                calls = [
                    asyncio.create_task(client.get("/api/recommend", params=query, timeout=60))
                    for query in queries
                ]
                for call in islice(asyncio.as_completed(calls, timeout=20), n - most):
                    refused = await call
                    assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
                    assert "encoders" in refused.json()["error"]
                for path in ("/readyz", f"/thumbnails/{bundle.digest}/0.webp",
                             f"/api/recommend?image={PICTURE}"):  # fmt: skip
                    answer = await asyncio.wait_for(client.get(path), 20)
                    assert answer.status_code == 200
            finally:
                os.kill(process, signal.SIGCONT)
            return await asyncio.gather(*calls)

    statuses = [answer.status_code for answer in asyncio.run(run())]
    assert [statuses.count(200), statuses.count(503)] == [most, n - most]


def test_an_image_by_its_row(client: TestClient, bundle: Bundle) -> None:
    row = bundle.index_of(PICTURE)
    image = client.get(f"/api/images/{row}").json()
    assert image["image"] == PICTURE
    assert image["text"] == bundle.text(row)
    assert image["captions"]["ru"] == bundle.items["text_ru"].iat[row]
    assert client.get(f"/api/images/{len(bundle.items)}").status_code == 404


def test_info_says_what_is_served(client: TestClient, bundle: Bundle) -> None:
    info = client.get("/api/info").json()
    assert info["digest"] == bundle.digest
    assert info["counts"]["images"] == len(bundle.items)
    assert info["bundles"] == [bundle.path.name]


@pytest.mark.parametrize(
    ("query", "status", "says"),
    [
        ("", 400, "give image"),
        ("image=no.png", 404, "no.png"),
        (f"image={PICTURE}&bundle=other", 404, "other"),
        (f"image={PICTURE}&k=0", 400, "1 to 100"),
        (f"image={PICTURE}&k=101", 400, "1 to 100"),
        (f"image={PICTURE}&k=2.5", 400, "whole"),
        (f"image={PICTURE}&k=nan", 400, "whole"),
        (f"image={PICTURE}&diversity=2", 400, "diversity"),
        (f"image={PICTURE}&ranker=best", 400, "best"),
        (f"image={PICTURE}&explain=faces", 400, "regions,words"),
        (f"image={PICTURE}&explain=words&k=11", 400, "at most 10"),
        (f"image={PICTURE}&size=3", 400, "size"),
        ("text=cake&ranker=model", 400, "pairs of pictures"),
        (f"text={'a' * 1001}", 400, "1000"),
    ],
)
def test_strangers_get_a_sentence(client: TestClient, query: str, status: int, says: str) -> None:
    answer = client.get(f"/api/recommend?{query}")
    assert answer.status_code == status
    assert says in answer.json()["error"]
    assert client.post("/api/recommend").status_code == 405


@pytest.mark.parametrize(
    "path",
    ["api", "api/", "api/other", "api/images", f"api/images/{'9' * 4301}", "api/images/-1",
     "api/images/one", "api/images/²"],
)  # fmt: skip
def test_what_is_not_there_is_json_too(client: TestClient, path: str) -> None:
    answer = client.get(f"/{path}")
    assert answer.status_code == 404
    assert answer.json()["error"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_another_method_is_refused_in_json(client: TestClient, method: str) -> None:
    answer = client.request(method, "/api/info")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    assert method in answer.json()["error"]


@pytest.mark.parametrize("row", ["9" * 4301, "-1", "one", "538", "²"])
def test_a_thumbnail_of_no_row_is_not_found(client: TestClient, bundle: Bundle, row: str) -> None:
    assert client.get(f"/thumbnails/{bundle.digest}/{row}.webp").status_code == 404


@pytest.mark.parametrize(
    ("frames", "ancestors"),
    [
        ("", "'self'"),
        ("https://example.org", "https://example.org"),
        ("*; script-src *\r\nx: y", "'self'"),
    ],
)
@pytest.mark.parametrize("path", ["/api/info", "/api/other", "/scripts/1/none.js"])
def test_every_answer_says_what_a_browser_must_not_do_with_it(
    path: str, frames: str, ancestors: str
) -> None:
    app = Starlette(routes=routes(), middleware=[Middleware(Headers, frames=frames)])
    said = TestClient(app).get(path).headers
    assert said["x-content-type-options"] == "nosniff"
    assert said["content-security-policy"].startswith(f"frame-ancestors {ancestors};")


@pytest.mark.parametrize("query", ["", "?lang=ru&page=2"])
def test_browse_has_an_address_of_its_name_as_the_other_pages_have(client, query) -> None:
    answer = client.get(f"/browse{query}", follow_redirects=False)
    assert answer.is_redirect
    assert answer.headers["location"] == f"./{query}"


@pytest.mark.parametrize("name", ["..", "../demo", "/etc", "demo/../demo", "%2e%2e", "demo\0", ""])
def test_no_path_leads_out_of_the_bundles(client: TestClient, bundle: Bundle, name: str) -> None:
    answer = client.get("/api/info", params={"bundle": name})
    assert answer.status_code == (404 if name else 200)
    story = client.get("/story", params={"bundle": name or "..", "name": "introduction"})
    assert story.status_code == 404
    assert client.get(f"/scripts/1/{quote(name)}/../../api.py").status_code == 404
    page("browse", bundle=name)  # without an exception
