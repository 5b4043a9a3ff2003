"""The header from a phone to a wide screen: nothing overlaps, all of it can be reached."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.serving import PATIENCE, Server, settled

WIDTHS = (320, 360, 390, 480, 640, 768, 820, 900, 1024, 1100, 1280, 1399, 1400, 1440, 1920, 2560)
NAMES = ("demo", "a-long-name-of-a-bundle-of-photographs", "another-long-name-of-a-bundle")
FAULTS = """() => {
  const parts = [
    "[data-testid=stTopNavLink]", "[data-testid=stTopNavSection]",
    "[data-testid=stExpandSidebarButton]", "[data-testid=stMainMenu]",
    "[data-testid=stHeader] [data-testid=stLogoLink]",
    ".st-key-toolbar button", ".st-key-toolbar [data-testid=stSelectbox]", "h1",
  ];
  const seen = [...document.querySelectorAll(parts.join())]
    .filter((part) => part.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
    .map((part) => [part, part.getBoundingClientRect()]);
  const name = (part) => part.innerText.trim() || part.dataset.testid;
  const faults = [];
  for (const [i, [one, a]] of seen.entries()) {
    if (a.left < 0 || a.right > innerWidth) faults.push(`${name(one)} is outside`);
    for (const [other, b] of seen.slice(i + 1)) {
      const apart = a.right <= b.left + 1 || b.right <= a.left + 1 ||
        a.bottom <= b.top + 1 || b.bottom <= a.top + 1;
      if (!apart && !one.contains(other) && !other.contains(one))
        faults.push(`${name(one)} overlaps ${name(other)}`);
    }
  }
  return faults;
}"""


@pytest.fixture(scope="module", params=[1, 3])
def bundles(
    request: pytest.FixtureRequest, demo_bundle: Path, tmp_path_factory
) -> Iterator[Server]:
    """A server of one bundle, and of three of long names."""
    folder = tmp_path_factory.mktemp("bundles")
    for name in NAMES[: request.param]:
        shutil.copytree(demo_bundle, folder / name)
    server = Server(demo_bundle, folder / "verdicts")
    del server.environment["MMREC_BUNDLE"]
    server.environment["MMREC_BUNDLES"] = str(folder)
    with server:
        yield server


@pytest.mark.parametrize("language", ["en-US", "ru-RU"])
def test_the_header_fits_every_width(bundles: Server, browser: Browser, language: str) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale=language)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{bundles.url}/about")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    settled(page)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_function(f"() => ({FAULTS})().length === 0")
    context.close()


def test_a_phone_turns_pages_by_its_menu(bundles: Server, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{bundles.url}/about")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    settled(page)
    page.get_by_test_id("stExpandSidebarButton").click()
    link = page.get_by_test_id("stSidebarNavLink").filter(has_text="Clusters")
    link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Clusters")
    expect(link).not_to_be_in_viewport()
