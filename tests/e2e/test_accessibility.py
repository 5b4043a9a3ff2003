"""axe on every page and view, in both themes, on a desktop and a phone; and what keys do."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from mmrec_core.bundle import Bundle
from tests.e2e.axe import GROUNDS, SIZES, violations
from tests.e2e.serving import PATIENCE, Server
from tests.e2e.views import MENU, VIEWS, Shown


@pytest.fixture(scope="module")
def own_server(demo_bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose verdicts are those that the views give."""
    with Server(demo_bundle, tmp_path_factory.mktemp("verdicts")) as server:
        yield server


def faults(page: Page, sizes: tuple[str, ...] = tuple(SIZES)) -> list[str]:
    """Return what axe finds of the app's own, in both themes."""
    return [
        f"{size}, {theme}: {found.rule}: {found.element}\n{found.summary}"
        for size, theme in product(sizes, GROUNDS)
        for found in violations(page, theme, SIZES[size])
        if found.exempt is None
    ]


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_axe_finds_nothing_of_the_apps_own(
    own_server: Server, page: Page, bundle: Bundle, view: Shown
) -> None:
    view.open(page, own_server.url, bundle)
    assert faults(page) == []


def test_nor_in_the_navigation_of_a_phone(own_server: Server, page: Page, bundle: Bundle) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    MENU.open(page, own_server.url, bundle)
    assert faults(page, ("phone",)) == []


@pytest.mark.parametrize("name", ["browse", "recommend: image", "map", "errors: graded"])
def test_nor_in_russian(own_server: Server, browser: Browser, bundle: Bundle, name: str) -> None:
    context = browser.new_context(locale="ru-RU", color_scheme="light")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    next(view for view in VIEWS if view.name == name).open(page, own_server.url, bundle)
    expect(page.locator("html[lang=ru]")).to_have_count(1)
    assert faults(page, ("desktop",)) == []
    context.close()


def test_axe_sees_into_the_apps_components(own_server: Server, page: Page, bundle: Bundle) -> None:
    VIEWS[0].open(page, own_server.url, bundle)
    page.locator(".pick").first.evaluate("link => link.setAttribute('aria-label', 'Something')")
    page.locator(".caption").nth(1).evaluate("caption => { caption.style.opacity = 0.4; }")
    rules = {found.rule for found in violations(page, "light", SIZES["desktop"])}
    assert rules == {"label-content-name-mismatch", "color-contrast"}
