"""The document of every page holds the app's styles and script, and nothing else is touched."""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from mmrec_app.served.document import Document
from mmrec_app.served.scripts import module_address

BROWSER = {"accept": "text/html,*/*;q=0.8"}
PAGE = "<html><body><p>там</p></body></html>"


def client(status: int = 200) -> TestClient:
    def page(_request: object) -> HTMLResponse:
        return HTMLResponse(PAGE, status, headers={"etag": "of Streamlit's own"})

    return TestClient(Starlette(routes=[Route("/", page)], middleware=[Middleware(Document)]))


def test_a_document_has_styles_and_script_in_its_body() -> None:
    answer = client().get("/", headers=BROWSER)
    body, _, end = answer.text.partition("<style>")
    assert body == PAGE.removesuffix("</body></html>")
    assert f'src="./{module_address("curtain/main.js")}"' in end
    assert end.endswith("</body></html>")
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert "etag" not in answer.headers


def test_failures_and_what_no_browser_shows_stay_as_they_are() -> None:
    assert client(500).get("/", headers=BROWSER).text == PAGE
    answer = client().get("/", headers={"accept": "application/json"})
    assert answer.text == PAGE
    assert "etag" in answer.headers
