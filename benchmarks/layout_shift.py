"""How much each page moves while it loads: ``python -m benchmarks.layout_shift BUNDLE``.

Cumulative Layout Shift (the Web Vitals measure) in headless Chromium, on a desktop and on a phone:
the largest burst of shifts that no input caused. Up to 0.1 is good. First of fresh visits to all
pages and views, with the time until the page's body is in sight; then of turns from one to another,
with whether what comes starts at its top. What moved most is named where it is too much.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.clicks import of_query
from mmrec_core.bundle import Bundle, open_bundle
from tests.e2e import shifts
from tests.e2e.serving import ARGUMENTS, CHROMIUM, PATIENCE, Server, settled

SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
IN_SIGHT = """
window.inSight = null;
const look = () => {
  const parts = document.querySelectorAll("[data-testid=stMainBlockContainer] :is(" +
    "[data-testid=stBidiComponentIsolated], [data-testid=stHtml], [data-testid=stMetric]," +
    "[data-testid=stDataFrame], [data-testid=stAlert])");
  const seen = [...parts].some((part) => part.getBoundingClientRect().height > 20
    && part.checkVisibility({ opacityProperty: true, visibilityProperty: true }));
  if (seen) window.inSight = performance.now();
  else requestAnimationFrame(look);
};
look();
"""
SCROLLED = "document.querySelector('[data-testid=stMain]').scrollTop"
GRID_TOP = """() => {
  const hosts = [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")];
  const grid = hosts.map((host) => host.shadowRoot?.querySelector("[role=list]")).find(Boolean);
  return grid.getBoundingClientRect().top;
}"""


@dataclass(frozen=True)
class Turn:
    """A turn from a page: its address, what turns it, and what says how far it starts from its top.

    ``distance`` is in pixels: negative where the start is above the window.
    """

    name: str
    path: str
    turn: Callable[[Page], None]
    distance: Callable[[Page], float]


def turns(bundle: Bundle) -> list[Turn]:
    """Return what is measured of turns."""

    def scrolled(page: Page) -> float:
        return -page.evaluate(SCROLLED)

    def header(name: str) -> Callable[[Page], None]:
        def turn(page: Page) -> None:
            menu = page.get_by_test_id("stExpandSidebarButton")
            if menu.is_visible():
                menu.click()
            page.get_by_role("link", name=name, exact=True).locator("visible=true").click()
            expect(page.get_by_role("heading", level=1)).to_contain_text(name)

        return turn

    def next_page(page: Page) -> None:
        first = page.get_by_role("list").locator(".pick").first
        name = first.get_attribute("title") or ""
        page.get_by_role("button", name="Next", exact=True).click()
        expect(first).not_to_have_attribute("title", name)

    def another_picture(page: Page) -> None:
        follow = page.locator(".lists .follow").locator("visible=true").last
        address = page.url
        follow.scroll_into_view_if_needed()
        follow.evaluate("link => link.click()")
        page.wait_for_url(lambda url: url != address)

    def open_picture(page: Page) -> None:
        page.get_by_role("list").locator(".pick").nth(30).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Recommend")

    return [
        Turn("Browse to Clusters by the header", "", header("Clusters"), scrolled),
        Turn("Clusters to Map by the header", "clusters", header("Map"), scrolled),
        Turn("Browse: next page", "", next_page, lambda page: page.evaluate(GRID_TOP)),
        Turn("Browse to a picture", "", open_picture, scrolled),
        Turn("Recommend: another picture", of_query(bundle), another_picture, scrolled),
    ]


def paths(bundle: Bundle, uploaded: str) -> Iterator[tuple[str, str]]:
    """Return the name and the address of all pages and views."""
    terms = quote('[["text","a bird",1]]')
    yield from {
        "Browse": "",
        "Browse, described": f"?terms={terms}",
        "Recommend": "recommend",
        "Recommend, an image": of_query(bundle),
        "Recommend, one ranker": f"{of_query(bundle)}&ranker=clip",
        "Recommend, a text": "recommend?text=a%20bird",
        "Recommend, an upload": uploaded,
        "Map": "map",
        "Map, an image": of_query(bundle).replace("recommend", "map"),
        "Clusters": "clusters",
        "Clusters, one": "clusters?cluster=1",
        "Evaluation": "evaluation",
        "Errors": "errors",
        "Errors, queue": "errors?view=queue",
        "Errors, verdicts": "errors?view=verdicts",
        "Compare": "compare",
        "Compare, interleaved": "compare?view=interleaved",
        "Compare, figures": "compare?view=figures",
        "About": "about",
    }.items()


def upload(browser: Browser, server: Server, bundle: Bundle) -> str:
    """Bring a picture, and return the address of its recommendations."""
    page = browser.new_page(locale="en-US")
    page.goto(f"{server.url}/recommend")
    page.locator("input[type=file]").first.set_input_files(bundle.thumbnail_path(2))
    page.wait_for_url("**upload=*")
    settled(page)
    address = page.url.removeprefix(f"{server.url}/")
    page.close()
    return address


def visited(browser: Browser, url: str, size: str) -> Page:
    """Return a page of a new visitor, as it is once nothing comes any more."""
    width, height = SIZES[size]
    page = browser.new_page(viewport={"width": width, "height": height}, locale="en-US")
    page.set_default_timeout(PATIENCE)
    shifts.observe(page)
    page.add_init_script(IN_SIGHT)
    page.goto(url)
    page.get_by_role("heading", level=1).wait_for()
    quiet(page)
    return page


def quiet(page: Page) -> None:
    """Wait until the run is over and nothing is loaded."""
    settled(page)
    page.wait_for_load_state("networkidle")


def told(value: float, moved: str) -> str:
    """Write a shift, with what moved if it is too much."""
    return f"{value:.3f}" + (f"  moves: {moved}" if value > shifts.GOOD else "")


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--only", default="", help="part of the names to measure")
    given = parser.parse_args()
    expect.set_options(timeout=PATIENCE)
    bundle = open_bundle(given.bundle)
    with (
        tempfile.TemporaryDirectory() as verdicts,
        Server(given.bundle, Path(verdicts)) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        uploaded = upload(browser, server, bundle)
        print(f"  {'page':34} {'window':8} in sight  shift")
        for name, path in paths(bundle, uploaded):
            if given.only.casefold() not in name.casefold():
                continue
            visited(browser, f"{server.url}/{path}", "desktop").close()  # warms the server up
            for size in SIZES:
                page = visited(browser, f"{server.url}/{path}", size)
                shown = f"{page.evaluate('window.inSight') or 0:5.0f} ms"
                print(f"  {name:34} {size:8} {shown}  {told(*shifts.shift(page))}", flush=True)
                page.close()
        print(f"  {'turn':34} {'window':8} at top    shift")
        for turn in turns(bundle):
            if given.only.casefold() not in turn.name.casefold():
                continue
            for size in SIZES:
                page = visited(browser, f"{server.url}/{turn.path}", size)
                page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 1e6)")
                begun = shifts.now(page)
                turn.turn(page)
                quiet(page)
                distance = turn.distance(page)
                at_top = "yes" if 0 <= distance <= 200 else f"{distance:.0f} px"
                shift = told(*shifts.shift(page, begun))
                print(f"  {turn.name:34} {size:8} {at_top:8}  {shift}", flush=True)
                page.close()
        browser.close()


if __name__ == "__main__":
    main()
