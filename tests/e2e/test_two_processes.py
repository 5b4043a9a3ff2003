"""Two app processes behind nginx: visitors stay with one, and go on with the other."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from mmrec_core.bundle import Bundle
from tests.e2e.nginx import CONFIGURATION, PROGRAM, Nginx
from tests.e2e.serving import PATIENCE, Server, settled
from tests.e2e.test_recommend import lists, rotated_jpeg

if PROGRAM is None:
    pytest.skip("needs nginx: apt-get install nginx-light", allow_module_level=True)
if not CONFIGURATION.exists():
    pytest.skip("needs the clone's deploy/nginx.conf", allow_module_level=True)
VISITORS = 40  # so many in a row have one process with a chance of 2⁻³⁹


@pytest.fixture
def servers(demo_bundle: Path, tmp_path: Path) -> Iterator[dict[int, Server]]:
    both = [Server(demo_bundle, tmp_path / "verdicts") for _ in range(2)]
    for server in both:
        server.environment |= {
            "MMREC_UPLOADS": str(tmp_path / "uploads"),
            "STREAMLIT_SERVER_COOKIE_SECRET": "one for both",
        }
    with both[0], both[1]:
        yield {server.port: server for server in both}


@pytest.fixture
def nginx(servers: dict[int, Server]) -> Iterator[Nginx]:
    with Nginx(*servers.values()) as nginx:
        yield nginx


@pytest.fixture
def visitors(browser: Browser, nginx: Nginx, servers: dict[int, Server]) -> dict[int, Page]:
    """A page of a visitor of each process."""
    found: dict[int, Page] = {}
    for i in range(VISITORS):
        page = browser.new_context(locale="en-US").new_page()
        page.set_default_timeout(PATIENCE)
        page.request.get(f"{nginx.url}/healthz")  # gives the cookie
        for again in range(2):
            page.request.get(f"{nginx.url}/healthz?{i}-{again}")
        first, second = (nginx.ports_asked_for(f"/healthz?{i}-{again}") for again in range(2))
        assert first == second
        found.setdefault(first[0], page)
        if len(found) == len(servers):
            break
    return found


def test_they_share_verdicts_and_pictures_and_one_takes_over(
    nginx: Nginx,
    servers: dict[int, Server],
    visitors: dict[int, Page],
    bundle: Bundle,
    tmp_path: Path,
) -> None:
    (port, one), (_port, other) = visitors.items()
    one.goto(f"{nginx.url}/recommend?image={bundle.image(0)}")
    settled(one)
    one.get_by_role("button", name="3: Relevant").click()
    one.get_by_role("button", name="Grade anonymously").click()
    expect(one.locator(".confirmation").get_by_text("Relevant · saved")).to_be_visible()

    other.goto(f"{nginx.url}/?verdict=3")
    settled(other)
    cards = other.get_by_test_id("stMain").get_by_role("list").locator(".pick")
    expect(cards).to_have_count(1)

    one.goto(f"{nginx.url}/recommend")
    settled(one)
    one.locator("input[type=file]").first.set_input_files(rotated_jpeg(bundle, tmp_path))
    expect(one).to_have_url(re.compile("upload="))
    shown = lists(one, "CatBoost").get_by_role("listitem")
    expect(shown.first).to_be_visible()
    settled(one)
    found = shown.all_inner_texts()
    assert len(list((tmp_path / "uploads").iterdir())) == 1

    servers[port].process.kill()
    servers[port].process.wait()
    one.reload()
    settled(one)
    expect(shown.first).to_be_visible()
    assert shown.all_inner_texts() == found
    assert one.request.get(f"{nginx.url}/readyz?after").text() == "ready\n"
    assert nginx.ports_asked_for("/readyz?after")[-1] != port
    settled(other)
    expect(cards).to_have_count(1)
