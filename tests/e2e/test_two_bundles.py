"""Two bundles side by side in a real browser: chosen by keyboard, kept by the address, opened."""

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.altered_bundles import with_captions_dealt_out
from tests.e2e.axe import GROUNDS, SIZES, violations
from tests.e2e.serving import Server, settled


@pytest.fixture(scope="module")
def two(demo_bundle: Path, browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("bundles")
    (folder / "before").symlink_to(demo_bundle.resolve())
    with_captions_dealt_out(demo_bundle, folder / "worse")
    server = Server(demo_bundle, folder / "verdicts")
    del server.environment["MMREC_BUNDLE"]
    server.environment["MMREC_BUNDLES"] = str(folder)
    with server:
        yield server


def test_another_bundle_is_chosen_and_its_queries_opened_by_keyboard(
    two: Server, demo_bundle: Path, page: Page
) -> None:
    name = demo_bundle.resolve().name
    page.goto(f"{two.url}/evaluation?bundle={name}&view=systems&ranker=bert")
    settled(page)
    other = page.get_by_role("combobox", name="Compare with")
    other.focus()
    page.keyboard.type("worse")
    page.keyboard.press("Enter")
    differences = page.get_by_role("region", name="Ranker")
    expect(differences.get_by_text("worse, p").first).to_be_visible()
    expect(page).to_have_url(re.compile("against=worse"))
    page.reload()
    expect(differences.get_by_text("worse, p").first).to_be_visible()
    first = page.locator(".figures-wrap.queries").get_by_role("link").first
    words = first.inner_text().strip()
    first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/recommend\?.*ranker=bert"))
    expect(page.get_by_text(words).first).to_be_visible()
    page.go_back()
    expect(differences.get_by_text("worse, p").first).to_be_visible()


VIEWS = {
    "evaluation?view=systems&ranker=bert&against=worse": ".figures-wrap.queries",
    "recommend?image=animals/birds/magpie.png&other=worse": ".column .card .loaded",
    "map?colour=wins&ranker=bert&against=worse": ".map[data-ready]",
    "errors?view=queue&order=worse&ranker=bert&against=worse": ".candidate .loaded",
}


@pytest.mark.parametrize(("view", "size", "theme"), product(VIEWS, SIZES, GROUNDS))
def test_axe_finds_nothing_of_the_apps_own(
    two: Server, demo_bundle: Path, page: Page, view: str, size: str, theme: str
) -> None:
    page.goto(f"{two.url}/{view}&bundle={demo_bundle.resolve().name}")
    expect(page.locator(VIEWS[view]).locator("visible=true").first).to_be_visible()
    settled(page)
    found = violations(page, theme, SIZES[size])
    assert [(one.rule, one.element) for one in found if one.exempt is None] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_point_opens_its_query(two: Server, demo_bundle: Path, page: Page) -> None:
    name = demo_bundle.resolve().name
    page.goto(f"{two.url}/evaluation?bundle={name}&view=systems&ranker=bert&against=worse")
    point = page.locator(".js-plotly-plot .scatterlayer .trace").nth(2).locator(".points path").last
    expect(point).to_be_visible()
    settled(page)
    point.scroll_into_view_if_needed()
    box = point.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page).to_have_url(re.compile(r"/recommend\?.*image="))
